// Settles stored entries: in order per journal, a bounded piece in one transaction with the position it leads to.
// Documents, movement, feed outcome and booked_through commit together or not at all: exactly once (I5).
import type Database from 'better-sqlite3';
import type { CheckoutEntry, DecisionEntry, DocumentEntry, Entry } from '../../../contract/entry.ts';
import type { FeedItem } from '../../../contract/feed.ts';
import type { OutcomeKind } from '../../../contract/verdict.ts';
import { assert, unreachable } from '../../../kit/assert.ts';
import type { Joins } from '../../charging/sqlite/joins.ts';
import type { DoubtTable } from '../../doubts/sqlite/doubts.ts';
import type { Twin, TwinTable } from '../../doubts/sqlite/twins.ts';
import type { LatencyTable } from '../../latency/sqlite/latency.ts';
import type { SyntheticTable } from '../../synthetic/sqlite/synthetics.ts';
import type { Tell } from '../../webhooks/outbound.ts';
import type { AnsweredDue, BookedPiece } from '../port.ts';
import { type ReadEntry, readEntry } from '../read-entry.ts';
import {
  checkoutIdOf,
  type DocumentState,
  isApproved,
  type ParkReason,
  type SettleFacts,
  type Settlement,
  settle,
} from '../settle.ts';
import type { Authorisations } from './authorisations.ts';
import type { Books, Source } from './books.ts';
import type { FeedTable } from './feeds.ts';
import type { SplitTable } from './split-table.ts';

interface JournalBehind {
  ref: number;
  applianceRef: number;
  bookedThrough: number;
}

export interface BookingTable extends Pick<Authorisations, 'nextDueMs'> {
  answerDue(answersMax: number, nowMs: number): AnsweredDue;
  bookPiece(entriesMax: number, nowMs: number): BookedPiece;
}

