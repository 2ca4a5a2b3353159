// A reload in the middle of the day: kiosks sell and listen while the appliance takes another certificate, and everything
// arrives at central, which believes the new one.
import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { KioskEvent } from '../../kiosk/events.ts';
import { present } from '../../kit/assert.ts';
import { applianceCreate } from '../../provisioning/commands/appliance-create.ts';
import type { Program } from '../../trial/program.ts';
import type { Site } from '../../trial/site.ts';
import { untilSettled } from '../faults/kill-cycles.ts';
import { checkBooks } from '../faults/model.ts';
import { kioskOf, newFolder, openShop, sell } from './shop.ts';

const folder = newFolder();
let site: Site;

beforeAll(async () => {
  site = await openShop(folder);
});
afterAll(async () => {
  await site.stop();
  rmSync(folder, { recursive: true });
});

const linesOf = ({ logFile }: Program): Record<string, unknown>[] =>
  readFileSync(logFile, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

async function hangUp(program: Program): Promise<Record<string, unknown>> {
  const before = linesOf(program).filter(({ msg }) => msg === 'reloaded').length;
  process.kill(present(program.pid(), 'the process'), 'SIGHUP');
  for (;;) {
    const reloaded = linesOf(program).filter(({ msg }) => msg === 'reloaded')[before];
    if (reloaded) return reloaded;
    await sleep(20);
  }
}

it('takes another certificate between two sales, and loses neither a listener nor an entry', async () => {
  const heard: KioskEvent[] = [];
  const listening = new AbortController();
  const listener = (async () => {
    for await (const event of kioskOf(site).events({ signal: listening.signal })) heard.push(event);
  })();
  while (!heard.some(({ kind }) => kind === 'status')) await sleep(20);

  const { applianceId } = site;
  const authorityFolder = join(folder, 'authority');
  await applianceCreate({ authorityFolder, applianceId, out: join(folder, 'renewed'), nowMs: Date.now() });
  const connected = () => linesOf(site.central).filter(({ msg }) => msg === 'appliance connected').length;
  const connectedBefore = connected();
  const selling = sell(site, 300, 7);
  cpSync(join(folder, 'renewed'), join(folder, 'appliance-identity'), { recursive: true });
  expect(await hangUp(site.appliance)).toMatchObject({ changed: ['the identity'] });
  expect(await hangUp(site.central)).toMatchObject({ changed: [] });
  const told = await selling;
  while (connected() === connectedBefore) await sleep(20);
  told.push(...(await sell(site, 20, 8)));
  await untilSettled(site);

  const documents = () => heard.filter(({ kind }) => kind === 'document').length;
  while (documents() < told.length) await sleep(20);
  expect(heard.filter(({ kind }) => kind === 'lost')).toEqual([]);
  listening.abort();
  await listener;

  await site.stop();
  const findings = checkBooks(folder, told);
  expect(findings.wrongs).toEqual([]);
  expect(findings).toMatchObject({ entries: 320, ledgerMinor: findings.approvedMinor });
});
