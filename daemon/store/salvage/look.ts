// A short look at a journal before it is opened: whether there is anything that speaks against it. What it costs does not grow
// with what was sold; what it does not see is noticed when it is read, and the next start then looks at everything.
import { existsSync, readFileSync, statSync } from 'node:fs';
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { genesisHash } from '../../../contract/hash.ts';
import { Uuid } from '../../../contract/id.ts';
import { migrate, newestSchema } from '../../../kit/sqlite.ts';
import { applicationId, migrationsFolder } from '../database.ts';
import { judgeChain } from './judge-chain.ts';
import { readLogFrames } from './log-frames.ts';
import { type Places, placesIn, writeOwned } from './places.ts';
import { readEach } from './readable.ts';
import { speaksOfContent } from './suspicion.ts';

const newestEntries = 1000;
const newestDocuments = 50;

/** @returns what speaks against the journal, in words; null: nothing does, or there is none yet */
export function lookAtJournal(places: Places): string | null {
  const { size } = statSync(places.journal, { throwIfNoEntry: false }) ?? { size: 0 };
  // A first start that was ended at once leaves an empty file; later there is one that says which journal this is.
  if (size === 0) return readIdentity(places) === null ? null : 'the journal’s file is empty or gone';
  if (readLogFrames(places.log)?.damaged) return 'a committed part of the log beside the file is damaged';
  let db: Database | null = null;
  try {
    db = new BetterSqlite3(places.journal, { readonly: true, timeout: 5000 });
    return lookInside(db, readIdentity(places) !== null);
  } catch (error) {
    if (speaksOfContent(error)) return `it cannot be read: ${(error as Error).message}`;
    throw error;
  } finally {
    db?.close();
  }
}

/** Says beside the file which journal it is, for when the file cannot. */
export function keepIdentity(folder: string, journalId: string): void {
  const places = placesIn(folder);
  if (readIdentity(places) !== journalId) writeOwned(places.identity, folder, journalId);
}

/** Which journal it is, by the file beside it; null before the first start. */
export function readIdentity({ identity }: Places): string | null {
  if (!existsSync(identity)) return null;
  const id = Uuid.safeParse(readFileSync(identity, 'utf8').trim());
  return id.success ? id.data : null;
}

function lookInside(db: Database, known: boolean): string | null {
  const header = judgeHeader(db);
  if (header === 'not_ours')
    return namesOf(db) === '' && known ? 'the journal’s file is empty or gone' : null;
  if (header !== 'ours') return header;
  const positions = db
    .prepare<[], { journalId: unknown; receivedThrough: unknown }>(
      'SELECT journal_id AS journalId, received_through AS receivedThrough FROM position',
    )
    .all();
  const [position] = positions;
  const lastSeq = Number(db.prepare('SELECT coalesce(max(seq), 0) FROM entry').pluck().get());
  // The first start was ended before it came so far.
  if (!position) return lastSeq === 0 ? null : 'it does not say which journal it is';
  if (!Uuid.safeParse(position.journalId).success) return 'it does not say which journal it is';
  const { receivedThrough } = position;
  if (
    !Number.isSafeInteger(receivedThrough) ||
    Number(receivedThrough) < 0 ||
    Number(receivedThrough) > lastSeq
  ) {
    return `central has received ${receivedThrough}, and the last entry is ${lastSeq}`;
  }
  return (
    lookAtEntries(db, 1, Math.min(1, lastSeq)) ??
    lookAtEntries(db, Math.max(1, lastSeq - newestEntries + 1), lastSeq) ??
    lookAtDocuments(db, lastSeq)
  );
}

function lookAtEntries(db: Database, firstSeq: number, lastSeq: number): string | null {
  const before =
    firstSeq === 1
      ? genesisHash
      : (db
          .prepare<[number], Buffer>('SELECT hash FROM entry WHERE seq = ?')
          .pluck()
          .get(firstSeq - 1) ?? null);
  if (before === null) return `entry ${firstSeq - 1} is not as it was written`;
  for (const judged of judgeChain(readEach(db, firstSeq, lastSeq), before)) {
    if (judged.kind === 'proven') continue;
    return `entry ${'entry' in judged ? judged.entry.seq : judged.seq} is not as it was written`;
  }
  return null;
}

/** What was taken last has its entry. Ids of UUIDv7 grow with time; where kiosks choose others, these are any documents. */
function lookAtDocuments(db: Database, lastSeq: number): string | null {
  const seqs = db
    .prepare<[number], number>('SELECT seq FROM document ORDER BY id DESC LIMIT ?')
    .pluck()
    .all(newestDocuments);
  const beyond = seqs.find((seq) => !(seq >= 1 && seq <= lastSeq));
  return beyond === undefined ? null : `a document names entry ${beyond}, and the last is ${lastSeq}`;
}

/** A file of another program, or of a newer release, is for who opens it to refuse, unless all that is in it is ours. */
function judgeHeader(db: Database): 'ours' | 'not_ours' | string {
  const owner = Number(db.pragma('application_id', { simple: true }));
  const version = Number(db.pragma('user_version', { simple: true }));
  const newest = newestSchema(migrationsFolder);
  if (owner === applicationId && version === newest) return 'ours';
  if (namesOf(db) === newestNames()) return 'the file’s header is not as it was written';
  return owner === applicationId && version >= 1 && version < newest ? 'ours' : 'not_ours';
}

/** As a new file has it: made in memory, where there is a doubt. */
function newestNames(): string {
  const db = new BetterSqlite3(':memory:');
  try {
    migrate(db, migrationsFolder, applicationId);
    return namesOf(db);
  } finally {
    db.close();
  }
}

function namesOf(db: Database): string {
  const rows = db
    .prepare<[], string>("SELECT type || ' ' || name FROM sqlite_schema ORDER BY 1")
    .pluck()
    .all();
  return rows.filter((name) => !name.includes('sqlite_')).join(', ');
}