export function createBookingTable(
  db: Database.Database,
  parts: {
    feeds: FeedTable;
    books: Books;
    splits: SplitTable;
    authorisations: Authorisations;
    charging: Joins;
    tell: Tell;
    twins: TwinTable;
    doubts: Pick<DoubtTable, 'take'>;
    synthetics: Pick<SyntheticTable, 'take'>;
    latency: Pick<LatencyTable, 'booked' | 'save'>;
  },
): BookingTable {
  const { feeds, books, splits, authorisations, charging, tell, twins, doubts, synthetics, latency } = parts;
  const behind = db.prepare<[number], JournalBehind>(
    // why the older ones first: a journal that goes on from another one is understood only after it.
    `SELECT ref, appliance_ref AS applianceRef, booked_through AS bookedThrough FROM journal
     WHERE booked_through < received_through AND ref > ? AND NOT EXISTS (SELECT 1 FROM journal AS older
       WHERE older.appliance_ref = journal.appliance_ref AND older.ref < journal.ref
       AND older.booked_through < older.received_through)
     ORDER BY ref LIMIT 1`,
  );
  const waiting = db.prepare<[number, number, number], { seq: number; body: Buffer }>(
    'SELECT seq, body FROM entry WHERE journal_ref = ? AND seq > ? ORDER BY seq LIMIT ?',
  );
  const applianceId = db.prepare<[number], string>('SELECT id FROM appliance WHERE ref = ?').pluck();
  const bookedThrough = db.prepare('UPDATE journal SET booked_through = ? WHERE ref = ?');
  // Journals take turns, so that one long backlog does not hold up the others.
  const turn = { lastRef: 0 };

  function nextJournal(): JournalBehind | null {
    return behind.get(turn.lastRef) ?? behind.get(0) ?? null;
  }

  function bookJournal(journal: JournalBehind, entriesMax: number, nowMs: number): number {
    const rows = waiting.all(journal.ref, journal.bookedThrough, entriesMax);
    const outcomes: FeedItem[] = [];
    const mayBeKnown = twins.mayHave(journal.applianceRef);
    rows.forEach(({ seq, body }, i) => {
      assert(seq === journal.bookedThrough + 1 + i, 'a journal has no gap (I3)');
      const source = { applianceRef: journal.applianceRef, journalRef: journal.ref, seq, nowMs };
      const outcome = takeEntry(source, body, mayBeKnown);
      if (outcome) outcomes.push(outcome);
      if (outcome?.kind === 'outcome' && outcome.outcome === 'booked') tellBooked(source, outcome.id);
    });
    bookedThrough.run(journal.bookedThrough + rows.length, journal.ref);
    feeds.append(journal.applianceRef, outcomes);
    return rows.length;
  }

  /** The merchant's own systems hear of a sale, whoever decided it. */
  function tellBooked({ applianceRef, nowMs }: Source, id: string): void {
    const document = books.find(applianceRef, id);
    if (document?.kind !== 'checkout') return;
    const { verdict, currency, totalMinor } = document;
    const named = { checkoutId: id, applianceId: applianceId.get(applianceRef) };
    tell('checkout.booked', `checkout ${id}`, { ...named, verdict, currency, totalMinor }, nowMs);
  }

  function takeEntry(source: Source, body: Buffer, mayBeKnown: boolean): FeedItem | null {
    const read = readEntry(body);
    const twin = mayBeKnown ? twinOf(source, read, body) : null;
    const booked = twin ? null : bookEntry(source, read.entry);
    if (typeof booked !== 'string') {
      if (twin) twins.note(source, twin, read.named);
      return booked;
    }
    const parkedTwin = mayBeKnown ? twins.parked(source, read.named.id, body, false) : null;
    if (!parkedTwin) return park(source, booked, read.named);
    twins.note(source, parkedTwin, read.named);
    return null;
  }

  /** The identical entry that another journal brought before: nothing of it is done again, nor told again. */
  function twinOf(source: Source, { entry, named }: ReadEntry, body: Buffer): Twin | null {
    return takenTwin(source, entry, body) ?? twins.parked(source, named.id, body, true);
  }

  function takenTwin(source: Source, entry: Entry | null, body: Buffer): Twin | null {
    if (entry === null) return null;
    switch (entry.kind) {
      case 'decision':
        return twins.decision(source, entry.checkoutId, body);
      case 'salvage':
        return twins.salvage(source, entry.id, body);
      case 'synthetic':
        return twins.synthetic(source, entry.id, body);
      default:
        return twins.document(source, entry.id, body);
    }
  }

  /** What the appliance is told, or why it cannot be booked. */
  function bookEntry(source: Source, entry: Entry | null): FeedItem | null | ParkReason {
    if (entry === null) return 'entry_unreadable';
    switch (entry.kind) {
      case 'salvage':
        return doubts.take(source, entry);
      case 'synthetic':
        synthetics.take(source, entry);
        latency.booked(source, entry);
        // Past the outcomes of documents, of which the merchant's own systems hear.
        feeds.append(source.applianceRef, [
          { kind: 'outcome', id: entry.id, outcome: 'booked', atMs: source.nowMs },
        ]);
        return null;
      case 'decision': {
        const decided = authorisations.decide(source, entry);
        if (typeof decided !== 'string') collectDecided(source, entry);
        return decided;
      }
      default: {
        const booked = bookDocument(source, entry);
        if (typeof booked !== 'string') latency.booked(source, entry);
        return booked;
      }
    }
  }

  function bookDocument(source: Source, entry: DocumentEntry): FeedItem | null | ParkReason {
    const settlement = settle(entry, factsOf(source.applianceRef, entry));
    switch (settlement.kind) {
      case 'parked':
        return settlement.reason;
      case 'asked':
        books.addDocument(source, entry, 'recorded', settlement.document);
        return ask(source, settlement.entry);
      case 'recorded':
        books.addDocument(source, entry, 'recorded', settlement.document);
        return null;
      case 'stepped':
        books.addDocument(source, entry, 'recorded', settlement.document);
        books.setFulfilment(source.applianceRef, settlement.checkoutId, settlement.step);
        return null;
      case 'booked':
        books.addDocument(source, entry, 'booked', settlement.document);
        books.addMovement({ kind: 'entry', ...source }, settlement.reason, settlement.postings, source.nowMs);
        if (settlement.change) books.changeCheckout(source.applianceRef, settlement.change);
        return collect(source, entry, settlement);
      default:
        return unreachable(settlement);
    }
  }

  function factsOf(applianceRef: number, entry: DocumentEntry): SettleFacts {
    const checkoutId = checkoutIdOf(entry);
    const checkout = checkoutId === null ? null : books.find(applianceRef, checkoutId);
    const undone = checkoutId !== null && undoes(entry, checkout);
    return {
      sameId: books.find(applianceRef, entry.id),
      checkout,
      standing: undone ? splits.standing(applianceRef, checkoutId) : null,
      splitOf: splits.at(entry.kind === 'checkout' ? entry.catalogueVersion : null),
    };
  }

  /** What was booked is to be collected, or given back; answers what the appliance is told at once. */
  function collect(source: Source, entry: DocumentEntry, settlement: Booked): FeedItem | null {
    const { applianceRef, nowMs } = source;
    const { document, outcome } = settlement;
    const told = (kind: OutcomeKind): FeedItem => ({
      kind: 'outcome',
      id: entry.id,
      outcome: kind,
      atMs: nowMs,
    });
    if (!charging.collects) return told(outcome);
    switch (entry.kind) {
      case 'checkout': {
        const opened = charging.open(applianceRef, entry, nowMs);
        // Its money is still to be taken: only then is it no longer at the site's risk.
        if (opened !== 'none') tellBooked(source, entry.id);
        if (opened === 'open') return null;
        return told(opened === 'held' ? 'in_review' : outcome);
      }
      case 'void':
        charging.undone(applianceRef, entry.checkoutId, nowMs);
        return told(outcome);
      case 'refund':
        charging.refunded(applianceRef, { id: entry.id, ...document }, nowMs);
        return told(outcome);
      case 'fulfilment':
        return told(outcome);
      default:
        return unreachable(entry);
    }
  }

  function ask(source: Source, entry: CheckoutEntry): FeedItem | null {
    const { applianceRef, nowMs } = source;
    const told = authorisations.ask(source, entry);
    if (!charging.collects || charging.open(applianceRef, entry, nowMs) !== 'held') return told;
    // No processor takes it: the appliance decides.
    return authorisations.answer({ applianceRef, checkoutId: entry.id, answer: { kind: 'unknown' } }, nowMs);
  }

  function collectDecided(source: Source, { checkoutId, verdict }: DecisionEntry): void {
    const { applianceRef, nowMs } = source;
    if (!charging.collects) return;
    if (verdict === 'approved_offline') tellBooked(source, checkoutId);
    const sold = verdict === 'authorised' || verdict === 'approved_offline';
    if (sold) charging.sold(applianceRef, checkoutId, nowMs);
    else charging.undone(applianceRef, checkoutId, nowMs);
  }

  /** The appliance is told only of an id that has no document: a repeated one has its outcome already. */
  function park(source: Source, reason: ParkReason, named: ReadEntry['named']): FeedItem | null {
    books.park(source, reason, named);
    const { id, kind } = named;
    if (id === null || kind === 'decision' || kind === 'salvage' || books.find(source.applianceRef, id))
      return null;
    return { kind: 'outcome', id, outcome: 'parked', atMs: source.nowMs };
  }

  return {
    bookPiece: (entriesMax, nowMs) =>
      books.piece(() => {
        let entries = 0;
        for (let journal = nextJournal(); journal && entries < entriesMax; journal = nextJournal()) {
          turn.lastRef = journal.ref;
          entries += bookJournal(journal, entriesMax - entries, nowMs);
        }
        latency.save(nowMs);
        return { entries, more: nextJournal() !== null };
      }),
    answerDue: (answersMax, nowMs) =>
      books.piece(() => {
        const answered = authorisations.answerDue(answersMax, nowMs);
        for (const { applianceRef, outcome } of answered) {
          if (outcome) feeds.append(applianceRef, [outcome]);
        }
        return { answered: answered.length };
      }),
    nextDueMs: authorisations.nextDueMs,
  };
}

/** Whether what is left of the checkout has to be known. */
function undoes({ kind, verdict }: DocumentEntry, checkout: DocumentState | null): boolean {
  return (
    (kind === 'void' || kind === 'refund') &&
    isApproved(verdict) &&
    checkout?.kind === 'checkout' &&
    isApproved(checkout.verdict)
  );
}
type Booked = Extract<Settlement, { kind: 'booked' }>;
