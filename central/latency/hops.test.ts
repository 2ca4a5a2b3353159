// How long each hop took: a table, and what can be added up.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EntryTime } from '../../contract/entry.ts';
import { bucketEndsMs, bucketOf, quantileMs } from './buckets.ts';
import { type Arrival, countedHops, type Hops, hopsOf } from './hops.ts';

const bootId = '00000000-0000-4000-8000-000000000001';
const at = (ms: number): EntryTime => ({
  ...{ wallMs: 5, monotonicMs: 5, bootId },
  central: { ms, uncertaintyMs: 20 },
});

describe('the hops of a document', () => {
  it.each<[string, number, Arrival, Partial<Hops>]>([
    [
      'one made while connected does not wait',
      1000,
      { connectedMs: 400, receivedMs: 1080 },
      { waitingOfflineMs: 0, sendingMs: 80, bookingMs: 20 },
    ],
    [
      'one made in an outage waits until the link is back, and is then sent',
      1000,
      { connectedMs: 61_000, receivedMs: 61_500 },
      { waitingOfflineMs: 60_000, sendingMs: 500 },
    ],
    [
      'one made just before a cut waits as well',
      1000,
      { connectedMs: 1001, receivedMs: 1002 },
      { waitingOfflineMs: 1, sendingMs: 1 },
    ],
    [
      'one that was handed over by a person waited until then',
      1000,
      { connectedMs: null, receivedMs: 9000 },
      { waitingOfflineMs: 8000, sendingMs: 0 },
    ],
    [
      'a box whose estimate is ahead makes no hop shorter than nothing',
      2000,
      { connectedMs: 400, receivedMs: 1990 },
      { waitingOfflineMs: 0, sendingMs: 0 },
    ],
  ])('%s', (_, madeMs, arrival, hops) => {
    expect(hopsOf(at(madeMs), arrival, arrival.receivedMs + 20)).toMatchObject({ madeMs, ...hops });
  });

  it('are not known where nothing was noted, and by the box’s own clock are not counted', () => {
    expect(hopsOf(at(1), null, 50)).toMatchObject({ receivedMs: null, sendingMs: null, bookingMs: null });
    const own = hopsOf({ wallMs: 7, monotonicMs: 5, bootId }, { connectedMs: 0, receivedMs: 40 }, 50);
    expect(own).toMatchObject({ madeBy: 'device', madeMs: 7 });
    expect(countedHops(own)).toEqual([['booking', 10]]);
  });
});

describe('counts in buckets', () => {
  it('say a quantile that is at least the exact one, and at most two thirds more', () => {
    const times = fc.array(fc.integer({ min: 1, max: 3_000_000_000 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(times, fc.constantFrom(0.5, 0.95, 0.99), (all, share) => {
        const counts = new Map<number, number>();
        for (const ms of all) counts.set(bucketOf(ms), (counts.get(bucketOf(ms)) ?? 0) + 1);
        const sorted = all.toSorted((a, b) => a - b);
        const exact = sorted[Math.ceil(share * all.length) - 1] ?? 0;
        const said = quantileMs(counts, share) ?? 0;
        expect(said).toBeGreaterThanOrEqual(exact);
        expect(said).toBeLessThanOrEqual(Math.ceil((exact * 5) / 3));
      }),
    );
    expect(quantileMs(new Map(), 0.5)).toBeNull();
    expect(bucketEndsMs.at(-1)).toBeGreaterThan(35 * 86_400_000);
  });
});
