// The folder that reports and statements are brought to: inbox/processors/NAME and inbox/banks/ACCOUNT. Each file is taken in
// and then moved to `done` or `failed` beside it. Whatever ends the work in between, the next time finds the file again,
// and the same bytes twice change nothing.
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, fileMissing } from '../errors.ts';
import { type ImportCalls, type ImportWay, importFile } from './import.ts';
import type { FileSource, FileView } from './port.ts';
import type { ReportFormat } from './report-format.ts';
import { isSourceName } from './source-name.ts';

/** What became of one report or statement that was to be taken in. */
export interface Fetched {
  source: FileSource;
  name: string;
  outcome: { kind: 'imported' | 'known'; file: FileView } | { kind: 'failed'; code: string; message: string };
}

/** Of a processor that was asked and did not give it all. */
export function reportUnavailable(code: string): Fetched['outcome'] {
  const message = `the processor did not give the whole report (${code}); nothing of it was stored`;
  return { kind: 'failed', code: 'report_unavailable', message };
}

const folders = [
  { name: 'processors', side: 'processor' },
  { name: 'banks', side: 'bank' },
] as const;

/** One fetch takes so many files; the next one goes on. */
const filesMax = 1000;
/** Files that change still are being written. */
const settledMs = 2000;

/**
 * Takes in every file, the oldest name first.
 * @throws CommandError file_missing when there is no such folder
 */
export async function fetchInbox(calls: ImportCalls, inbox: string, way: ImportWay): Promise<Fetched[]> {
  await mustBeThere(inbox);
  const fetched: Fetched[] = [];
  for (const { name, side } of folders) {
    for (const source of await namesIn(join(inbox, name))) {
      if (!isSourceName(source)) continue;
      const folder = join(inbox, name, source);
      for (const file of await filesIn(folder)) {
        if (fetched.length === filesMax) return fetched;
        fetched.push(await takeFile(calls, { folder, file, name: file, source: { side, source } }, way));
      }
    }
  }
  return fetched;
}

export interface Brought {
  folder: string;
  /** As it lies there. */
  file: string;
  /** As it is listed, and kept. */
  name: string;
  source: FileSource;
  /** What it must be; told by its first bytes unless given. */
  format?: ReportFormat;
}

/** Takes in one file, and keeps it in `done` or `failed`. */
export async function takeFile(calls: ImportCalls, brought: Brought, way: ImportWay): Promise<Fetched> {
  const { folder, name, source } = brought;
  try {
    const { file, known } = await importFile(calls, join(folder, brought.file), source, way, brought);
    await move(brought, 'done', way.nowMs());
    return { source, name, outcome: { kind: known ? 'known' : 'imported', file } };
  } catch (error) {
    // A disk that is full or a database that is busy is no fault of the file: it stays for the next time.
    if (!(error instanceof CommandError)) throw error;
    const { code, message, hint } = error;
    const moved = await move(brought, 'failed', way.nowMs());
    await writeFile(`${moved}.reason.txt`, `${code}: ${message}\n${hint}\n`);
    return { source, name, outcome: { kind: 'failed', code, message } };
  }
}

/** By a rename, which is whole or not at all; a name that was there before is not written over. */
async function move({ folder, file, name }: Brought, to: 'done' | 'failed', nowMs: number): Promise<string> {
  const target = join(folder, to);
  await mkdir(target, { recursive: true, mode: 0o700 });
  const taken = new Set(await readdir(target));
  const path = join(target, taken.has(name) ? `${nowMs}-${name}` : name);
  await rename(join(folder, file), path);
  return path;
}

/** What is hidden or still being written is left alone. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const whole = names.filter((name) => !name.startsWith('.') && !/\.(part|tmp)$/i.test(name));
  const settled = await Promise.all(
    whole.map(async (name) => Date.now() - (await stat(join(folder, name))).mtimeMs > settledMs),
  );
  return whole.filter((_, at) => settled[at]).sort();
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function mustBeThere(inbox: string): Promise<void> {
  try {
    await readdir(inbox);
  } catch (error) {
    throw fileMissing(inbox, error);
  }
}
