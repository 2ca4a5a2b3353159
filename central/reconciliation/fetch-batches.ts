// Downloads the reports of a processor that makes a file for each batch: those that are not here yet, or the one that was
// announced. A file is taken in once it is here in whole, then lies in the inbox's `done` like one that was brought.
import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { unreachable } from '../../kit/assert.ts';
import type { LedgerPort } from '../ledger/port.ts';
import type { Downloaded, ReportWay } from '../processors/port.ts';
import { batchesToAsk } from './batches.ts';
import type { ImportCalls, ImportWay } from './import.ts';
import { type Fetched, reportUnavailable, takeFile } from './inbox.ts';
import type { FileSource } from './port.ts';
import type { ReportFormat } from './report-format.ts';

export interface BatchReports {
  /** By the name that it is routed to. */
  processor: string;
  format: ReportFormat;
  files: Extract<ReportWay, { kind: 'files' }>;
  inbox: string;
}

type Calls = ImportCalls & Pick<LedgerPort, 'fileNames'>;

/** One fetch asks for so many new ones, and for as many that were passed over; the next fetch goes on. */
const askedMax = 60;
/** Decades of batches. */
const namesMax = 20_000;
/** A part that is older was left behind by a program that was ended. */
const partAgeMsMax = 86_400_000;

/** Fetches this batch. */
export async function fetchBatch(
  calls: Calls,
  reports: BatchReports,
  batch: number,
  way: ImportWay,
): Promise<Fetched> {
  const made = await fetchOne(calls, reports, batch, way);
  switch (made.kind) {
    case 'taken':
      return made.fetched;
    case 'not_there':
      return notHad(reports, batch, made.kind);
    case 'unavailable':
      return notHad(reports, batch, made.code);
    default:
      return unreachable(made);
  }
}

/**
 * Fetches what is not here: the next ones until one is not there, then those that were passed over. A processor that does not
 * answer as it should is left alone until the next time.
 */
export async function fetchBatches(calls: Calls, reports: BatchReports, way: ImportWay): Promise<Fetched[]> {
  const { processor, files } = reports;
  const names = await calls.fileNames({ side: 'processor', source: processor, namesMax });
  const have = new Set(names.flatMap((name) => files.batchOf(name) ?? []));
  const { next, gaps } = batchesToAsk(have, files.firstBatch);
  const fetched: Fetched[] = [];
  const ask = async (batch: number) => {
    const made = await fetchOne(calls, reports, batch, way);
    if (made.kind === 'taken') fetched.push(made.fetched);
    if (made.kind === 'unavailable') fetched.push(notHad(reports, batch, made.code));
    return made.kind;
  };
  for (let batch = next; batch < next + askedMax; batch++) {
    const kind = await ask(batch);
    if (kind === 'unavailable') return fetched;
    if (kind === 'not_there') break;
  }
  let asked = 0;
  for (const batch of gaps) {
    if (asked++ === askedMax || (await ask(batch)) === 'unavailable') break;
  }
  return fetched;
}

function notHad({ processor, files }: BatchReports, batch: number, code: string): Fetched {
  const source: FileSource = { side: 'processor', source: processor };
  return { source, name: files.nameOf(batch), outcome: reportUnavailable(code) };
}

type Made = { kind: 'taken'; fetched: Fetched } | Exclude<Downloaded, { kind: 'whole' }>;

async function fetchOne(
  calls: Calls,
  { processor, format, files, inbox }: BatchReports,
  batch: number,
  way: ImportWay,
): Promise<Made> {
  const folder = join(inbox, 'processors', processor);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await dropParts(folder, way.nowMs());
  const name = files.nameOf(batch);
  // Hidden, so that nobody takes it in before it is whole.
  const file = `.${name}.${randomUUID()}.part`;
  const downloaded = await save(join(folder, file), (take) => files.download(batch, take));
  if (downloaded.kind !== 'whole') return downloaded;
  const source: FileSource = { side: 'processor', source: processor };
  return { kind: 'taken', fetched: await takeFile(calls, { folder, file, name, source, format }, way) };
}

/** Whatever keeps it from being whole, nothing of it is left. */
async function save(
  path: string,
  download: (take: (piece: Uint8Array) => Promise<void>) => Promise<Downloaded>,
): Promise<Downloaded> {
  const file = await open(path, 'wx', 0o600);
  let downloaded: Downloaded | null = null;
  try {
    downloaded = await download((piece) => file.appendFile(piece));
    if (downloaded.kind === 'whole') await file.sync();
    return downloaded;
  } finally {
    await file.close();
    if (downloaded?.kind !== 'whole') await unlink(path);
  }
}

async function dropParts(folder: string, nowMs: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^\..+\.[0-9a-f-]{36}\.part$/.test(name)) continue;
    const path = join(folder, name);
    if (nowMs - (await stat(path)).mtimeMs > partAgeMsMax) await unlink(path);
  }
}
