// The store: owns the truth. It takes a batch of commands, does them in one transaction with one sync of the disk, and
// only then answers them. Synchronous and single: there is no moment between reading and deciding.
import type { Database } from 'better-sqlite3';
import type { EntryTime } from '../../contract/entry.ts';
import type { Answer } from '../../contract/kiosk-api.ts';
import { present } from '../../kit/assert.ts';
import type { Clock } from '../../kit/clock.ts';
import { assertDurable } from '../../kit/sqlite.ts';
import { createAccept } from './accept.ts';
import { openCatalogue } from './catalogue.ts';
import type { AnswerTo, Ask, Command, CommandKind } from './commands.ts';
import { openDatabase } from './database.ts';
import { openDecisions } from './decisions.ts';
import { openDocuments } from './documents.ts';
import { createEffects } from './effects.ts';
import { createFacts } from './facts.ts';
import { applyFeed } from './feed.ts';
import { answerWhenFull, isFull } from './full.ts';
import { openGivenBack } from './given-back.ts';
import { openHotList } from './hot-list.ts';
import { createHousekeeping } from './housekeeping.ts';
import { openJournal } from './journal.ts';
import { createLinkState } from './link-state.ts';
import { eventsAfter, openOutcomes } from './outcomes.ts';
import { flagsAfter, openPolicies } from './policy.ts';
import { openPositions } from './positions.ts';
import { openQueue } from './queue.ts';
import { quote } from './quote.ts';
import { openReleaseWishes } from './release-wish.ts';
import { openRemoteConfigurations } from './remote-configuration.ts';
import { openRiskTotals } from './risk-totals.ts';
import { keepIdentity } from './salvage/look.ts';
import { openSalvaged } from './salvaged.ts';
import { openSiteTime } from './site-time.ts';
import { createSlips } from './slips.ts';
import { type SpaceLimits, watchSpace } from './space.ts';
import { openStock } from './stock.ts';
import { syntheticBasket } from './synthetic-basket.ts';
import { createViews } from './views.ts';

export interface StoreOptions {
  /** The folder that holds journal.db; made when it is missing. */
  folder: string;
  space: SpaceLimits;
  clock: Clock;
  /** A moment that has surely come, whatever the clock says. */
  pastMs?: number;
}

/** Each only grows while the process lives. */
export interface Heads {
  lastSeq: number;
  /** The newest checkout that waits for central's word. */
  lastAskedSeq: number;
  lastOutcome: number;
  /** Changes of what a status shows. */
  statusChanges: number;
}

export interface Store {
  /** Does the commands in order and answers them after the commit. */
  execute(batch: readonly Command[]): AnswerTo<CommandKind>[];
  /** How far everything has come that others wait for; durable. */
  readonly heads: Heads;
  /** The pending checkouts that were decided since the last call. */
  takeDecided(): Answer[];
  close(): void;
}

const durabilityCheckMs = 1000;

export function openStore(options: StoreOptions): Store {
  const db = openDatabase(options.folder);
  try {
    return createStore(db, options);
  } catch (error) {
    db.close();
    throw error;
  }
}

