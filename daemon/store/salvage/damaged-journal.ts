// A journal's files as a salvage reads them, whatever is wrong with them: what SQLite can still lead to, and beside it what
// lies on the pages themselves. Nothing is written.
import BetterSqlite3, { type Database } from 'better-sqlite3';
import { genesisHash } from '../../../contract/hash.ts';
import { Uuid } from '../../../contract/id.ts';
import { type Judged, judgeChain } from './judge-chain.ts';
import { readLogFrames } from './log-frames.ts';
import { findEntries } from './pages.ts';
import { bytesOf, type Places, removeDatabase } from './places.ts';
import { type Found, highestSeq, isDamage, orNull, readEach } from './readable.ts';
import { unroll } from './unroll.ts';

export interface OldPosition {
  journalId: string;
  receivedThrough: number;
  feedId: string | null;
  appliedThrough: number;
  lastSlip: number;
  slipYear: number | null;
}

export interface DamagedJournal {
  /** Null where SQLite cannot open it at all. */
  db: Database | null;
  /** Null where it cannot be read, or is not what was ever written there. */
  position: OldPosition | null;
  /** The highest seq that anything in the file tells of. */
  highestSeq: number;
  /** Something beside the entries tells where they end. */
  endTold: boolean;
  /** Each seq of the journal, in order, as the chain judges it. */
  judged(): Generator<Judged>;
  close(): void;
}

/** No entry is smaller: what a file of so many bytes cannot hold, it does not tell of. */
const entryBytesMin = 64;

export function openDamaged(places: Places): DamagedJournal {
  const log = readLogFrames(places.log);
  const pages = findEntries(places.journal, log);
  // SQLite stops reading a damaged log where the damage is: it is given a copy in which all of the log is in the file.
  const file = log?.damaged ? unroll(places, log) : places.journal;
  const db = openLeniently(file);
  const plausibleMax = Math.ceil(bytesOf(places.journal) / entryBytesMin);
  const position = db && readPosition(db, plausibleMax);
  const told = db ? highestSeq(db, plausibleMax) : 0;
  const highest = Math.max(told, pages.highestSeq > plausibleMax ? 0 : pages.highestSeq);

  function* found(): Generator<Found> {
    if (!db) {
      for (let seq = 1; seq <= highest; seq++) yield { kind: 'unreadable', seq };
    } else yield* readEach(db, 1, highest);
  }

  return {
    db,
    position,
    highestSeq: highest,
    endTold:
      db !== null && orNull(() => db.prepare('SELECT max(seq) FROM document').pluck().get() ?? null) !== null,
    judged: () => judgeChain(found(), genesisHash, pages.at),
    close() {
      db?.close();
      pages.close();
      if (file !== places.journal) removeDatabase(file);
    },
  };
}

/** Reads on where a file is cut short, or its schema is spoilt in part. */
function openLeniently(path: string): Database | null {
  let db: Database | null = null;
  try {
    db = new BetterSqlite3(path, { readonly: true, timeout: 5000 });
    db.unsafeMode(true);
    db.pragma('writable_schema = ON');
    return db;
  } catch (error) {
    db?.close();
    if (isDamage(error) || (error as { code?: string }).code === 'SQLITE_CANTOPEN') return null;
    throw error;
  }
}

function readPosition(db: Database, plausibleMax: number): OldPosition | null {
  const row = orNull(() => db.prepare<[], Record<string, unknown>>('SELECT * FROM position').all());
  const [one] = row ?? [];
  if (!one || row?.length !== 1) return null;
  const count = (name: string) =>
    Number.isSafeInteger(one[name]) && Number(one[name]) >= 0 ? Number(one[name]) : null;
  const receivedThrough = count('received_through');
  const appliedThrough = count('applied_through');
  const lastSlip = count('last_slip');
  const journalId = Uuid.safeParse(one.journal_id);
  const feedId = one.feed_id === null ? { success: true as const, data: null } : Uuid.safeParse(one.feed_id);
  if (!journalId.success || !feedId.success || receivedThrough === null || appliedThrough === null)
    return null;
  if (lastSlip === null || receivedThrough > plausibleMax || lastSlip > plausibleMax) return null;
  return {
    journalId: journalId.data,
    receivedThrough,
    feedId: feedId.data,
    appliedThrough,
    lastSlip,
    slipYear: count('slip_year'),
  };
}
