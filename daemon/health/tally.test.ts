// What the box counts of itself.
import { expect, it } from 'vitest';
import type { Committed } from '../store/client.ts';
import { createTally } from './tally.ts';

const batch = (change: Partial<Committed>): Committed => ({
  ...{
    ms: 3,
    commands: 1,
    waiting: 1,
    verdicts: [],
    reasons: [],
    lastSeq: 0,
    grew: false,
    receivedThrough: null,
  },
  ...change,
});

it('counts verdicts and durations from the start, and the most since it was asked', () => {
  const tally = createTally();
  tally.requestTook(4, false);
  tally.requestTook(900, true);
  tally.committed(
    batch({
      ms: 7,
      commands: 5,
      waiting: 9,
      verdicts: ['authorised', 'pending', 'authorised'],
      reasons: ['out_of_stock'],
    }),
    0,
  );
  tally.committed(batch({ ms: 2, commands: 8 }), 0);
  tally.committed(batch({ reasons: ['out_of_stock', 'above_floor_limit'] }), 0);
  const { verdicts, reasons, requestErrors, http, commit } = tally.counts();
  expect(reasons).toEqual({ out_of_stock: 2, above_floor_limit: 1 });
  expect(verdicts).toEqual({ authorised: 2, approvedOffline: 0, declined: 0, refused: 0, pending: 1 });
  expect([http.counts[2], http.sumMs, commit.counts[1], commit.counts[3]]).toEqual([1, 904, 1, 1]);
  expect(requestErrors).toBe(1);
  expect(tally.takePeaks()).toEqual({ queueMax: 9, batchMax: 8, commitMsMax: 7 });
  expect(tally.takePeaks()).toEqual({ queueMax: 0, batchMax: 0, commitMsMax: 0 });
});

it('measures each commit until the receipt that covers it', () => {
  const tally = createTally();
  tally.committed(batch({ lastSeq: 4, grew: true }), 1000);
  tally.committed(batch({ lastSeq: 9, grew: true }), 1040);
  tally.committed(batch({ receivedThrough: 4 }), 1045);
  expect(tally.counts().receipt.sumMs).toBe(45);
  tally.committed(batch({ receivedThrough: 9 }), 1050);
  expect(tally.counts().receipt).toMatchObject({ sumMs: 55 });
});

it('holds a bounded number of commits without a receipt, over any outage', () => {
  const tally = createTally();
  for (let seq = 1; seq <= 5000; seq++) tally.committed(batch({ lastSeq: seq, grew: true }), seq);
  tally.committed(batch({ receivedThrough: 5000 }), 5000);
  expect(tally.counts().receipt.counts.reduce((sum, count) => sum + count, 0)).toBe(1000);
});
