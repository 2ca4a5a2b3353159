// Takes in a file of a journal: first it is read through, which says how much of it is proven and which journal it goes on
// from; then that much is stored, a run at a time. What a file cannot prove is left out, with the line it begins at.
import { createHash } from 'node:crypto';
import { chainHash } from '../../contract/hash.ts';
import { limits } from '../../contract/limits.ts';
import { type ExportedEntry, genesisBefore, provenEntries, type ReadingEnd } from './export-lines.ts';
import type { ImportedRun, JournalEnd } from './port.ts';

export interface FileFound {
  /** SHA-256 of the file, hex. */
  digest: string;
  firstSeq: number;
  /** The last one that follows. */
  lastSeq: number;
  /** Why it ended before its end. */
  end: ReadingEnd | null;
  /** The journal whose receipt it bears out. */
  journalId: string | null;
}

export type FileBytes = () => AsyncIterable<Uint8Array>;

/** @returns null where not even the first line is an entry */
export async function readThroughFile(
  bytes: FileBytes,
  ends: readonly JournalEnd[],
): Promise<FileFound | null> {
  const found: { first: number; last: number; end: ReadingEnd | null; journalId: string | null } = {
    ...{ first: 0, last: 0, end: null, journalId: null },
  };
  for await (const read of provenEntries(bytes(), genesisBefore)) {
    if (read.kind === 'end') {
      const { line, code, seq } = read;
      found.end = { line, code, seq };
      break;
    }
    const { entry } = read;
    if (found.first === 0) found.first = entry.seq;
    found.last = entry.seq;
    found.journalId ??= ends.find((end) => bearsOut(end, entry))?.journalId ?? null;
  }
  if (found.first === 0) return null;
  return {
    ...{ digest: await digestOf(bytes()), firstSeq: found.first, lastSeq: found.last },
    ...{ end: found.end, journalId: found.journalId },
  };
}

/** The runs of what is proven, in order; the first entry of a file that does not begin with 1 only says what follows it. */
export async function* runsOf(
  bytes: FileBytes,
  place: { applianceId: string; journalId: string; ends: readonly JournalEnd[] },
): AsyncGenerator<ImportedRun> {
  const before = beforeOf(place.ends.filter(({ journalId }) => journalId === place.journalId));
  const { applianceId, journalId } = place;
  let previous: Uint8Array | null = null;
  let run: ExportedEntry[] = [];
  let runBytes = 0;
  const taken = (): ImportedRun => {
    const [first] = run;
    const last = run.at(-1);
    if (!first || !last || !previous) throw new Error('a run has entries');
    const made = {
      ...{ applianceId, journalId, firstSeq: first.seq, previousHash: previous, lastHash: last.hash },
      bodies: run.map(({ body }) => body),
    };
    previous = last.hash;
    run = [];
    runBytes = 0;
    return made;
  };
  for await (const read of provenEntries(bytes(), before)) {
    if (read.kind === 'end') break;
    const { entry } = read;
    previous ??= before(entry.seq);
    if (previous === null) {
      previous = entry.hash;
      continue;
    }
    if (
      run.length > 0 &&
      (run.length === limits.frameItemsMax || runBytes + entry.body.length > limits.frameRawBytesMax)
    )
      yield taken();
    run.push(entry);
    runBytes += entry.body.length;
  }
  if (run.length > 0) yield taken();
}

/** The hash before a first entry: where the receipt of a journal stands there, by that. */
function beforeOf(ends: readonly JournalEnd[]): (firstSeq: number) => Uint8Array | null {
  return (firstSeq) => {
    const fitting = ends.filter(({ receivedThrough }) => receivedThrough === firstSeq - 1);
    const [end] = fitting;
    if (firstSeq > 1 && fitting.length === 1 && end) return Buffer.from(end.hash, 'hex');
    return genesisBefore(firstSeq);
  };
}

/** A receipt names the hash at its seq: an entry that has it there, or follows from it, is of that journal. */
function bearsOut({ receivedThrough, hash }: JournalEnd, { seq, hash: own, body }: ExportedEntry): boolean {
  if (receivedThrough === 0) return false;
  if (seq === receivedThrough) return own.toString('hex') === hash;
  return seq === receivedThrough + 1 && chainHash(Buffer.from(hash, 'hex'), seq, body).equals(own);
}

async function digestOf(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const digest = createHash('sha256');
  for await (const chunk of bytes) digest.update(chunk);
  return digest.digest('hex');
}
