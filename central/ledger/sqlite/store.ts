// The whole store on one connection: every call of the port, synchronous and inside a transaction the caller holds.
import { randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import type { LedgerCalls } from '../port.ts';
import { createApplianceTable } from './appliances.ts';
import { createBookingTable } from './booking.ts';
import { createFeedTable } from './feeds.ts';
import { createIntakeTable } from './intake.ts';
import { createViews } from './views.ts';

const { SqliteError } = Database;

export interface SqliteStore extends LedgerCalls {
  /** Runs the work in one transaction: committed when it returns, rolled back when it throws. */
  transaction<T>(work: () => T): T;
  /** True for what the disk does (full, failing): it may pass, and nothing was changed. */
  isDiskTrouble(error: unknown): boolean;
  /** The appliances whose feed grew in transactions since the last call. */
  takeGrownFeeds(): string[];
  /** When the next authorisation is due; null when none waits. */
  nextDueMs(): number | null;
  /** Changes when another process has committed to the file. */
  dataVersion(): number;
  close(): void;
}

export function createSqliteStore(db: Database.Database): SqliteStore {
  const grown = new Set<string>();
  const feeds = createFeedTable(db, (applianceId) => grown.add(applianceId));
  const appliances = createApplianceTable(db, randomUUID, feeds.greet);
  const intake = createIntakeTable(db, appliances);
  const booking = createBookingTable(db, feeds);
  const insertKey = db.prepare(
    'INSERT INTO api_key (hash, created_ms) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM api_key)',
  );
  const keys = db.prepare<[], Buffer>('SELECT hash FROM api_key').pluck();

  return {
    registerAppliance({ id, site, nowMs }) {
      appliances.ensure(id, nowMs);
      appliances.setSite(id, site);
    },
    hello: appliances.hello,
    receive: intake.receive,
    publicKeyOf: (applianceId) => appliances.find(applianceId)?.public_key ?? null,
    applied: ({ applianceId, feedId, appliedThrough, nowMs }) =>
      feeds.applied(applianceId, feedId, appliedThrough, nowMs),
    feedPage: ({ applianceId, after, itemsMax, bytesMax }) =>
      feeds.page(applianceId, after, itemsMax, bytesMax),
    feedPositionOf: feeds.positionOf,
    bookPiece: booking.bookPiece,
    answerDue: booking.answerDue,
    nextDueMs: booking.nextDueMs,
    publishPolicy: feeds.publishPolicy,
    publishCatalogue: feeds.publishCatalogue,
    ensurePolicy: feeds.ensurePolicy,
    ensureApiKey: (hash, nowMs) => insertKey.run(hash, nowMs).changes === 1,
    apiKeyHashes: () => keys.all(),
    ...createViews(db),

    transaction(work) {
      db.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        db.exec('COMMIT');
        return result;
      } catch (error) {
        if (db.inTransaction) db.exec('ROLLBACK');
        grown.clear();
        throw error;
      }
    },
    isDiskTrouble: (error) => error instanceof SqliteError && /^SQLITE_(FULL|IOERR|BUSY)/.test(error.code),
    takeGrownFeeds() {
      const taken = [...grown];
      grown.clear();
      return taken;
    },
    dataVersion: () => Number(db.pragma('data_version', { simple: true })),
    close: () => void db.close(),
  };
}
