// A report that a processor is asked for: read to its end before anything of it is stored, then taken in like a file that was
// brought. Its identity is what was asked for and what was said, so that the same answer twice changes nothing.
import { createHash, randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Reported, ReportRange, ReportWay } from '../processors/port.ts';
import { type ImportCalls, type Imported, type ImportWay, importItems } from './import.ts';
import type { FileSource } from './port.ts';
import type { ReportFormat } from './report-format.ts';
import type { ReportItem } from './report-row.ts';

export interface AskedReport {
  /** By the name that it is routed to. */
  processor: string;
  format: ReportFormat;
  ask: Extract<ReportWay, { kind: 'rows' }>['ask'];
  range: ReportRange;
}

/** Rows are written to the disk so many characters at a time. */
const pieceCharsMax = 256 * 1024;

export type AskedImport = ({ kind: 'imported' } & Imported) | { kind: 'unavailable'; code: string };

/**
 * Asks for the report and imports it; where the processor does not give all of it, nothing is stored.
 * @param folder of the data: the rows wait there, in a file without a name, until all have come
 */
export async function importAsked(
  calls: ImportCalls,
  { processor, format, ask, range }: AskedReport,
  folder: string,
  way: ImportWay,
): Promise<AskedImport> {
  const source: FileSource = { side: 'processor', source: processor };
  const name = nameOf(range);
  const file = await openNameless(folder);
  try {
    const sum = createHash('sha256').update(`${format} ${name}\n`);
    const end = await keep(file, ask(range), sum, way);
    if (end !== 'whole') return end;
    const facts = { ...source, format, name, sha256: sum.digest() };
    return { kind: 'imported', ...(await importItems(calls, facts, () => kept(file), way)) };
  } finally {
    await file.close();
  }
}

/** As it is listed among the files. */
export function nameOf({ fromMs, untilMs }: ReportRange): string {
  return `payouts ${new Date(fromMs).toISOString()} to ${new Date(untilMs).toISOString()}`;
}

/** Whatever ends this process, nothing of it is left on the disk. */
async function openNameless(folder: string): Promise<FileHandle> {
  const path = join(folder, `report-${randomUUID()}.part`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}

async function keep(
  file: FileHandle,
  items: AsyncIterable<Reported>,
  sum: ReturnType<typeof createHash>,
  way: ImportWay,
): Promise<'whole' | { kind: 'unavailable'; code: string }> {
  let piece = '';
  let count = 0;
  const flush = async () => {
    sum.update(piece);
    await file.appendFile(piece);
    piece = '';
  };
  for await (const item of items) {
    if (item.kind === 'unavailable') return item;
    piece += `${JSON.stringify(item)}\n`;
    way.progress(++count);
    if (piece.length >= pieceCharsMax) await flush();
  }
  await flush();
  return 'whole';
}

/** What keep() has written, and nobody else. */
async function* kept(file: FileHandle): AsyncGenerator<ReportItem> {
  for await (const line of file.readLines({ start: 0, autoClose: false }))
    yield JSON.parse(line) as ReportItem;
}
