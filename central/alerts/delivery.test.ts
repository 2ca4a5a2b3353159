// From a box that falls silent to a mail in a real server's hands: opened once, told once, taken up by one, over restarts.
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import { listen } from '../../kit/listen.ts';
import { silentLog } from '../../kit/log.ts';
import { byTester } from '../fixtures/by.ts';
import { sampleReport } from '../fixtures/health.ts';
import { openStoreAt, temporaryFolder } from '../fixtures/in-process-store.ts';
import type { HeardReport } from '../fleet/port.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';
import { AlertsConfig } from './config.ts';
import { mailDelayMs, mailTriesMax } from './mail-retries.ts';
import { mailText } from './mail-text.ts';
import { gatherMailsMs, startMailer } from './mailer.ts';
import type { AlertMail } from './port.ts';
import { startAlertWatch } from './watch.ts';

const minuteMs = 60_000;
let folder: ReturnType<typeof temporaryFolder>;
let clock: ReturnType<typeof manualClock>;
let store: ReturnType<typeof openStoreAt>;
let heard: Map<string, HeardReport>;
const by = () => byTester(clock.wallMs());

beforeEach(() => {
  folder = temporaryFolder();
  clock = manualClock();
  store = openStoreAt(join(folder.path, 'central.db'));
  heard = new Map();
});
afterEach(() => {
  store.close();
  folder.remove();
});

const config = (mail?: object) => AlertsConfig.parse({ ...(mail && { mail }) });
const watch = (mail?: object) =>
  startAlertWatch({
    store: portOver(store),
    config: config(mail),
    reports: { of: (id) => heard.get(id) ?? null },
    connected: () => null,
    refusedReports: () => new Map(),
    authority: async () => [],
    clock,
    log: silentLog,
  });

function boxes(count: number, site = 'leeds'): void {
  for (let n = 1; n <= count; n++) {
    const id = `${site}-${n}`;
    store.transaction(() => store.registerAppliance({ id, site }, by()));
    say(id);
  }
}
const say = (id: string) =>
  heard.set(id, {
    report: {
      ...sampleReport,
      conditions: [],
      certificateEndsMs: null,
      at: { ...sampleReport.at, central: undefined },
    },
    heardMs: clock.wallMs(),
  });
const alerts = () =>
  store.alerts({ state: null, applianceId: null, site: null, cursor: null, limit: 50 }).items;

/** Looks as often as it would in that time. */
async function pass(ms: number, looking: ReturnType<typeof watch>): Promise<void> {
  for (let left = ms; left > 0; left -= 30_000) {
    clock.setWall(clock.wallMs() + Math.min(left, 30_000));
    await looking.look();
  }
}

describe('the watch', () => {
  it('opens one alert for a box that stays silent, keeps it over a restart, and clears it when the box is back', async () => {
    boxes(1);
    // The time that counts for opening is monotonic: here it is the wall clock's, for both are turned together.
    Object.assign(clock, { monotonicMs: clock.wallMs });
    const looking = watch();
    await pass(4 * minuteMs, looking);
    expect(alerts()).toEqual([]);
    await pass(4 * minuteMs, looking);
    expect(alerts()).toMatchObject([{ rule: 'silent', subject: 'appliance leeds-1', state: 'open' }]);
    await looking.stop();
    const again = watch();
    await pass(10 * minuteMs, again);
    expect(alerts()).toHaveLength(1);
    for (let n = 0; n < 6; n++) {
      say('leeds-1');
      await pass(30_000, again);
    }
    expect(alerts()).toMatchObject([{ state: 'cleared', clearedMs: expect.any(Number) }]);
    expect(store.alert(1)?.events.map(({ kind }) => kind)).toEqual(['opened', 'cleared']);
    await again.stop();
  });

  it('opens one for sixty boxes of many sites, and nothing under a window of maintenance', async () => {
    Object.assign(clock, { monotonicMs: clock.wallMs });
    boxes(30, 'leeds');
    boxes(30, 'york');
    const scope = { kind: 'all' as const };
    const window = { scope, fromMs: clock.wallMs(), untilMs: clock.wallMs() + 20 * minuteMs, reason: 'move' };
    store.transaction(() => store.createMaintenance(window, by()));
    const looking = watch();
    await pass(15 * minuteMs, looking);
    expect(alerts()).toEqual([]);
    await pass(10 * minuteMs, looking);
    expect(alerts()).toMatchObject([{ rule: 'silent', subject: 'fleet', membersCount: 60 }]);
    await looking.stop();
  });

  it('is answered by one of two operators, and the audit log has both', async () => {
    Object.assign(clock, { monotonicMs: clock.wallMs });
    boxes(1);
    const looking = watch();
    await pass(10 * minuteMs, looking);
    const ack = (note: string) => store.transaction(() => store.acknowledgeAlert({ number: 1, note }, by()));
    expect(ack('mine').kind).toBe('spoken');
    expect(ack('no, mine')).toMatchObject({ kind: 'alert_not_open', state: 'acknowledged' });
    const filter = { action: 'alert.acknowledge', about: null, cursor: null, limit: 9 };
    expect(store.auditRecords(filter).items).toMatchObject([{ about: 'alert 1', detail: { note: 'mine' } }]);
    await pass(60 * minuteMs, looking);
    expect(alerts()).toMatchObject([{ state: 'acknowledged', escalatedMs: null }]);
    await looking.stop();
  });
});

