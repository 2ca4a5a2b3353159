// What the first entry of a journal that goes on from another one means: which seqs of that one are in doubt. Pure.
import type { SalvageEntry, SeqRange } from '../../contract/entry.ts';
import type { ParkReason } from '../ledger/settle.ts';
import type { DoubtKind } from './port.ts';

export interface SalvageFacts {
  /** Nothing stands before it in its journal, but for others of its kind that it has carried along. */
  opens: boolean;
  /** Whose the journal is that it names; `none`: it names none. */
  from: 'own' | 'itself' | 'unknown' | 'another' | 'none';
  /** How far central has received that journal. */
  receivedThrough: number;
  /** What the box said of that journal when it still had it. */
  saidLastSeq: number;
}

export interface NewDoubt extends SeqRange {
  kind: DoubtKind;
}

export type SalvageJudged = { kind: 'taken'; doubts: NewDoubt[] } | { kind: 'parked'; reason: ParkReason };

/** What central has received is in no doubt, whatever the file lost since. */
export function judgeSalvage(entry: SalvageEntry, facts: SalvageFacts): SalvageJudged {
  if (!facts.opens) return { kind: 'parked', reason: 'salvage_misplaced' };
  if (facts.from === 'another') return { kind: 'parked', reason: 'journal_of_another' };
  if (facts.from === 'itself' || contradicts(entry)) return { kind: 'parked', reason: 'salvage_malformed' };
  const { receivedThrough, saidLastSeq } = facts;
  // Behind the end of what could be read, and the box had named it: nothing in the file tells of it any more.
  const forgotten = { firstSeq: entry.lastSeq + 1, lastSeq: saidLastSeq };
  const lost = saidLastSeq > entry.lastSeq ? [...entry.lost, forgotten] : entry.lost;
  return {
    kind: 'taken',
    doubts: [
      ...lacking('lost', lost, receivedThrough),
      ...lacking('altered', entry.altered, receivedThrough),
      ...lacking('unproven', entry.unproven, receivedThrough),
    ],
  };
}

function lacking(kind: DoubtKind, ranges: readonly SeqRange[], receivedThrough: number): NewDoubt[] {
  return ranges.flatMap(({ firstSeq, lastSeq }) =>
    lastSeq <= receivedThrough ? [] : [{ kind, firstSeq: Math.max(firstSeq, receivedThrough + 1), lastSeq }],
  );
}

/** Ranges that are none, that are not in order, or that go beyond the end of their journal. */
function contradicts({ lost, altered, unproven, lastSeq: end }: SalvageEntry): boolean {
  return [lost, altered, unproven].some((ranges) =>
    ranges.some(
      ({ firstSeq, lastSeq }, i) =>
        lastSeq < firstSeq || lastSeq > end || firstSeq <= (ranges[i - 1]?.lastSeq ?? 0),
    ),
  );
}