function createStore(db: Database, { folder, space, clock, pastMs }: StoreOptions): Store {
  const positions = openPositions(db);
  keepIdentity(folder, positions.now.journalId);
  const journal = openJournal(db);
  const documents = openDocuments(db);
  const catalogue = openCatalogue(db);
  const salvaged = openSalvaged(db, folder, positions, clock);
  const policies = openPolicies(db, () => salvaged.untold);
  const siteTime = openSiteTime(db, clock, pastMs);
  const stock = openStock(db, clock);
  const hotList = openHotList(db);
  const releaseWishes = openReleaseWishes(db);
  const remoteConfigurations = openRemoteConfigurations(db);
  const riskTotals = openRiskTotals(db);
  const hasRoom = watchSpace(db, folder, space, clock);
  let room = true;
  let central: { aheadOfMonotonicMs: number; uncertaintyMs: number } | null = null;
  const link = createLinkState(clock, siteTime.elapsedMs() - siteTime.onlineMs());
  const outcomes = openOutcomes(db);
  const givenBack = openGivenBack(db);
  const projections = { documents, positions, stock, hotList, riskTotals, siteTime };
  const effects = createEffects(projections);
  const nextSlip = createSlips({ ...projections, policies });
  const decisions = openDecisions(db, {
    ...projections,
    journal,
    effects,
    link,
    salvaged,
    clock,
    entryTime,
    nextSlip,
  });
  const parts = {
    ...projections,
    journal,
    catalogue,
    policies,
    decisions,
    outcomes,
    givenBack,
    releaseWishes,
    remoteConfigurations,
    effects,
    link,
    nextSlip,
    salvaged,
  };
  const readFacts = createFacts(db, parts);
  const accept = createAccept({ ...parts, readFacts, entryTime, roomForCheckouts: () => room });
  const views = createViews(db, { ...parts, clock });
  const unreceived = openQueue(db);
  const tidy = createHousekeeping(parts);

  const handlers: { [K in CommandKind]: (ask: Ask<K>) => AnswerTo<K> } = {
    checkout: accept.checkout,
    synthetic: accept.synthetic,
    syntheticBasket: () => ({ checkout: syntheticBasket({ catalogue, policies, readFacts }) }),
    void: accept.void,
    refund: accept.refund,
    fulfilment: accept.fulfilment,
    decideLate: ({ id }) => decisions.late(id) ?? { kind: 'unaccepted', code: 'checkout_not_found' },
    abandon: () => ({ more: decisions.abandon() }),
    quote: (ask) => quote({ catalogue, policies, readFacts }, ask),
    document: ({ id }) => views.document(id),
    slip: (ask) => views.slip(ask),
    page: ({ beforeSeq, itemsMax }) => views.page(beforeSeq, itemsMax),
    status: () => views.status(room),
    queue: () => unreceived(journal.lastSeq, positions.now.receivedThrough),
    health: () => ({ at: entryTime(), oldestUnreceivedMs: views.oldestUnreceivedMs() }),
    flags: (ask) => flagsAfter(policies, ask),
    events: eventsAfter(db, parts),
    position: () => views.position(),
    entries({ afterSeq, itemsMax, bytesMax }) {
      const run = journal.run(afterSeq, itemsMax, bytesMax);
      return run && { journalId: positions.now.journalId, ...run };
    },
    received({ journalId, receivedThrough, hash }) {
      const { journalId: own, receivedThrough: before } = positions.now;
      const ownHash = journal.hashAt(receivedThrough)?.toString('hex');
      const known = ownHash === hash || (ownHash === undefined && receivedThrough <= before);
      if (journalId !== own || !known) return { kind: 'diverged' };
      positions.receive(receivedThrough);
      return { kind: 'recorded', receivedThrough: positions.now.receivedThrough };
    },
    feed(ask) {
      const versions = () => `${policies.inForce?.version} ${catalogue.inForce?.version}`;
      const before = versions();
      const answer = applyFeed(parts, ask);
      if (versions() !== before) link.touch();
      return answer;
    },
    time: () => siteTime.known(),
    releaseWish() {
      const { inForce } = policies;
      // A site without opening hours has not said when it is open.
      const open = inForce?.policy.openingHours ? inForce.hours(siteTime.best()) === 'open' : null;
      return { wish: releaseWishes.newest(), open };
    },
    remoteConfiguration: () => remoteConfigurations.read(),
    takeConfiguration({ version }) {
      remoteConfigurations.take(version);
      return null;
    },
    followFeed({ feedId, feedHead }) {
      if (positions.now.feedId !== feedId) positions.follow(feedId, feedHead);
      return null;
    },
    centralTime(ask) {
      central = ask;
      siteTime.hear(ask);
      return null;
    },
    link(ask) {
      link.update(ask.link, ask.conditions);
      siteTime.link(link.online);
      return null;
    },
    selfCheck() {
      if (journal.lastSeq > 0) present(journal.body(journal.lastSeq), `entry ${journal.lastSeq}`);
      // The row with the elapsed time: the one that may be written at any moment without a meaning of its own.
      siteTime.book();
      return { wrote: true };
    },
  };

  // SQLite's setting can fall back by itself after the first write: looked at again from time to time (I1).
  let checkedMs = Number.NEGATIVE_INFINITY;
  const checkDurable = () => {
    if (clock.monotonicMs() - checkedMs < durabilityCheckMs) return;
    assertDurable(db);
    checkedMs = clock.monotonicMs();
  };

  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  return {
    execute(batch) {
      room = hasRoom();
      begin.run();
      try {
        if (batch.some(({ kind }) => kind === 'checkout')) tidy();
        const answers = batch.map(answer);
        save();
        commit.run();
        decisions.committed();
        checkDurable();
        return answers;
      } catch (error) {
        rollBack();
        if (!isFull(error)) throw error;
        return executeWhenFull(batch);
      }
    },
    get heads() {
      return {
        lastSeq: journal.lastSeq,
        lastAskedSeq: decisions.lastAskedSeq,
        lastOutcome: outcomes.last,
        statusChanges: link.changes + stock.lowChanges,
      };
    },
    takeDecided: () => decisions.takeDecided(),
    close: () => db.close(),
  };

  function answer(command: Command): AnswerTo<CommandKind> {
    const handle = handlers[command.kind] as (ask: Command) => AnswerTo<CommandKind>;
    return handle(command);
  }

  /** The disk took nothing of the batch: new checkouts are told so, and the rest is tried one by one. */
  function executeWhenFull(batch: readonly Command[]): AnswerTo<CommandKind>[] {
    room = false;
    return batch.map((command) => {
      begin.run();
      try {
        const result = answer(command);
        save();
        commit.run();
        decisions.committed();
        return result;
      } catch (error) {
        rollBack();
        if (!isFull(error)) throw error;
        return answerWhenFull(command.kind, positions.now);
      }
    });
  }

  function save(): void {
    positions.save();
    documents.save();
    stock.save();
    riskTotals.save();
    siteTime.save();
  }

  function rollBack(): void {
    if (db.inTransaction) db.exec('ROLLBACK');
    const read = [positions, documents, journal, catalogue, outcomes, decisions, policies];
    for (const held of [...read, stock, riskTotals, siteTime]) held.reload();
  }

  function entryTime(): EntryTime {
    const monotonicMs = clock.monotonicMs();
    return {
      wallMs: clock.wallMs(),
      monotonicMs,
      bootId: clock.bootId,
      ...(central && {
        central: {
          ms: Math.round(central.aheadOfMonotonicMs + monotonicMs),
          uncertaintyMs: central.uncertaintyMs,
        },
      }),
    };
  }
}
