// Performs docs/operations/alerts.md as an operator would, and holds its rules, keys and numbers against the program.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AlertsConfig } from '../../central/alerts/config.ts';
import { mailTriesMax } from '../../central/alerts/mail-retries.ts';
import { mailTroubles } from '../../central/alerts/mail-trouble.ts';
import { gatherMailsMs } from '../../central/alerts/mailer.ts';
import { rules } from '../../central/alerts/rules.ts';
import { readConfig } from '../../central/config.ts';
import { type Desk, openDesk } from '../../central/fixtures/program.ts';
import { outboundTypes } from '../../central/webhooks/outbound.ts';

const page = readFileSync(join(import.meta.dirname, 'alerts.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map(([, text = '']) => text);
let desk: Desk;

beforeAll(() => {
  desk = openDesk();
  const silent = { rule: 'silent', subject: 'appliance leeds-1', site: 'leeds', members: ['leeds-1'] };
  desk.inStore((store) =>
    store.changeAlerts({
      ...{ altered: [], escalated: [], cleared: [], mails: false, nowMs: Date.now() },
      opened: [{ ...silent, severity: 'critical', words: 'nothing heard', level: 'bad' }],
    }),
  );
});
afterAll(() => desk.remove());

it('names every rule there is, and no other', () => {
  const named = [...page.matchAll(/^\| `(\w+)` \| [^|]+ \| (?:`\w+` )?\|$/gm)].map(([, rule = '']) => rule);
  expect(named.filter((name) => name in rules).sort()).toEqual(Object.keys(rules).sort());
});

it('names the thresholds that hold unless told, by keys that there are', () => {
  const usual = AlertsConfig.parse(undefined);
  const keyed = [...page.matchAll(/^\| `(\w+)` \| .* \| `(\w+)` \|$/gm)];
  const keys = keyed.flatMap(([, rule = '', key = '']) => (rule in rules ? [key] : []));
  expect(keys.length).toBeGreaterThan(7);
  for (const key of keys) expect(usual, key).toHaveProperty(key);
  const row = (rule: string) => new RegExp(`^\\| \`${rule}\` \\|.*$`, 'm').exec(page)?.[0] ?? '';
  const [silent, backlog, commit] = [usual.silentMinutes, usual.backlogMinutes, usual.commitMs];
  expect(row('silent')).toContain(`${silent} minutes`);
  expect(row('journal_backlog')).toContain(`${backlog} minutes`);
  expect(row('store_slow')).toContain(`${commit.toLocaleString('en')} ms`);
  expect(row('certificate_ending')).toContain(`${usual.certificateDays} days`);
  expect(row('exposure_high')).toContain(`${usual.exposurePercent} %`);
  expect(row('disk_low')).toContain(`${usual.diskFreePercent} %`);
  expect(row('clock_wrong')).toContain(`${usual.clockSeconds} seconds`);
  expect(page).toContain(`within ${['', 'ten'][gatherMailsMs / 10_000]} seconds`);
  expect(page).toMatch(new RegExp(`nine hours, ${mailTriesMax}\\s+times`));
});

it('explains why mails do not go, by every code there is', () => {
  const codes = [...page.matchAll(/^\| `(mail_\w+)` \|/gm)].map(([, code]) => code);
  expect(codes).toEqual(Object.keys(mailTroubles));
});

it('names every event that is told', () => {
  for (const type of outboundTypes.filter((one) => one.startsWith('alert.')))
    expect(page).toContain(`\`${type}\``);
});

it('shows a configuration that is taken, its file found from the folder', () => {
  const path = desk.file('told.toml', `dataFolder = "."\nidentityFolder = "."\n${blocks('toml')[0]}`);
  const { alerts } = readConfig(path);
  expect(alerts).toMatchObject({ escalateAfterMinutes: 30, mail: { to: ['ops@shop.example'] } });
  expect(alerts.mail?.passwordFile).toBe(desk.file('secrets/mail'));
});

it('shows commands that do what it says', { timeout: 180_000 }, async () => {
  const commands = blocks('sh').join('').trim().split('\n');
  expect(commands).toHaveLength(7);
  const said: string[] = [];
  for (const command of commands) {
    const args = [...command.replace(/ --config central\.toml$/, '').matchAll(/"([^"]*)"|(\S+)/g)];
    const [, ...given] = args.map(([, quoted, bare]) => quoted ?? bare ?? '');
    const { code, stdout, stderr } = await desk.run(...given);
    expect(code, `${command}\n${stderr}`).toBe(0);
    said.push(stdout);
  }
  expect(said[0]).toContain('1  critical, open  appliance leeds-1  silent: nothing heard');
  expect(said[2]).toMatch(/acknowledged by .*: calling the site/);
  expect(said[3]).toContain('put off until');
  expect(said[6]).toContain(', ended ');
  const actions = desk.inStore((store) =>
    store.auditRecords({ action: null, about: null, cursor: null, limit: 9 }),
  );
  expect(actions.items.map(({ action }) => action)).toEqual(
    ['alert.acknowledge', 'alert.snooze', 'maintenance.create', 'maintenance.end'].reverse(),
  );
});
