import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutPieces, planPublication } from './pieces.ts';

describe('cutPieces', () => {
  it.each([
    ['nothing is one empty piece', [], [[0, 0]]],
    ['a few fit in one', [1, 1, 1], [[0, 3]]],
    [
      'a piece is full by number',
      [1, 1, 1, 1],
      [
        [0, 3],
        [3, 4],
      ],
    ],
    [
      'a piece is full by bytes, commas included',
      [5, 3, 4],
      [
        [0, 2],
        [2, 3],
      ],
    ],
    [
      'one that is too large travels alone',
      [1, 50, 1],
      [
        [0, 1],
        [1, 2],
        [2, 3],
      ],
    ],
  ])('%s', (_, sizes, expected) => {
    expect(cutPieces(sizes, 3, 10).map(({ start, end }) => [start, end])).toEqual(expected);
  });

  it('leaves nothing out, takes nothing twice, and keeps to both bounds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 })), (sizes) => {
        const pieces = cutPieces(sizes, 4, 10);
        expect(pieces.flatMap(({ start, end }) => sizes.slice(start, end))).toEqual(sizes);
        for (const { start, end } of pieces) {
          const taken = sizes.slice(start, end);
          expect(taken.length).toBeLessThanOrEqual(4);
          expect(taken.reduce((sum, size) => sum + size + 1, 0)).toBeLessThanOrEqual(10);
        }
      }),
    );
  });
});

describe('planPublication', () => {
  const sizes = { hasBase: true, deltaBytes: 10, snapshotBytes: 100, chainBytes: 0 };
  it.each([
    ['the first version is a snapshot', { hasBase: false }, { delta: false, snapshot: true }],
    ['a small change is a delta only', {}, { delta: true, snapshot: false }],
    ['no change at all is a delta', { deltaBytes: 0 }, { delta: true, snapshot: false }],
    ['a change below half is a delta still', { deltaBytes: 49 }, { delta: true, snapshot: false }],
    ['a change of half is a snapshot', { deltaBytes: 50 }, { delta: false, snapshot: true }],
    ['an emptied catalogue is a snapshot', { snapshotBytes: 0 }, { delta: false, snapshot: true }],
    ['a long chain brings a snapshot for newcomers', { chainBytes: 40 }, { delta: true, snapshot: true }],
    ['a chain just below half does not', { chainBytes: 39 }, { delta: true, snapshot: false }],
  ])('%s', (_, change, expected) => {
    expect(planPublication({ ...sizes, ...change })).toEqual(expected);
  });
});
