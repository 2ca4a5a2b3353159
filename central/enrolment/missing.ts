// What an old box may hold that never came: by its own last word, and by what a person read from it. Pure.
import type { MissingRange } from './port.ts';

/** A journal of an appliance as central knows it. */
export interface KnownJournal {
  journalId: string;
  receivedThrough: number;
  /** What the box last said of it itself. */
  lastSeq: number;
}

/** By the word of the box alone. @param journals the one it wrote in last comes last */
export function missingByWord(journals: readonly KnownJournal[]): MissingRange[] {
  return journals.map((journal) => range(journal, null)).filter(({ atLeast }) => atLeast > 0);
}

/**
 * What is declared missing: the journal that the box wrote in last is always among it unless a person has read its last
 * number, for nobody knows what was sold after its last word.
 * @param readSeq the last number on the box's screen, of the journal it wrote in last; null: nobody can say
 */
export function missingDeclared(journals: readonly KnownJournal[], readSeq: number | null): MissingRange[] {
  const newest = journals.at(-1);
  if (newest === undefined) return [];
  const last = range(newest, readSeq);
  return [...missingByWord(journals.slice(0, -1)), ...(last.atMost === 0 ? [] : [last])];
}

function range({ journalId, receivedThrough, lastSeq }: KnownJournal, readSeq: number | null): MissingRange {
  const byWord = Math.max(0, lastSeq - receivedThrough);
  const read = readSeq === null ? null : Math.max(0, readSeq - receivedThrough);
  // The box does not take a number back: who read less than it once said has misread.
  const atMost = read === null ? null : Math.max(read, byWord);
  return { journalId, fromSeq: receivedThrough + 1, atLeast: atMost ?? byWord, atMost };
}