interface Received {
  to: string[];
  user: string | undefined;
  text: string;
}

async function mailServer(refuse: { mails: boolean; of?: string } = { mails: false }) {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) =>
      password === 'secret' ? done(null, { user: username }) : done(new Error('wrong password')),
    onRcptTo({ address }, _session, done) {
      done(address === refuse.of ? new Error('mailbox is full') : null);
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (refuse.mails) return done(new Error('mailbox is full'));
        const to = session.envelope.rcptTo.map(({ address }) => address);
        received.push({ to, user: session.user, text: Buffer.concat(chunks).toString() });
        done();
      });
    },
  });
  const port = await listen(server.server, 0, '127.0.0.1');
  return { port, received, close: () => new Promise<void>((resolve) => server.close(resolve)) };
}

const finding = (n: number) => ({
  ...{ rule: 'silent', subject: `appliance leeds-${n}`, site: 'leeds', members: [`leeds-${n}`] },
  ...{ severity: 'critical' as const, words: 'nothing heard', level: 'bad' as const },
});
const change = (some: object) =>
  store.transaction(() =>
    store.changeAlerts({
      ...{ opened: [], altered: [], escalated: [], cleared: [] },
      ...some,
      ...{ mails: true, nowMs: clock.wallMs() },
    }),
  );
const mailTo = (port: number, more: object = {}) => ({
  ...{ host: '127.0.0.1', port, security: 'none', from: 'holdfast@shop.example', to: ['ops@shop.example'] },
  ...more,
});

