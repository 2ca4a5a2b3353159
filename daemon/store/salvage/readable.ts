// Every entry of a journal file that can still be read, whatever else of the file cannot: by runs while the pages are
// sound, and one by one where a run ends in a damaged page. Nothing is written.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { sparingMemory } from './sparing.ts';

export interface StoredEntry {
  seq: number;
  kind: string;
  body: Buffer;
  /** The chain hash as the file holds it. */
  hash: Buffer;
  wallMs: number;
}

/** What stands at one seq: the entry, nothing, or something that cannot be read. */
export type Found =
  | { kind: 'entry'; entry: StoredEntry }
  | { kind: 'missing'; seq: number }
  | { kind: 'unreadable'; seq: number };

const damage = /^SQLITE_(CORRUPT|NOTADB|IOERR)/;

/** Whether SQLite said that the file is damaged, and not that it is locked, full or absent. */
export function isDamage(error: unknown): boolean {
  return error instanceof BetterSqlite3.SqliteError && damage.test(error.code);
}

function isWithoutTable(error: unknown): boolean {
  return error instanceof BetterSqlite3.SqliteError && /^no such (table|column)/.test(error.message);
}

/** Opens journal.db beside a running daemon or without one; null when there is none. */
export function openForReading(folder: string): Database | null {
  const path = join(folder, 'journal.db');
  return existsSync(path) ? new BetterSqlite3(path, { readonly: true, timeout: 5000 }) : null;
}

/** The highest seq that anything readable in the file names: the end of the journal, and where its tail is lost, what is known of it. */
export function highestSeq(db: Database, plausibleMax = plausibleSeqMax(db)): number {
  const sources = [
    'SELECT max(seq) FROM entry',
    'SELECT max(seq) FROM document',
    'SELECT received_through FROM position',
  ];
  const told = sources.map((sql) => Number(orNull(() => db.prepare(sql).pluck().get()) ?? 0));
  // A damaged number must not be counted up to.
  return Math.max(0, ...told.filter((seq) => seq <= plausibleMax));
}

/** No entry is smaller than this: a file tells of no more than it can hold. */
const entryBytesMin = 64;

function plausibleSeqMax(db: Database): number {
  const bytes = orNull(
    () =>
      Number(db.pragma('page_count', { simple: true })) * Number(db.pragma('page_size', { simple: true })),
  );
  return Math.ceil((bytes ?? 0) / entryBytesMin);
}

/** What `read` gives, or null where the pages it needs are damaged, or what says which tables there are. */
export function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (isDamage(error) || isWithoutTable(error)) return null;
    throw error;
  }
}

/** Few: what is held when V8 collects grows old, and is kept for long after. */
const runItems = 64;
const columns = 'seq, kind, body, hash, wall_ms AS wallMs';

/** Each seq from the first to the last in order, exactly once, a run at a time. */
export function* readThrough(db: Database, firstSeq: number, lastSeq: number): Generator<Found[]> {
  const readRun = orNull(() =>
    db.prepare<[number, number], StoredEntry>(
      `SELECT ${columns} FROM entry WHERE seq BETWEEN ? AND ? ORDER BY seq`,
    ),
  );
  const readOne = orNull(() =>
    db.prepare<[number], StoredEntry>(`SELECT ${columns} FROM entry WHERE seq = ?`),
  );
  const took = sparingMemory();
  for (let first = firstSeq; first <= lastSeq; first += runItems) {
    took(runItems);
    const last = Math.min(lastSeq, first + runItems - 1);
    const whole = orNull(() => readRun?.all(first, last) ?? null);
    yield range(first, last).map((seq, at): Found => {
      // Without a gap, the nth row is the nth seq.
      const row = whole?.[at]?.seq === seq ? whole[at] : readAt(seq);
      if (row === null || (row && !isEntry(row))) return { kind: 'unreadable', seq };
      return row ? { kind: 'entry', entry: row } : { kind: 'missing', seq };
    });
  }

  function readAt(seq: number): StoredEntry | undefined | null {
    return readOne === null ? null : orNull(() => readOne.get(seq));
  }
}

/** The same, one by one. */
export function* readEach(db: Database, firstSeq: number, lastSeq: number): Generator<Found> {
  for (const run of readThrough(db, firstSeq, lastSeq)) yield* run;
}

/** A damaged page may give a row of other types than were written. */
function isEntry({ body, hash }: StoredEntry): boolean {
  return Buffer.isBuffer(body) && Buffer.isBuffer(hash) && hash.length === 32;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}
