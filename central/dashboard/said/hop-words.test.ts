import { expect, it } from 'vitest';
import { sampleReport } from '../../fixtures/health.ts';
import { hopsOf, msWords } from './hop-words.ts';

const { synthetic } = sampleReport;

it('shows each hop where it lies on the whole way, and one that was not reached as none', () => {
  if (!synthetic) throw new Error('the sample has one');
  const hops = { durableMs: 10, sentMs: 20, receivedMs: 100, bookedMs: 95, appliedMs: null };
  const shown = hopsOf({ hops });
  expect(shown.map(({ fromPercent, percent }) => [fromPercent, percent])).toEqual([
    [0, 10],
    [10, 10],
    [20, 80],
    [100, 0],
    [100, 0],
  ]);
  expect(shown.at(-1)).toMatchObject({ words: 'Known to the box', atMs: null });
  expect(hopsOf(synthetic).reduce((sum, { percent }) => sum + percent, 0)).toBeCloseTo(100);
});

it.each([
  [null, '–'],
  [40, '40 ms'],
  [2400, '2.4 s'],
  [180_000, '3 min'],
  [7_200_000, '2 h'],
])('%o milliseconds are %s', (ms, words) => {
  expect(msWords(ms)).toBe(words);
});
