// Over the wire: what boxes say of themselves, believed as far as it is signed, and shown as far as it is known.
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeFrame } from '../../contract/frame.ts';
import type { HealthReport } from '../../contract/health.ts';
import { limits } from '../../contract/limits.ts';
import { sign } from '../../kit/signature.ts';
import { compress } from '../../kit/zstd.ts';
import { connectAppliance, type TestAppliance } from '../fixtures/appliance.ts';
import { sampleReport } from '../fixtures/health.ts';
import { createTestSite, type TestSite } from '../fixtures/site.ts';
import type { FleetMember } from './answers.ts';

let site: TestSite;
let central: Awaited<ReturnType<TestSite['start']>>;
let box: TestAppliance;
let count = 0;
let operatorKey: unknown;

beforeAll(async () => {
  site = await createTestSite();
  central = await site.start();
  operatorKey = central.announced.find((line) => 'operatorKey' in line)?.operatorKey;
});
afterAll(async () => {
  await central.stop();
  site.remove();
});
beforeEach(async () => {
  box = await connectAppliance(await site.appliance(`box-${++count}`), central.mqttPort);
  box.say('hello', box.journal.hello(box.identity.certificateDer));
  await box.next('welcome');
});
afterEach(() => box.close());

async function ask<T>(path: string): Promise<T> {
  const answer = await fetch(`http://127.0.0.1:${central.httpPort}${path}`, {
    headers: { authorization: `Bearer ${operatorKey}` },
  });
  return (await answer.json()) as T;
}

const member = () => ask<FleetMember>(`/v1/fleet/${box.identity.applianceId}`);

async function say(items: readonly object[], bent: object = {}): Promise<void> {
  const lines = items.map((item) => Buffer.from(JSON.stringify(item)));
  const digest = createHash('sha256');
  for (const line of lines) digest.update(line).update('\n');
  const header = { count: items.length, digest: digest.digest('hex'), ...bent };
  const { applianceId, key } = box.identity;
  const frame = encodeFrame('health', applianceId, header, lines, (input) => sign(key, input));
  box.publish('health', await compress(frame));
}

/** Asks until the report with this much up-time is the newest. */
async function reported(upMs: number): Promise<FleetMember> {
  for (let tries = 0; tries < 200; tries++) {
    const now = await member();
    if (now.report?.upMs === upMs) return now;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`no report ${upMs}`);
}

const report = (upMs: number, change: Partial<HealthReport> = {}): HealthReport => ({
  ...sampleReport,
  at: { ...sampleReport.at, monotonicMs: Math.max(0, upMs) },
  upMs,
  conditions: [],
  ...change,
});

describe('a box that says how it is', () => {
  it('is shown by its newest report, and sells online', async () => {
    expect(await member()).toMatchObject({ state: { kind: 'not_reporting' }, connected: true, report: null });
    await say([report(1), report(2)]);
    expect(await reported(2)).toMatchObject({ state: { kind: 'selling_online' }, release: '0.1.0' });
    await say([report(3, { conditions: [{ code: 'journal_full', forMs: 10 }] })]);
    expect((await reported(3)).state).toMatchObject({
      kind: 'degraded',
      conditions: [{ code: 'journal_full' }],
    });
  });

  it('of a newer release is read as far as it is understood', async () => {
    await say([{ ...report(4), surprise: { of: 'a newer release' } }]);
    const { report: shown } = await reported(4);
    expect(shown).not.toHaveProperty('surprise');
  });

  it.each([
    ['a digest of other items', [report(90)], { digest: '0'.repeat(64) }],
    ['another count', [report(90)], { count: 2 }],
    ['a report without its journal', [{ ...report(90), journal: undefined }], {}],
    [
      'a condition that would paint an operator’s screen',
      [report(90, { conditions: [{ code: '\u001b[2J', forMs: 1 }] })],
      {},
    ],
    ['a release with a control character', [report(90, { release: '0.1\u0007' })], {}],
    ['an age that no date holds', [report(90, { conditions: [{ code: 'stock_low', forMs: 8e15 }] })], {}],
    ['an end of its certificate that no date holds', [report(90, { certificateEndsMs: 9e15 })], {}],
    ['a report from before time', [report(90, { upMs: -1 })], {}],
  ])('is not believed with %s, and the report before stands', async (_, items, bent) => {
    await say([report(5)]);
    await reported(5);
    await say(items, bent);
    await central.log.line('frame ignored', {
      applianceId: box.identity.applianceId,
      frame: 'health',
      reason: 'frame_malformed',
    });
    expect((await member()).report?.upMs).toBe(5);
  });

  it('is not believed with more than a frame may hold, or a bomb of zeros', async () => {
    await say(Array.from({ length: limits.healthReportsMax + 1 }, () => report(91)));
    box.publish('health', await compress(Buffer.alloc(64 * 1024 * 1024)));
    await say([report(6)]);
    await reported(6);
    const { applianceId } = box.identity;
    await central.log.line('frame ignored', {
      applianceId,
      frame: 'health',
      reason: 'frame_malformed',
      times: 2,
    });
  });

  it('is not believed under the key of another', async () => {
    const other = await connectAppliance(await site.appliance(`box-${++count}`), central.mqttPort);
    const { key } = other.identity;
    const lines = [Buffer.from(JSON.stringify(report(92)))];
    const digest = createHash('sha256').update(`${lines[0]}\n`).digest('hex');
    const frame = encodeFrame('health', box.identity.applianceId, { count: 1, digest }, lines, (input) =>
      sign(key, input),
    );
    box.publish('health', await compress(frame));
    await central.log.line('frame ignored', {
      applianceId: box.identity.applianceId,
      reason: 'signature_wrong',
    });
    expect((await member()).report).toBeNull();
    await other.close();
  });

  it('is heard by a central whose fleet.db was spoilt', async () => {
    await box.close();
    await central.stop();
    writeFileSync(join(site.dataFolder, 'fleet.db'), Buffer.alloc(8192, 7));
    central = await site.start();
    box = await connectAppliance(await site.appliance(`box-${++count}`), central.mqttPort);
    box.say('hello', box.journal.hello(box.identity.certificateDer));
    await box.next('welcome');
    await say([report(8)]);
    expect((await reported(8)).state.kind).toBe('selling_online');
  });

  it('is still known after a restart of central, with when it was heard', async () => {
    await say([report(7)]);
    const { reportHeardMs } = await reported(7);
    await box.close();
    await central.stop();
    central = await site.start();
    expect(await member()).toMatchObject({ connected: false, report: { upMs: 7 }, reportHeardMs });
  });

  it('is listed with those that were never seen', async () => {
    const { items } = await ask<{ items: FleetMember[] }>('/v1/fleet?limit=100');
    expect(items.map(({ id }) => id)).toContain(box.identity.applianceId);
    expect((await fetch(`http://127.0.0.1:${central.httpPort}/v1/fleet`)).status).toBe(401);
  });
});
