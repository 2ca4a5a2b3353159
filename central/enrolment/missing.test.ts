import { describe, expect, it } from 'vitest';
import type { SeqRange } from '../../contract/entry.ts';
import { missingByWord, missingDeclared } from './missing.ts';

const journal = (
  journalId: string,
  receivedThrough: number,
  lastSeq: number,
  inDoubt: SeqRange[] | null = null,
) => ({ journalId, receivedThrough, lastSeq, inDoubt });

describe('what an old box may hold', () => {
  it('is nothing by its own word when all it named was received', () => {
    expect(missingByWord([journal('a', 10, 10), journal('b', 7, 5)])).toEqual([]);
  });

  it('is what it named and nobody received, journal by journal', () => {
    expect(missingByWord([journal('a', 10, 12), journal('b', 7, 7)])).toEqual([
      { journalId: 'a', fromSeq: 11, atLeast: 2, atMost: null },
    ]);
  });

  it('is of a journal that another goes on from what is in doubt of it, whatever the box once named', () => {
    const followed = journal('a', 10, 40, [{ firstSeq: 12, lastSeq: 14 }]);
    expect(missingByWord([followed, journal('b', 7, 9)])).toEqual([
      { journalId: 'a', fromSeq: 12, atLeast: 3, atMost: 3 },
      { journalId: 'b', fromSeq: 8, atLeast: 2, atMost: null },
    ]);
    expect(missingByWord([journal('a', 10, 40, []), journal('b', 7, 7)])).toEqual([]);
  });

  const declared: [
    name: string,
    journals: ReturnType<typeof journal>[],
    readSeq: number | null,
    expected: object[],
  ][] = [
    ['nothing of a box that never wrote', [], 9, []],
    [
      'at least what it named, at most unknown',
      [journal('a', 10, 12)],
      null,
      [{ fromSeq: 11, atLeast: 2, atMost: null }],
    ],
    [
      'unknown even when it named nothing: it may have sold since',
      [journal('a', 10, 10)],
      null,
      [{ fromSeq: 11, atLeast: 0, atMost: null }],
    ],
    ['exactly what its screen said', [journal('a', 10, 12)], 15, [{ fromSeq: 11, atLeast: 5, atMost: 5 }]],
    ['nothing when its screen said what was received', [journal('a', 10, 10)], 10, []],
    [
      'not less than it named itself, whatever was read',
      [journal('a', 10, 12)],
      11,
      [{ fromSeq: 11, atLeast: 2, atMost: 2 }],
    ],
    [
      'of a journal before by its word, of the last by its screen',
      [journal('a', 4, 6), journal('b', 10, 12)],
      13,
      [
        { journalId: 'a', fromSeq: 5, atLeast: 2, atMost: null },
        { journalId: 'b', fromSeq: 11, atLeast: 3, atMost: 3 },
      ],
    ],
  ];
  it('names by its screen the journal it wrote in last, and never one that was set aside', () => {
    const followed = journal('a', 10, 12, [{ firstSeq: 12, lastSeq: 12 }]);
    expect(missingDeclared([journal('b', 4, 4), followed], 6)).toEqual([
      { journalId: 'a', fromSeq: 12, atLeast: 1, atMost: 1 },
      { journalId: 'b', fromSeq: 5, atLeast: 2, atMost: 2 },
    ]);
  });

  it.each(declared)('is declared: %s', (_, journals, readSeq, expected) => {
    expect(missingDeclared(journals, readSeq)).toMatchObject(expected);
    expect(missingDeclared(journals, readSeq)).toHaveLength(expected.length);
  });
});
