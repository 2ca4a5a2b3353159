// An appliance whose certificate central does not accept: refused at the door with the reason in central's log, it goes
// on selling, says that it is offline, and hands everything over once it has a good one.
import { copyFileSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applianceCreate } from '../../provisioning/commands/appliance-create.ts';
import { authorityInit } from '../../provisioning/commands/authority-init.ts';
import { applianceFiles } from '../../provisioning/identity.ts';
import type { Site } from '../../trial/site.ts';
import { untilSettled } from '../faults/kill-cycles.ts';
import { checkBooks, type Told } from '../faults/model.ts';
import { newFolder, openShop, sell, statusOf } from './shop.ts';

/** The authority is ten days old, so that a certificate of it can have run out by now. */
const oldMs = Date.now() - 10 * 86_400_000;
const folder = newFolder();
const inFolder = (name: string) => join(folder, name);
const told: Told[] = [];
let site: Site;

beforeAll(async () => {
  const centralHosts = ['localhost', '127.0.0.1'];
  await authorityInit({ folder: inFolder('authority'), centralHosts, nowMs: oldMs });
  await authorityInit({ folder: inFolder('other-authority'), centralHosts, nowMs: oldMs });
  site = await openShop(folder);
  const { applianceId } = site;
  const made = (authority: string, out: string, when: { nowMs: number; validDays?: number }) =>
    applianceCreate({ authorityFolder: inFolder(authority), applianceId, out: inFolder(out), ...when });
  await made('other-authority', 'other_authority', { nowMs: Date.now() });
  await made('authority', 'expired', { nowMs: oldMs + 1000, validDays: 1 });
  // It must trust central, so that central is the one who refuses.
  const own = applianceFiles(inFolder('appliance-identity'));
  for (const made of ['other_authority', 'expired']) {
    copyFileSync(own.ca, applianceFiles(inFolder(made)).ca);
    copyFileSync(own.centralSigning, applianceFiles(inFolder(made)).centralSigning);
  }
  renameSync(inFolder('appliance-identity'), inFolder('good'));
});
afterAll(async () => {
  await site.stop();
  rmSync(folder, { recursive: true });
});

/** Starts the appliance again as whom the folder names. */
async function become(identity: string): Promise<void> {
  await site.appliance.stop();
  renameSync(inFolder(identity), inFolder('appliance-identity'));
  await site.appliance.start();
}

async function untilRefused(reason: string): Promise<void> {
  while (!logLines().some((line) => line.msg === 'connection refused' && line.reason === reason)) {
    await sleep(50);
  }
}

function logLines(): Record<string, unknown>[] {
  const lines = readFileSync(site.central.logFile, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

describe('an appliance whose certificate is not accepted', () => {
  it.each(['other_authority', 'expired'])('is refused as %s, and sells on', async (reason) => {
    await become(reason);
    const { journal } = await statusOf(site);
    told.push(...(await sell(site, 20, told.length)));
    await untilRefused(reason);
    const status = await statusOf(site);
    expect(status.link.kind).toBe('offline');
    expect(status.journal).toMatchObject({
      lastSeq: journal.lastSeq + 20,
      receivedThrough: journal.receivedThrough,
      pending: told.length,
    });
    renameSync(inFolder('appliance-identity'), inFolder(reason));
  });

  it('hands over everything once it has a good one', async () => {
    await become('good');
    await untilSettled(site);
    await site.stop();
    const findings = checkBooks(folder, told);
    expect(findings.wrongs).toEqual([]);
    expect(findings).toMatchObject({ entries: 40, ledgerMinor: findings.approvedMinor });
  });
});
