// What an old box may hold that never came: by its own last word, and by what a person read from it. Pure.
import type { SeqRange } from '../../contract/entry.ts';
import type { MissingRange } from './standing-port.ts';

/** A journal of an appliance as central knows it. */
export interface KnownJournal {
  journalId: string;
  receivedThrough: number;
  /** What the box last said of it itself. */
  lastSeq: number;
  /** Where another journal goes on from it: what central lacks of it for good, in order. Null: none does. */
  inDoubt: SeqRange[] | null;
}

/** By the word of the box alone. @param journals the one it wrote in last comes last */
export function missingByWord(journals: readonly KnownJournal[]): MissingRange[] {
  return journals
    .flatMap((journal) => doubted(journal) ?? [range(journal, null)])
    .filter(({ atLeast }) => atLeast > 0);
}

/**
 * What is declared missing: the journal that the box wrote in last is always among it unless a person has read its last
 * number, for nobody knows what was sold after its last word.
 * @param readSeq the last number on the box's screen, of the journal it wrote in last; null: nobody can say
 */
export function missingDeclared(journals: readonly KnownJournal[], readSeq: number | null): MissingRange[] {
  const newest = journals.findLast(({ inDoubt }) => inDoubt === null);
  if (newest === undefined) return missingByWord(journals);
  const last = range(newest, readSeq);
  const others = journals.filter((journal) => journal !== newest);
  return [...missingByWord(others), ...(last.atMost === 0 ? [] : [last])];
}

/** Of a journal that another one goes on from nothing more is to come, and what is missing of it is known. */
function doubted({ journalId, inDoubt }: KnownJournal): MissingRange[] | null {
  return (
    inDoubt?.map(({ firstSeq, lastSeq }) => {
      const count = lastSeq - firstSeq + 1;
      return { journalId, fromSeq: firstSeq, atLeast: count, atMost: count };
    }) ?? null
  );
}

function range({ journalId, receivedThrough, lastSeq }: KnownJournal, readSeq: number | null): MissingRange {
  const byWord = Math.max(0, lastSeq - receivedThrough);
  const read = readSeq === null ? null : Math.max(0, readSeq - receivedThrough);
  // The box does not take a number back: who read less than it once said has misread.
  const atMost = read === null ? null : Math.max(read, byWord);
  return { journalId, fromSeq: receivedThrough + 1, atLeast: atMost ?? byWord, atMost };
}
