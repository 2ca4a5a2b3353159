import { expect, it } from 'vitest';
import type { SyncState } from './machine.ts';
import { createReportTurn } from './report-turn.ts';

const streaming = (sentThrough: number, framesOut = 0) =>
  ({ kind: 'streaming', sentThrough, framesOut: Array(framesOut).fill({}) }) as unknown as SyncState;

it('lets a report go at once where no entry is on its way, as often as it comes', () => {
  const turn = createReportTurn(200);
  expect([0, 1, 2].map((nowMs) => turn.may(streaming(7), 7, nowMs))).toEqual([true, true, true]);
});

it('lets one go among entries after 20 s, and holds the next anew', () => {
  const turn = createReportTurn(200);
  const times = [0, 19_999, 20_000, 20_001, 40_000, 40_001];
  expect(times.map((nowMs) => turn.may(streaming(7, 1), 8, nowMs))).toEqual([
    ...[false, false, true],
    ...[false, false, true],
  ]);
});

it('lets none go before a backlog, nor without a link, and counts nothing of before a link was lost', () => {
  const turn = createReportTurn(200);
  expect([0, 60_000].map((nowMs) => turn.may(streaming(7), 207, nowMs))).toEqual([false, false]);
  expect(turn.may({ kind: 'offline' }, 207, 61_000)).toBe(false);
  expect(turn.may(streaming(206), 207, 62_000)).toBe(false);
});
