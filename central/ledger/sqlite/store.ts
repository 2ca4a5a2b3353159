// The whole store on one connection: every call of the port, synchronous and inside a transaction the caller holds.
import { randomUUID } from 'node:crypto';
import Database from 'better-sqlite3';
import { createAlertTables } from '../../alerts/sqlite/tables.ts';
import { noProcessors, type RoutingRules } from '../../charging/route.ts';
import { type Charging, createCharging } from '../../charging/sqlite/charging.ts';
import { createTokenTable } from '../../charging/sqlite/tokens.ts';
import { createAccountPostings } from '../../dashboard/sqlite/account-postings.ts';
import { createFinder } from '../../dashboard/sqlite/find.ts';
import { createStories } from '../../dashboard/sqlite/story.ts';
import { createDoctorTable } from '../../doctor/sqlite/asked.ts';
import { createDoubtTable } from '../../doubts/sqlite/doubts.ts';
import { createHandOver } from '../../doubts/sqlite/handed-over.ts';
import { createTwinTable } from '../../doubts/sqlite/twins.ts';
import { createEnrolmentTables } from '../../enrolment/sqlite/tables.ts';
import { createFleetFacts } from '../../fleet/sqlite/facts.ts';
import type { Traced } from '../../latency/port.ts';
import { createLatencyTable } from '../../latency/sqlite/latency.ts';
import { createTraces } from '../../latency/sqlite/traces.ts';
import { createCorrections } from '../../payouts/sqlite/corrections.ts';
import { createPayeeTable } from '../../payouts/sqlite/payees.ts';
import { createPayoutTable } from '../../payouts/sqlite/payouts.ts';
import { createAuditTable } from '../../people/sqlite/audit.ts';
import { createKeyTable } from '../../people/sqlite/keys.ts';
import { createPersonTable } from '../../people/sqlite/persons.ts';
import { createReviewTable } from '../../people/sqlite/reviews.ts';
import { createReconciliationTables } from '../../reconciliation/sqlite/tables.ts';
import { createRolloutTables } from '../../rollout/sqlite/tables.ts';
import { createSyntheticTable } from '../../synthetic/sqlite/synthetics.ts';
import type { ApplyEvent } from '../../webhooks/apply.ts';
import { aboutOf } from '../../webhooks/object.ts';
import { createOutboundTables } from '../../webhooks/sqlite/outbound-tables.ts';
import { createWebhookTables } from '../../webhooks/sqlite/tables.ts';
import type { LedgerCalls } from '../port.ts';
import { createApplianceTable } from './appliances.ts';
import { createAuthorisations } from './authorisations.ts';
import { createBookingTable } from './booking.ts';
import { createBooks } from './books.ts';
import { createCatalogueTable } from './catalogues.ts';
import { createFeedDocuments } from './feed-documents.ts';
import { createFeedTable } from './feeds.ts';
import { createHotListTable } from './hot-list.ts';
import { createIntakeTable } from './intake.ts';
import { createPolicyTable } from './policies.ts';
import { createSplitLists } from './split-lists.ts';
import { createSplitTable } from './split-table.ts';
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
  /** True when a step of charging has become due in transactions since the last call. */
  takeStepsDue(): boolean;
  /** What was done on the way of documents since the last call, where traces are asked for. */
  takeTraced(): Traced[];
  /** Another process may have settled some. */
  lookForSettled(): void;
  /** What a processor tells by itself, inside the transaction of whoever heard it. */
  applyEvent: Charging['applyEvent'];
  /** When the next authorisation is due; null when none waits. */
  nextDueMs(): number | null;
  /** A publication is on its way, and whoever began it takes no step any more; or a list of products is to be cleared away. */
  catalogueStandsStill(nowMs: number): boolean;
  /** Changes when another process has committed to the file. */
  dataVersion(): number;
  close(): void;
}

/** By which processors checkouts are collected; commands need not know. */
export interface SettlementRules {
  routing?: RoutingRules;
  /** Whether what is done is to be told for traces. */
  traces?: boolean;
}

