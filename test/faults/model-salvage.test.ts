// The model of a salvage finds what a central or a box would get wrong about one.
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { checkDoubts, type Received, readSalvage } from './model-salvage.ts';

const bodies = [1, 2, 3, 4, 5, 6].map((n) => Buffer.from(JSON.stringify({ kind: 'checkout', n })));
const salvage = {
  ...{ kind: 'salvage', fromJournalId: 'one', lastSeq: 6, carried: 3 },
  lost: [{ firstSeq: 2, lastSeq: 2 }],
  altered: [{ firstSeq: 4, lastSeq: 5 }],
  slipsSkipped: { first: 7, last: 9 },
};
const carried = (change: object, seqs = [1, 3, 6]) => [
  Buffer.from(JSON.stringify({ ...salvage, ...change })),
  ...seqs.map((seq) => bodies[seq - 1] ?? Buffer.alloc(0)),
];

let central: Database.Database;
const wrongs: string[] = [];
beforeEach(() => {
  wrongs.length = 0;
  central = new Database(':memory:');
  central.exec('CREATE TABLE doubt (kind TEXT, first_seq INTEGER, last_seq INTEGER)');
});
afterEach(() => central.close());

/** @param seqs of the first journal at central */
function check(
  next: Buffer[],
  seqs: number[],
  doubts: [kind: string, first: number, last: number][],
): string[] {
  for (const doubt of doubts) central.prepare('INSERT INTO doubt VALUES (?, ?, ?)').run(...doubt);
  const received: Received[] = seqs.map((seq) => ({
    ...{ journal: 1, journalId: 'one', seq, body: bodies[seq - 1] ?? Buffer.alloc(0) },
  }));
  const wrong = (text: string) => wrongs.push(text);
  const salvaged = readSalvage(next, wrong);
  if (salvaged) checkDoubts(central, received, next, salvaged, wrong);
  return wrongs;
}

it('finds nothing where central doubts what it lacks of what was lost', () => {
  expect(
    check(
      carried({}),
      [1, 2],
      [
        ['altered', 4, 5],
        ['unproven', 6, 6],
      ],
    ),
  ).toEqual([]);
  expect(readSalvage(carried({}), () => {})?.slipsMissingMax).toBe(6);
  expect(readSalvage(bodies, () => {})).toBeNull();
});

it.each([
  ['a seq that nobody has and nobody doubts', carried({}), [1], [['altered', 4, 5]], 'seq 2 is nowhere'],
  [
    'a doubt about what was received',
    carried({}),
    [1, 2],
    [
      ['lost', 2, 2],
      ['altered', 4, 5],
    ],
    'doubts seq 2',
  ],
  [
    'an entry that was left out unnamed',
    carried({ carried: 2 }, [1, 3]),
    [1, 2],
    [['altered', 4, 5]],
    'carries 2 of 6',
  ],
  [
    'one carried over as another',
    carried({}, [1, 2, 6]),
    [1, 2, 3],
    [['altered', 4, 5]],
    'entry 3 was carried',
  ],
] as const)('finds %s', (_, next, seqs, doubts, words) => {
  expect(
    check(
      [...next],
      [...seqs],
      doubts.map((doubt) => [...doubt]),
    ),
  ).toEqual([expect.stringContaining(words)]);
});
