// What central asks of a box, with real programs: synthetic checkouts, seen all the way, and nothing moved by them; and its doctor.
import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import type { DoctorResult } from '../../contract/doctor.ts';
import { SyntheticResult } from '../../contract/synthetic.ts';
import { mainOf } from '../../provisioning/package/main-of.ts';
import { createCentralApi } from '../../trial/central-api.ts';
import { centralCommand, type Site } from '../../trial/site.ts';
import { filesOf } from '../../trial/site-folder.ts';
import { newFolder, openShop, sell, statusOf } from './shop.ts';

const waitMsMax = 30_000;

it('passes from the door to the ledger and back, and moves nothing', {
  timeout: 180_000,
}, async () => {
  const folder = newFolder();
  const site = await openShop(folder);
  try {
    await sell(site, 8, 3);
    const central = createCentralApi({ url: site.centralUrl, operatorKey: site.operatorKey });
    const before = await settled(site, () => central.accounts());
    const { exposure, verdicts } = await statusOf(site);

    const here = await atTheBox(folder);
    expect(here).toMatchObject({ by: 'technician', kind: 'passed', verdict: 'approved_offline' });
    const { durableMs, sentMs, receivedMs, bookedMs, appliedMs } = here.hops;
    for (const ms of [durableMs, sentMs, receivedMs, bookedMs, appliedMs]) expect(ms).not.toBeNull();
    expect(receivedMs).toBeGreaterThanOrEqual(sentMs ?? 0);
    expect(appliedMs).toBeGreaterThanOrEqual(bookedMs ?? 0);

    const config = filesOf(folder).centralConfig;
    const asked = JSON.parse(await centralCommand(['synthetic', 'run', site.applianceId, '--json'], config));
    expect(asked).toMatchObject({ came: true, by: 'central', verdict: 'approved_offline' });
    const listed = JSON.parse(await centralCommand(['synthetic', 'list', '--json'], config));
    expect(listed.items.map(({ id }: { id: string }) => id)).toEqual([asked.id, here.id]);

    expect(await central.accounts()).toEqual(before);
    expect(await statusOf(site)).toMatchObject({ exposure, verdicts, conditions: [] });
    expect(await centralCommand(['ledger', 'check'], config)).toContain('whole');

    const looked = await centralFound(['appliance', 'doctor', site.applianceId, '--json'], config);
    const { id: doctorId, checks, failure } = looked.found ?? expect.fail('no doctor');
    expect(failure).toBeNull();
    const states = Object.fromEntries(checks.map(({ code, state }) => [code, state]));
    expect(states).toMatchObject({
      configuration: 'ok',
      identity: 'ok',
      journal: 'ok',
      service: 'ok',
      tls: 'ok',
    });
    const answered = await fetch(`${site.centralUrl}/v1/appliances/${site.applianceId}/doctor`, {
      headers: { Authorization: `Bearer ${site.operatorKey}` },
    });
    expect(await answered.json()).toMatchObject({
      ...{ asked: { id: doctorId, by: { kind: 'command' } }, found: { id: doctorId, checks } },
    });

    site.link.cut();
    await untilOffline(site);
    expect(await atTheBox(folder)).toMatchObject({ kind: 'passed_here', hops: { sentMs: null } });
    const away = await centralFound(
      ['appliance', 'doctor', site.applianceId, '--within', '1', '--json'],
      config,
    );
    expect(away.found, 'what it found before is not taken for an answer').toBeNull();
  } finally {
    await site.stop();
  }
  rmSync(folder, { recursive: true });
});

async function atTheBox(folder: string): Promise<SyntheticResult> {
  const args = [
    mainOf('holdfast'),
    'synthetic',
    'run',
    '--json',
    '--config',
    filesOf(folder).applianceConfig,
  ];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return SyntheticResult.parse(JSON.parse(stdout));
}

/** Its exit code says what was found. */
async function centralFound(args: string[], config: string): Promise<{ found: DoctorResult | null }> {
  const words = [mainOf('holdfast-central'), ...args, '--config', config];
  const done = promisify(execFile)(process.execPath, words).catch((error: { stdout: string }) => error);
  return JSON.parse((await done).stdout);
}

/** Once the appliance has heard what became of everything. */
async function settled<T>(site: Site, read: () => Promise<T>): Promise<T> {
  const endMs = Date.now() + waitMsMax;
  while ((await statusOf(site)).exposure.totalMinor > 0) {
    if (Date.now() > endMs) expect.fail('the sales were not booked');
    await sleep(50);
  }
  return read();
}

async function untilOffline(site: Site): Promise<void> {
  const endMs = Date.now() + waitMsMax;
  while ((await statusOf(site)).link.kind === 'online') {
    if (Date.now() > endMs) expect.fail('the link is still up');
    await sleep(100);
  }
}
