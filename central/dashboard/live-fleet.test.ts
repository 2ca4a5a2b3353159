// What viewers of the fleet are told: what a person would see, as it happens, and no more.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import { sampleReport } from '../fixtures/health.ts';
import type { LastFacts } from '../fleet/overheard.ts';
import type { FleetFacts, HeardReport } from '../fleet/port.ts';
import { isNews, rowOf } from './fleet-row.ts';
import { createLiveFleet, type LiveFleet, liveLimits } from './live-fleet.ts';
import type { FleetRow } from './said/row.ts';

const facts = (id: string, more: Partial<FleetFacts> = {}): FleetFacts => ({
  ...{ id, site: null, release: '1', lastHeardMs: null, ended: null, journals: [], conditions: [] },
  ...more,
});

describe('the live fleet', () => {
  let nowMs: number;
  let known: FleetFacts[];
  let heard: Map<string, HeardReport>;
  let sweeps: number;
  let live: LiveFleet;
  let told: FleetRow[][];
  let stop: () => void;
  let overheard: LastFacts | null;

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    nowMs = 1_795_000_000_000;
    known = Array.from({ length: 3 }, (_, i) => facts(`box-${i}`));
    heard = new Map();
    sweeps = 0;
    told = [];
    overheard = null;
    const fleet = async ({ after }: { after: string | null }) => {
      if (after === null) sweeps++;
      return { items: known, nextCursor: null };
    };
    live = createLiveFleet(
      { fleet },
      {
        reports: { of: (id) => heard.get(id) ?? null },
        connected: () => false,
        lastFacts: () => overheard,
        nowMs: () => nowMs,
        log: silentLog,
      },
    );
    stop = () => {};
  });
  afterEach(() => {
    stop();
    vi.useRealTimers();
  });
  const watch = async () => {
    stop = live.watch((rows) => told.push(rows));
    await pass(1);
  };
  const pass = async (looks: number) => {
    for (let n = 0; n < looks; n++) {
      nowMs += liveLimits.lookEveryMs;
      await vi.advanceTimersByTimeAsync(liveLimits.lookEveryMs);
    }
  };
  const hear = (id: string, more: Partial<HeardReport['report']> = {}) =>
    heard.set(id, { report: { ...sampleReport, conditions: [], ...more }, heardMs: nowMs });

  it('tells nothing of what was there before, and then only the boxes that changed', async () => {
    await watch();
    await pass(3);
    expect(told).toEqual([]);
    hear('box-1');
    await pass(1);
    expect(told.map((rows) => rows.map(({ id, state }) => `${id} ${state}`))).toEqual([
      ['box-1 selling_online'],
    ]);
    hear('box-1');
    await pass(1);
    expect(told, 'it only spoke again').toHaveLength(1);
  });

  it('tells of a box that falls silent though nothing comes of it', async () => {
    hear('box-2');
    await watch();
    await pass(200);
    expect(told.flat().map(({ id, state }) => `${id} ${state}`)).toEqual(['box-2 silent']);
  });

  it('reads the ledger’s file now and then, and at once after somebody acted', async () => {
    await watch();
    await pass(5);
    expect(sweeps).toBe(1);
    known = known.map((one) =>
      one.id === 'box-0' ? { ...one, ended: { how: 'revoked', sinceMs: nowMs } } : one,
    );
    live.expectChange();
    await pass(1);
    expect(sweeps).toBe(2);
    expect(told.flat().map(({ id, state }) => `${id} ${state}`)).toEqual(['box-0 retired']);
    await pass(liveLimits.sweepEveryMs / liveLimits.lookEveryMs + 1);
    expect(sweeps).toBe(3);
  });

  it('reads once for many who ask at the same time', async () => {
    const all = await Promise.all([live.rows(), live.rows(), live.rows()]);
    expect(sweeps).toBe(1);
    expect(all.map((rows) => rows.length)).toEqual([3, 3, 3]);
  });

  it('tells what changed since it was read, though it has not looked itself yet', async () => {
    stop = live.watch((rows) => told.push(rows));
    await live.rows();
    hear('box-1');
    await pass(1);
    expect(told.flat().map(({ id }) => id)).toEqual(['box-1']);
  });

  it('reads the ledger’s file for nobody more while somebody looks', async () => {
    await watch();
    await pass(5);
    await live.rows();
    expect(sweeps).toBe(1);
    stop();
    await live.rows();
    expect(sweeps).toBe(2);
  });

  it('begins with what another reader found, and tells what is otherwise by now', async () => {
    overheard = { facts: known, begunMs: performance.now() };
    known = known.map((one) => ({ ...one, site: one.id === 'box-2' ? 'Leeds' : null }));
    stop = live.watch((rows) => told.push(rows));
    const rows = await live.rows();
    expect(rows.map(({ site }) => site)).toEqual([null, null, null]);
    await pass(1);
    expect(told.flat().map(({ id, site }) => `${id} ${site}`)).toEqual(['box-2 Leeds']);
  });

  it.each([
    ['it was long ago', () => pass(60), () => {}],
    ['somebody acted since', async () => {}, () => live.expectChange()],
  ])('does not begin with it when %s', async (_, wait, act) => {
    overheard = { facts: [], begunMs: performance.now() };
    await wait();
    act();
    stop = live.watch(() => {});
    expect(await live.rows()).toHaveLength(3);
  });

  it('reads for itself for whoever is told of nothing', async () => {
    overheard = { facts: [], begunMs: performance.now() };
    await pass(liveLimits.factsMsMax / liveLimits.lookEveryMs);
    expect(await live.rows()).toHaveLength(3);
  });

  it('keeps to what it read itself where that is newer', async () => {
    overheard = { facts: [], begunMs: performance.now() };
    await pass(3);
    await watch();
    expect(await live.rows()).toHaveLength(3);
  });

  it('does nothing while nobody looks', async () => {
    await watch();
    stop();
    await pass(60);
    expect(sweeps).toBe(1);
  });
});

it('a row of a silent box says at least, of one that never spoke nothing', () => {
  const member = {
    id: 'a',
    site: null,
    lastProofMs: 5,
    connected: false,
    release: '1',
    report: null,
    reportHeardMs: null,
  };
  const exposure = { totalMinor: 9, limitMinor: null, currency: 'GBP' as const };
  const silent = { kind: 'silent' as const, sinceMs: 5, unreceivedAtLeast: 3, exposure };
  expect(rowOf({ ...member, state: silent })).toMatchObject({
    unreceived: 3,
    exposureMinor: 9,
    currency: 'GBP',
    sinceMs: 5,
  });
  const never = rowOf({ ...member, state: { kind: 'never_seen' } });
  expect(never).toMatchObject({ unreceived: null, exposureMinor: null, currency: null });
  expect(isNews(undefined, never)).toBe(true);
  expect(isNews(never, { ...never, lastProofMs: 59_000 })).toBe(false);
  expect(isNews(never, { ...never, lastProofMs: 61_000 })).toBe(true);
  expect(isNews(never, { ...never, conditions: ['x'] })).toBe(true);
});