/** Turns the clock on to the mailer's next looks until they came to that. */
async function mailed(until: () => boolean): Promise<void> {
  for (let tries = 0; tries === 0 || !until(); tries++) {
    if (tries > 500) throw new Error('no mail');
    clock.advance(gatherMailsMs);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
const open = (mail: object) => {
  const { mail: parsed } = config(mail);
  if (parsed === undefined) throw new Error('no mail');
  return startMailer({ store: portOver(store), config: parsed, env: process.env, clock, log: silentLog });
};

describe('mails', () => {
  it('go once to a real server, many alerts in one, and what nobody took up to the others as well', async () => {
    const server = await mailServer();
    const mailer = open(mailTo(server.port, { escalateTo: ['boss@shop.example'] }));
    change({ opened: [finding(1)] });
    await mailed(() => server.received.length === 1);
    expect(server.received[0]).toMatchObject({ to: ['ops@shop.example'] });
    expect(server.received[0]?.text).toContain(
      'Subject: [Holdfast] critical, new: silent at appliance leeds-1',
    );
    change({ opened: [finding(2), finding(3)], escalated: [{ number: 1, note: 'nobody' }] });
    await mailed(() => server.received.length === 3);
    expect(server.received.slice(1).map(({ to }) => to)).toEqual([
      ['ops@shop.example'],
      ['boss@shop.example'],
    ]);
    expect(server.received[1]?.text).toContain('3 alerts: 1 nobody acknowledged, 2 new');
    await mailed(() => true);
    await mailer.stop();
    expect(server.received).toHaveLength(3);
    await server.close();
  });

  it('wait for a server that refuses, and are given up after hours and not before', async () => {
    const refuse = { mails: true };
    const server = await mailServer(refuse);
    const mailer = open(mailTo(server.port));
    change({ opened: [finding(1)] });
    const due = () => store.mailsDue({ nowMs: clock.wallMs() + 86_400_000, mailsMax: 9 });
    await mailed(() => due()[0]?.tries === 1);
    refuse.mails = false;
    clock.advance(minuteMs - gatherMailsMs);
    await mailed(() => server.received.length === 1);
    await mailer.stop();
    expect(due()).toEqual([]);
    await server.close();
  });

  it('go to each list by itself: one that takes none has nobody else told twice, and is told once it takes them', async () => {
    const refuse = { mails: false, of: 'boss@shop.example' };
    const server = await mailServer(refuse);
    const mailer = open(mailTo(server.port, { escalateTo: ['boss@shop.example'] }));
    change({ opened: [finding(1)] });
    await mailed(() => server.received.length === 1);
    change({ escalated: [{ number: 1, note: 'nobody' }] });
    const due = () => store.mailsDue({ nowMs: clock.wallMs() + 86_400_000, mailsMax: 9 });
    await mailed(() => due()[0]?.tries === 2);
    expect(due()).toMatchObject([{ list: 'escalateTo', what: 'escalated' }]);
    refuse.of = '';
    await mailed(() => due().length === 0);
    await mailer.stop();
    const told = server.received.map(({ to }) => to.join());
    expect(told).toEqual(['ops@shop.example', 'ops@shop.example', 'boss@shop.example']);
    await server.close();
  });

  it('of an alert that is put off are not sent', () => {
    change({ opened: [finding(1)] });
    const untilMs = clock.wallMs() + 3_600_000;
    store.transaction(() => store.snoozeAlert({ number: 1, untilMs, note: 'known' }, by()));
    change({ cleared: [{ number: 1, note: 'well' }] });
    const due = store.mailsDue({ nowMs: clock.wallMs(), mailsMax: 9 });
    expect(due.map(({ what }) => what)).toEqual(['opened']);
  });

  it('are tried for some nine hours', () => {
    const delays = Array.from({ length: mailTriesMax }, (_, i) => mailDelayMs(i + 1));
    expect(delays.at(-1)).toBeNull();
    const hours = delays.reduce<number>((sum, ms) => sum + (ms ?? 0), 0) / 3_600_000;
    expect(hours).toBeGreaterThan(8);
    expect(hours).toBeLessThan(10);
  });

  it('name the worst first, count what does not fit, and let no name begin a header', () => {
    const alert = {
      ...finding(1),
      subject: 'site x\r\nBcc: all@shop.example',
      membersCount: 1,
      state: 'open' as const,
    };
    const mail = (n: number): AlertMail => ({
      ...{ mail: n, list: 'to', what: 'opened', atMs: clock.wallMs(), tries: 0 },
      alert: {
        ...alert,
        number: n,
        openedMs: clock.wallMs(),
        snoozedUntilMs: null,
        escalatedMs: null,
        clearedMs: null,
      },
    });
    expect(mailText([mail(1)]).subject).not.toMatch(/[\r\n]/);
    const warning = mail(1);
    const many = [
      { ...warning, alert: { ...warning.alert, severity: 'warning' as const } },
      ...Array.from({ length: 120 }, (_, i) => mail(i + 2)),
    ];
    const { text } = mailText(many);
    expect(text.startsWith('critical')).toBe(true);
    expect(text).toContain('and 21 more');
  });
});

describe('the configuration', () => {
  it.each([
    [
      'mail without encryption to another machine',
      { security: 'none', host: 'mail.example' },
      'starttls or tls',
    ],
    ['a password without its user', { passwordFile: 'p' }, 'name the user'],
    ['an address that is none', { to: ['ops'] }, 'use an address'],
  ])('refuses %s and says what to do', (_, change, words) => {
    const parsed = AlertsConfig.safeParse({ mail: { ...mailTo(25), ...change } });
    expect(parsed.error?.issues.map(({ message }) => message).join()).toContain(words);
  });
});