export function createSqliteStore(db: Database.Database, settlement: SettlementRules = {}): SqliteStore {
  const grown = new Set<string>();
  const { audit, ...auditing } = createAuditTable(db);
  const { rightsOf, ...keys } = createKeyTable(db, audit);
  const { open: openReview, ...reviewing } = createReviewTable(db, {
    audit,
    tell: (...told) => outbound.tell(...told),
    onDecided: (decided) => charging.decided(decided),
  });
  const feeds = createFeedTable(db, (applianceId) => grown.add(applianceId));
  const documents = createFeedDocuments(db);
  const policies = createPolicyTable(db, {
    ...{ documents, feeds, audit },
    onPublished: (...published) => rollouts.published('policy', ...published),
  });
  const catalogues = createCatalogueTable(db, {
    ...{ documents, feeds, audit },
    onPublished: (...published) => rollouts.published('catalogue', ...published),
  });
  const rollouts = createRolloutTables(db, { audit, policies, catalogues, feeds });
  const hotList = createHotListTable(db, documents, feeds, audit);
  // The policy comes first: an appliance sells nothing without one.
  const greet = (applianceRef: number) => {
    policies.greet(applianceRef);
    rollouts.greet(applianceRef);
    catalogues.greet(applianceRef);
    feeds.share(applianceRef, hotList.forNewcomer());
  };
  const appliances = createApplianceTable(db, { newId: randomUUID, greet, audit });
  const traces = createTraces(db, settlement.traces ?? false);
  const latency = createLatencyTable(db, traces);
  const intake = createIntakeTable(db, appliances, latency);
  const outbound = createOutboundTables(db, audit);
  const books = createBooks(db);
  const { importTokens, tokenOf } = createTokenTable(db, audit);
  const { routing = noProcessors } = settlement;
  const collects = Object.keys(routing.processors).length > 0;
  const splits = createSplitTable(db);
  const authorisations = createAuthorisations(db, books, splits, collects);
  const refuseCard = (fingerprint: string, nowMs: number) =>
    void hotList.refuse(fingerprint, { actor: { kind: 'central', rule: 'charging' }, nowMs });
  const due = { steps: false };
  const charging = createCharging(
    db,
    {
      ...{ routing, tokenOf, books, refuseCard, openReview, tellMerchant: outbound.tell },
      appendFeed: feeds.append,
      stepsDue: () => {
        due.steps = true;
      },
    },
    authorisations,
  );
  const applyEvent: ApplyEvent = (told, nowMs) =>
    told.standing === 'older'
      ? charging.applyOlder({ ...told, newest: aboutOf(told.newest) }, nowMs)
      : charging.applyEvent(told, nowMs);
  const doubtTable = createDoubtTable(db, { appliances, audit, tell: outbound.tell });
  const syntheticTable = createSyntheticTable(db, { appliances, feeds, audit });
  const booking = createBookingTable(db, {
    feeds,
    books,
    splits,
    authorisations,
    charging: charging.joins,
    tell: outbound.tell,
    twins: createTwinTable(db),
    doubts: doubtTable,
    synthetics: syntheticTable,
    latency,
  });

  type Learned = { attemptRef: number; nowMs: number; callMs?: number };
  const noteCall = ({ attemptRef, nowMs, callMs }: Learned, lookUp: boolean, answer: { kind: string }) => {
    if (callMs === undefined) return;
    traces.called({ attemptRef, lookUp, answer, startMs: nowMs - callMs, endMs: nowMs });
  };

  return {
    registerAppliance: ({ id, site }, by) => appliances.register(id, site, by),
    hello: appliances.hello,
    receive: intake.receive,
    publicKeyOf: (applianceId) => appliances.find(applianceId)?.public_key ?? null,
    applied({ applianceId, feedId, appliedThrough, nowMs }) {
      const before = traces.on ? feeds.positionOf(applianceId) : null;
      const after = feeds.applied(applianceId, feedId, appliedThrough, nowMs);
      const through = after?.appliedThrough ?? 0;
      if (before) traces.applied(applianceId, { from: before.appliedThrough, through }, nowMs);
      return after;
    },
    feedPage: ({ applianceId, after, itemsMax, bytesMax }) =>
      feeds.page(applianceId, after, itemsMax, bytesMax),
    feedPositionOf: feeds.positionOf,
    bookPiece: booking.bookPiece,
    answerDue: booking.answerDue,
    nextDueMs: booking.nextDueMs,
    catalogueStandsStill: catalogues.standsStill,
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
    catalogue: catalogues.view,
    products: ({ draft, after, limit }) => catalogues.products(draft, after, limit),
    productsBySku: catalogues.find,
    splitsBySku: createSplitLists(db),
    sendStock: (applianceId, changes, by) =>
      sendStock({ appliances, catalogues, feeds, audit }, applianceId, changes, by),
    changeHotList: ({ fingerprint, change }, by) => hotList.change(fingerprint, change, by),
    hotList: ({ after, limit }) => hotList.page(after, limit),
    importTokens,
    doubts: doubtTable.doubts,
    doubt: doubtTable.doubt,
    settleDoubt: doubtTable.settleDoubt,
    ...createHandOver(db, { appliances, intake, doubts: doubtTable, audit }),
    ...createEnrolmentTables(db, {
      ...{ audit, tell: outbound.tell, register: appliances.register, signOffDoubts: doubtTable.signOff },
    }),
    ...createFleetFacts(db),
    ...createAlertTables(db, { audit, tell: outbound.tell }),
    ...rollouts.calls,
    ...keys,
    ...createPersonTable(db, audit, rightsOf),
    ...auditing,
    ...createPayeeTable(db, audit),
    ...createPayoutTable(db, books, audit, outbound.tell),
    ...createCorrections(db, books, audit),
    ...reviewing,
    ...charging.calls,
    answered(answer) {
      charging.calls.answered(answer);
      noteCall(answer, false, answer.outcome);
    },
    lookedUp(found) {
      charging.calls.lookedUp(found);
      noteCall(found, true, found.result);
    },
    applyEvent: charging.applyEvent,
    ...createReconciliationTables(db, { audit, tell: outbound.tell, tellSettled: charging.tellSettled }),
    ...createViews(db, latency),
    ...latency.calls,
    ...createFinder(db),
    ...createStories(db),
    ...createAccountPostings(db),
    ...createWebhookTables(db, audit, [
      applyEvent,
      ({ processor, event }, nowMs) => traces.heard({ processor, eventId: event.eventId }, nowMs),
    ]),
    ...outbound.calls,
    ...syntheticTable.calls,
    ...createDoctorTable(db, { appliances, feeds, audit }),

    transaction(work) {
      db.exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        db.exec('COMMIT');
        return result;
      } catch (error) {
        if (db.inTransaction) db.exec('ROLLBACK');
        grown.clear();
        due.steps = false;
        latency.forget();
        traces.forget();
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
    takeStepsDue() {
      const taken = due.steps;
      due.steps = false;
      return taken;
    },
    takeTraced: traces.take,
    lookForSettled: traces.lookForSettled,
    dataVersion: () => Number(db.pragma('data_version', { simple: true })),
    close: () => void db.close(),
  };
}
