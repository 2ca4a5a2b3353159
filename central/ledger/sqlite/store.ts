// The whole store on one connection: every call of the port, synchronous and inside a transaction the caller holds.
import { randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import { createCorrections } from '../../payouts/sqlite/corrections.ts';
import { createPayeeTable } from '../../payouts/sqlite/payees.ts';
import { createPayoutTable } from '../../payouts/sqlite/payouts.ts';
import { createAuditTable } from '../../people/sqlite/audit.ts';
import { createKeyTable } from '../../people/sqlite/keys.ts';
import type { LedgerCalls } from '../port.ts';
import { createApplianceTable } from './appliances.ts';
import { createBookingTable } from './booking.ts';
import { createBooks } from './books.ts';
import { createCatalogueTable } from './catalogues.ts';
import { createFeedDocuments } from './feed-documents.ts';
import { createFeedTable } from './feeds.ts';
import { createHotListTable } from './hot-list.ts';
import { createIntakeTable } from './intake.ts';
import { createPolicyTable } from './policies.ts';
import { sendStock } from './stock.ts';
import { createViews } from './views.ts';

const { SqliteError } = Database;

export interface SqliteStore extends LedgerCalls {
  /** Runs the work in one transaction: committed when it returns, rolled back when it throws. */
  transaction<T>(work: () => T): T;
  /** Runs the work on one state of the database, as it is now; takes no lock and changes nothing. */
  reading<T>(work: () => T): T;
  /** True for what the disk does (full, failing): it may pass, and nothing was changed. */
  isDiskTrouble(error: unknown): boolean;
  /** The appliances whose feed grew in transactions since the last call. */
  takeGrownFeeds(): string[];
  /** When the next authorisation is due; null when none waits. */
  nextDueMs(): number | null;
  /** A publication is on its way, and whoever began it takes no step any more. */
  publicationStandsStill(nowMs: number): boolean;
  /** Changes when another process has committed to the file. */
  dataVersion(): number;
  close(): void;
}

export function createSqliteStore(db: Database.Database): SqliteStore {
  const grown = new Set<string>();
  const { audit, ...auditing } = createAuditTable(db);
  const books = createBooks(db);
  const feeds = createFeedTable(db, (applianceId) => grown.add(applianceId));
  const documents = createFeedDocuments(db);
  const policies = createPolicyTable(documents, feeds);
  const catalogues = createCatalogueTable(db, documents, feeds);
  const hotList = createHotListTable(db, documents, feeds);
  // The policy comes first: an appliance sells nothing without one.
  const greet = (applianceRef: number) => {
    feeds.share(applianceRef, policies.forNewcomer());
    catalogues.greet(applianceRef);
    feeds.share(applianceRef, hotList.forNewcomer());
  };
  const appliances = createApplianceTable(db, randomUUID, greet);
  const intake = createIntakeTable(db, appliances);
  const booking = createBookingTable(db, feeds);

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
    publicationStandsStill: catalogues.standsStill,
    publishPolicy: policies.publish,
    ensurePolicy: policies.ensure,
    policy: policies.inForce,
    beginDraft: ({ source, nowMs }) => catalogues.beginDraft(source, nowMs),
    writeDraft: catalogues.write,
    writeDraftSplits: catalogues.writeSplits,
    completeDraft: catalogues.complete,
    catalogueDrafts: catalogues.drafts,
    discardDraft: catalogues.discard,
    publishDraft: catalogues.publish,
    cataloguePiece: (nowMs) => ({ more: catalogues.piece(nowMs) }),
    published: catalogues.published,
    catalogue: catalogues.inForce,
    products: ({ draft, after, limit }) => catalogues.products(draft, after, limit),
    productsBySku: catalogues.find,
    sendStock: (applianceId, changes) => sendStock({ appliances, catalogues, feeds }, applianceId, changes),
    changeHotList: ({ fingerprint, change, nowMs }) => hotList.change(fingerprint, change, nowMs),
    hotList: ({ after, limit }) => hotList.page(after, limit),
    ...createKeyTable(db, audit),
    ...auditing,
    ...createPayeeTable(db, audit),
    ...createPayoutTable(db, books, audit),
    ...createCorrections(db, books, audit),
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
    reading(work) {
      db.exec('BEGIN');
      try {
        return work();
      } finally {
        db.exec('ROLLBACK');
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
