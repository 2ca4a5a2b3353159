// The error rate against the control group: from what boxes report, through the loop, to the rollout that goes back.
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { defaultPolicy } from '../feed/default-policy.ts';
import { byTester } from '../fixtures/by.ts';
import { sampleReport } from '../fixtures/health.ts';
import { openStoreAt, temporaryFolder } from '../fixtures/in-process-store.ts';
import { testKeys } from '../fixtures/journal.ts';
import type { HeardReport } from '../fleet/port.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';
import type { SqliteStore } from '../ledger/sqlite/store.ts';
import { answeredSince, createAnswerCount } from './count-answers.ts';
import { startRolloutLoop } from './loop.ts';
import { Plan } from './plan.ts';

const ids = ['box-0', 'box-1', 'box-2', 'box-3'];
const startMs = 1_795_000_000_000;

describe('errors against the control group', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let store: SqliteStore;
  let stop = async () => {};
  const clock = manualClock(startMs);
  const heard = new Map<string, HeardReport>();

  beforeEach(() => {
    folder = temporaryFolder();
    open();
    store.transaction(() => {
      store.ensurePolicy(defaultPolicy);
      for (const id of ids) {
        store.registerAppliance({ id, site: 'leeds' }, byTester(startMs));
        const { publicKeyDer: publicKey } = testKeys();
        const facts = { publicKey, journalId: crypto.randomUUID(), lastSeq: 0, lastHash: '0'.repeat(64) };
        store.hello({
          ...facts,
          feedId: null,
          appliedThrough: 0,
          nowMs: startMs,
          applianceId: id,
          release: '0.1.0',
        });
      }
    });
  });
  afterEach(async () => {
    await stop();
    store.close();
    folder.remove();
  });

  function open(): void {
    store = openStoreAt(join(folder.path, 'central.db'));
    const reports = { of: (id: string) => heard.get(id) ?? null };
    stop = startRolloutLoop({ store: portOver(store), reports, clock, log: silentLog }).stop;
  }

  /** Boxes have applied what stands in their feeds, and say what they answered since they started. */
  async function say(requests: number, errors: Partial<Record<string, number>> = {}): Promise<void> {
    for (const id of ids) {
      const { feedId = '', head = 0 } = store.feedPositionOf(id) ?? {};
      store.transaction(() =>
        store.applied({ applianceId: id, feedId: feedId ?? '', appliedThrough: head, nowMs: clock.wallMs() }),
      );
      const page = store.feedPage({ applianceId: id, after: 0, itemsMax: 100, bytesMax: 1e6 });
      const items = (page?.items ?? []).map((item) => JSON.parse(Buffer.from(item).toString()));
      const policy = items.filter(({ kind }) => kind === 'policy').at(-1)?.version ?? 0;
      const report = {
        ...sampleReport,
        ...{
          upMs: clock.wallMs() - startMs,
          requestErrors: errors[id] ?? 0,
          versions: { catalogue: 0, policy },
        },
        latency: { http: [0, requests - (errors[id] ?? 0), errors[id] ?? 0], commit: [], receipt: [] },
      };
      heard.set(id, { report, heardMs: clock.wallMs() });
    }
    // A turn each 3 s; what is counted is taken every 5 s.
    for (let turns = 0; turns < 4; turns++) {
      clock.advance(3000);
      for (let waits = 0; waits < 20; waits++) await new Promise(setImmediate);
    }
  }

  it('take a rollout back: counted since the box proved it, and once more after a start of central', async () => {
    const plan = Plan.parse({ canary: { appliances: ['box-0'] }, stagesPercent: [100], requestsMin: 100 });
    const policy = { ...defaultPolicy, checkout: { totalMinorMax: 100 } };
    const change = { kind: 'policy' as const, policy };
    store.transaction(() => store.createRollout({ change, target: {}, plan }, byTester(startMs)));
    await say(1000, { 'box-0': 900 });
    await say(1000, { 'box-0': 900 });
    expect(store.rollout(1)).toMatchObject({ state: 'running', counts: { confirmed: 1 } });
    // All of it was before.
    expect(store.rollout(1)?.answers.with).toEqual({ requests: 0, errors: 0 });
    await say(1080, { 'box-0': 900, 'box-1': 1 });
    expect(store.rollout(1)).toMatchObject({
      state: 'running',
      answers: { with: { requests: 80, errors: 0 }, without: { requests: 240, errors: 1 } },
    });
    await stop();
    store.close();
    open();
    await say(1090, { 'box-0': 900, 'box-1': 1 });
    await say(1110, { 'box-0': 904, 'box-1': 1 });
    expect(store.rollout(1)).toMatchObject({
      state: 'rolling_back',
      reason: { code: 'errors_above_control', percent: 4, controlPercent: 0.3 },
      answers: { with: { requests: 100, errors: 4 }, without: { requests: 300, errors: 1 } },
    });
  });
});

describe('what a box answered between two reports', () => {
  const said = (upMs: number, requests: number, errors: number) => ({ upMs, requests, errors });

  it.each([
    ['is the difference', said(10, 5, 1), said(20, 9, 2), { requests: 4, errors: 1 }],
    ['is all since its program started again', said(10, 5, 1), said(5, 7, 3), { requests: 7, errors: 3 }],
    ['is nothing when the same is heard again', said(10, 5, 1), said(10, 5, 1), { requests: 0, errors: 0 }],
    ['is never more errors than requests', said(10, 5, 1), said(20, 6, 9), { requests: 1, errors: 1 }],
    ['is never less than nothing', said(10, 5, 5), said(20, 3, 1), { requests: 0, errors: 0 }],
    ['is bounded, its share kept', said(0, 0, 0), said(20, 1e9, 5e8), { requests: 10_000, errors: 5000 }],
  ])('%s', (_, before, now, expected) => {
    expect(answeredSince(before, now)).toEqual(expected);
  });

  it('counts for nobody across a change of its state, nor where it says nothing of it', () => {
    const count = createAnswerCount();
    const hear = (state: 'waiting' | 'given' | 'confirmed', requests: number | null) => {
      const answers = requests === null ? null : said(1, requests, requests);
      count.hear(1, [{ ref: 7, state, said: answers }], 0);
    };
    hear('waiting', 10);
    hear('confirmed', 20);
    hear('given', 30);
    hear('confirmed', 40);
    hear('confirmed', null);
    hear('confirmed', 50);
    expect(count.take(1, 0)).toBeNull();
    hear('confirmed', 53);
    expect(count.take(1, 0)).toEqual({
      with: { requests: 3, errors: 3 },
      without: { requests: 0, errors: 0 },
    });
  });
});
