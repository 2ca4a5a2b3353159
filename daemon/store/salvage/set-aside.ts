// What is known of a journal that was set aside, in a small file beside it: what became of its entries, and whether a
// technician has taken note. The damaged file itself is never taken away by us.
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { SalvageEntry, type SeqRange } from '../../../contract/entry.ts';
import { Uuid } from '../../../contract/id.ts';
import type { Condition } from '../../../contract/kiosk-api.ts';
import { asideNotes, writeOwned } from './places.ts';

const { cause, receivedThrough, lastSeq, carried, lost, altered, unproven } = SalvageEntry.shape;

export const SetAside = z.strictObject({
  /** The damaged journal, in the same folder. */
  file: z.string(),
  atMs: z.int(),
  cause,
  /** What was wrong, in the words of whoever noticed. */
  words: z.string(),
  fromJournalId: Uuid.nullable(),
  /** The journal that goes on: the same where every entry was whole. */
  journalId: Uuid,
  receivedThrough,
  lastSeq,
  carried,
  lost,
  altered,
  unproven,
  /** What central sends could not all be read: the feed is asked again from its beginning. */
  feedAgain: z.boolean(),
  acknowledgedMs: z.int().nullable(),
});
export type SetAside = z.infer<typeof SetAside>;

/** Of all that were set aside here, the oldest first. */
export function readSetAside(folder: string): SetAside[] {
  return asideNotes(folder).flatMap((name) => {
    try {
      return [SetAside.parse(JSON.parse(readFileSync(join(folder, name), 'utf8')))];
    } catch {
      return [illegible(folder, name)];
    }
  });
}

/** Those that nobody has acknowledged. */
export function openNotes(folder: string): SetAside[] {
  return readSetAside(folder).filter(({ acknowledgedMs }) => acknowledgedMs === null);
}

/** Entries that a purge would make nobody able to look for any more; 1 at least where a journal began anew. */
export function inDoubt(folder: string): number {
  if (!existsSync(folder)) return 0;
  const notes = openNotes(folder).filter(beganAnew);
  return notes.reduce(
    (sum, { lost: gone, altered: changed }) => sum + Math.max(1, seqsIn([...gone, ...changed])),
    0,
  );
}

export function writeSetAside(folder: string, note: SetAside): void {
  writeOwned(join(folder, `${note.file}.json`), folder, note);
}

/** Whether the journal that goes on begins anew: then some entries are in doubt, or nobody knows whose they were. */
export function beganAnew({ fromJournalId, journalId }: SetAside): boolean {
  return fromJournalId !== journalId;
}

/** Named until a technician has acknowledged it. */
export function salvagedCondition(notes: readonly SetAside[]): Condition | null {
  const open = notes.filter(({ acknowledgedMs }) => acknowledgedMs === null);
  const note = open.at(-1);
  if (!note) return null;
  const hint = `${doubtWords(note)} The damaged file is ${note.file}: hand it over, then say: holdfast journal acknowledge`;
  return { code: 'journal_salvaged', hint, sinceMs: note.atMs };
}

const rangesSaid = 3;

/** As "940 of 1000 entries were kept; lost 951 to 958, altered 12." */
export function doubtWords(
  note: Pick<SetAside, 'carried' | 'lastSeq' | 'lost' | 'altered' | 'unproven'>,
): string {
  const kept = `${note.carried} of ${note.lastSeq} entries were kept`;
  const doubts = [
    rangeWords('lost', note.lost),
    rangeWords('altered', note.altered),
    rangeWords('kept without proof', note.unproven),
  ].filter((words) => words !== null);
  return doubts.length === 0
    ? `The journal was damaged: ${kept}.`
    : `The journal was damaged: ${kept}; ${doubts.join(', ')}.`;
}

function rangeWords(what: string, ranges: readonly SeqRange[]): string | null {
  if (ranges.length === 0) return null;
  const said = ranges
    .slice(0, rangesSaid)
    .map(({ firstSeq, lastSeq: last }) => (firstSeq === last ? `${firstSeq}` : `${firstSeq} to ${last}`));
  return `${what} ${said.join(' and ')}${ranges.length > rangesSaid ? ` and ${ranges.length - rangesSaid} more` : ''}`;
}

function seqsIn(ranges: readonly SeqRange[]): number {
  return ranges.reduce((sum, range) => sum + range.lastSeq - range.firstSeq + 1, 0);
}

/** A note that was damaged itself: it still says that there is something to take note of. */
function illegible(folder: string, name: string): SetAside {
  return {
    file: name.replace(/\.json$/, ''),
    atMs: Math.trunc(statSync(join(folder, name)).mtimeMs),
    cause: 'damaged',
    words: 'the note beside it cannot be read',
    fromJournalId: null,
    journalId: '00000000-0000-0000-0000-000000000000',
    receivedThrough: 0,
    lastSeq: 0,
    carried: 0,
    lost: [],
    altered: [],
    unproven: [],
    feedAgain: false,
    acknowledgedMs: null,
  };
}
