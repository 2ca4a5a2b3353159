// Brings a report or a statement into the store in bounded pieces: whoever waits for a receipt waits for one of them at most.
// The same bytes twice change nothing, and an import that was ended in the middle goes on where it was.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { present } from '../../kit/assert.ts';
import { fileMissing } from '../errors.ts';
import type { LedgerPort } from '../ledger/port.ts';
import type { FileFacts, FileItem, FileSource, FileView, FileWithTrouble } from './port.ts';
import { formatOf, headBytes, type ReportFormat, readReport } from './report-format.ts';
import type { ReportItem, StatementItem } from './report-row.ts';

export type ImportCalls = Pick<LedgerPort, 'beginImport' | 'takeItems' | 'completeImport' | 'reportFile'>;

/** A receipt that is asked for meanwhile waits until a piece is written. */
const pieceItemsMax = 500;

export interface ImportWay {
  by: string;
  nowMs(): number;
  /** Waits so long between two pieces. */
  rest(ms: number): Promise<void>;
  /** Is told from time to time how much was read. */
  progress(items: number): void;
}

export interface Imported extends Pick<FileWithTrouble, 'asides' | 'statements'> {
  file: FileView;
  /** The very same file had been imported before. */
  known: boolean;
}

/**
 * Imports one file.
 * @param told its name and format, where those are not to be told by the file
 * @throws CommandError file_missing, file_malformed
 */
export async function importFile(
  calls: ImportCalls,
  path: string,
  source: FileSource,
  way: ImportWay,
  told: { name?: string; format?: ReportFormat } = {},
): Promise<Imported> {
  const { name = basename(path), format = formatOf(source.side, await readHead(path)) } = told;
  // A file of another kind must leave no trace.
  await probe(readReport(format, createReadStream(path)));
  const sha256 = await hashFile(path);
  const facts = { ...source, format, name, sha256 };
  return importItems(calls, facts, () => readReport(format, createReadStream(path)), way);
}

/**
 * Imports what is read, by its own identity.
 * @param facts whose `sha256` is the same for the same items only
 * @param read gives the same items each time
 */
export async function importItems(
  calls: ImportCalls,
  facts: Omit<FileFacts, 'by' | 'nowMs'>,
  read: () => AsyncIterable<ReportItem | StatementItem>,
  way: ImportWay,
): Promise<Imported> {
  const begun = await calls.beginImport({ ...facts, by: way.by, nowMs: way.nowMs() });
  if (begun.kind === 'known') return imported(calls, begun.file, true);
  const taker = createTaker(calls, begun.file, begun.itemsThrough, way);
  for await (const item of read()) await taker.take(item);
  await taker.flush();
  return imported(calls, await calls.completeImport(begun.file, way.nowMs()), false);
}

async function imported(calls: ImportCalls, file: FileView, known: boolean): Promise<Imported> {
  const { asides, statements } = present(await calls.reportFile(file.ref), 'file');
  return { file, known, asides, statements };
}

interface Taker {
  take(item: ReportItem | StatementItem): Promise<void>;
  flush(): Promise<void>;
}

function createTaker(calls: ImportCalls, file: number, itemsThrough: number, way: ImportWay): Taker {
  let piece: FileItem[] = [];
  let item = 0;
  let freeSinceMs = performance.now();

  async function flush(): Promise<void> {
    if (piece.length === 0) return;
    const startMs = performance.now();
    await calls.takeItems(file, piece);
    const tookMs = performance.now() - startMs;
    piece = [];
    way.progress(item);
    // While the next piece was being read the database was free: rest for what that lacks of half of the time.
    const wasFreeMs = startMs - freeSinceMs;
    if (wasFreeMs < tookMs) await way.rest(tookMs - wasFreeMs);
    freeSinceMs = performance.now();
  }

  return {
    async take(read) {
      item++;
      if (item <= itemsThrough) return;
      piece.push({ ...read, item });
      if (piece.length === pieceItemsMax) await flush();
    },
    flush,
  };
}

/** Reads the first item, so that a file that is none of its kind is refused before anything is written. */
async function probe(items: AsyncGenerator<unknown>): Promise<void> {
  await items.next();
  await items.return(undefined);
}

async function readHead(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      return present(buffer, 'the buffer').subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw fileMissing(path, error);
  }
}

async function hashFile(path: string): Promise<Uint8Array> {
  const sum = createHash('sha256');
  for await (const chunk of createReadStream(path)) sum.update(chunk as Buffer);
  return sum.digest();
}
