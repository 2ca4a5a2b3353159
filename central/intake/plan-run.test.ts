import { describe, expect, it } from 'vitest';
import { createTestJournal, testKeys } from '../fixtures/journal.ts';
import type { EntriesRun } from './entries-run.ts';
import { planRun } from './plan-run.ts';

const { privateKey } = testKeys();
const journal = createTestJournal('box-1', privateKey);
for (let i = 1; i <= 10; i++) journal.append(Buffer.from(`{"n":${i}}`));

function hash(seq: number): Buffer {
  return Buffer.from(journal.hashAt(seq), 'hex');
}

function run(firstSeq: number, lastSeq: number, change: Partial<EntriesRun> = {}): EntriesRun {
  return {
    journalId: journal.journalId,
    firstSeq,
    previousHash: hash(firstSeq - 1),
    lastHash: hash(lastSeq),
    bodies: journal.bodies.slice(firstSeq - 1, lastSeq),
    ...change,
  };
}

describe('planRun', () => {
  const at5 = { receivedThrough: 5, hash: hash(5) };
  const other = Buffer.alloc(32, 7);
  const fork = createTestJournal('box-1', privateKey, journal.journalId);
  fork.append(...journal.bodies.slice(0, 3), Buffer.from('{"n":"other"}'));
  fork.append(Buffer.from('{"n":5}'), Buffer.from('{"n":6}'));
  const forked: EntriesRun = {
    ...run(4, 6),
    bodies: fork.bodies.slice(3),
    lastHash: Buffer.from(fork.hashAt(6), 'hex'),
  };

  const cases: [string, EntriesRun, object][] = [
    ['a run that goes on where the journal ended', run(6, 8), { kind: 'store', skip: 0 }],
    ['a run that overlaps', run(4, 8), { kind: 'store', skip: 2 }],
    ['the last run again', run(4, 5), { kind: 'repeated' }],
    ['an earlier run again', run(1, 3), { kind: 'compare' }],
    ['a run after a hole', run(7, 8), { kind: 'gap' }],
    [
      'a run whose items are not what its header says',
      run(6, 8, { lastHash: other }),
      { kind: 'chain_broken' },
    ],
    [
      'an item that was changed on the way',
      run(6, 7, { bodies: [Buffer.from('x'), Buffer.from('y')] }),
      { kind: 'chain_broken' },
    ],
    ['a run that overlaps with another history', forked, { kind: 'diverged' }],
  ];
  it.each(cases)('judges %s', (_, given, plan) => {
    expect(planRun(at5, given)).toEqual(plan);
  });

  it('sees another history in a run that goes on from another hash', () => {
    const position = { receivedThrough: 5, hash: other };
    expect(planRun(position, run(6, 8))).toEqual({ kind: 'diverged' });
  });

  it('begins a journal at the genesis hash only', () => {
    const empty = { receivedThrough: 0, hash: hash(0) };
    expect(planRun(empty, run(1, 4))).toEqual({ kind: 'store', skip: 0 });
    expect(planRun({ ...empty, hash: other }, run(1, 4))).toEqual({ kind: 'diverged' });
  });
});
