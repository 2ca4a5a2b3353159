import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createColumn } from './books.ts';

describe('a column', () => {
  it('gives back what was added, however wide it is and wherever it became wider', () => {
    const value = fc.oneof(
      fc.constantFrom(0, -0, -1, 255, 256, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), Number.NaN),
      fc.maxSafeInteger(),
    );
    // As runs: a value that fills the chunk so far, then another one.
    const runs = fc.array(fc.tuple(value, fc.integer({ min: 1, max: 40 })), { maxLength: 8 });
    fc.assert(
      fc.property(runs, (some) => {
        const column = createColumn();
        const values = some.flatMap(([one, times]) => Array<number>(times).fill(one));
        for (const one of values) column.add(one);
        expect(values.map((_, row) => column.at(row))).toEqual(values);
      }),
    );
  });

  it('goes on in the next chunk', () => {
    const column = createColumn();
    for (let row = 0; row < 140_000; row++) column.add(row < 70_000 ? 7 : row * 100_000);
    expect([0, 65_535, 65_536, 69_999].map(column.at)).toEqual([7, 7, 7, 7]);
    expect([70_000, 131_072, 139_999].map(column.at)).toEqual([7e9, 13_107_200_000, 13_999_900_000]);
  });
});
