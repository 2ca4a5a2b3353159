import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limits } from '../../contract/limits.ts';
import { emptyCut, firstPiece, planPublication, withItem } from './pieces.ts';

/** The pieces that a run is cut into, by the number of items in each. */
function counts(sizes: readonly number[], countMax: number, bytesMax: number): number[] {
  const found = [0];
  let cut = emptyCut;
  for (const size of sizes) {
    cut = withItem(cut, size, countMax, bytesMax);
    found[cut.pieces - 1] = cut.count;
  }
  return found;
}

describe('withItem', () => {
  it.each([
    ['nothing is one empty piece', [], [0]],
    ['a few fit in one', [1, 1, 1], [3]],
    ['a piece is full by number', [1, 1, 1, 1], [3, 1]],
    ['a piece is full by bytes, commas included', [5, 3, 4], [2, 1]],
    ['one that is too large travels alone', [1, 50, 1], [1, 1, 1]],
  ])('%s', (_, sizes, expected) => {
    expect(counts(sizes, 3, 10)).toEqual(expected);
  });

  it('leaves nothing out, and keeps to both bounds', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 })), (sizes) => {
        let start = 0;
        for (const count of counts(sizes, 4, 10)) {
          const taken = sizes.slice(start, start + count);
          start += count;
          expect(taken.length).toBeLessThanOrEqual(4);
          expect(taken.reduce((sum, size) => sum + size + 1, 0)).toBeLessThanOrEqual(10);
        }
        expect(start).toBe(sizes.length);
      }),
    );
  });
});

describe('firstPiece', () => {
  it('ends where the running cut ends its first piece', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 60_000 }), { maxLength: 300 }), (sizes) => {
        expect(firstPiece(sizes)).toBe(counts(sizes, 250, limits.feedItemBytesMax - 512)[0]);
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
