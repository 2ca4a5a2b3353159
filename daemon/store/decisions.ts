// Checkouts for which central was asked: each gets exactly one decision entry, from central's outcome or from the
// appliance, whichever the store sees first. That there is one thread is what settles the race.
import { randomUUIDv7 } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import {
  type CheckoutEntry,
  type DecisionEntry,
  type DocumentEntry,
  Entry,
  type EntryTime,
} from '../../contract/entry.ts';
import type { FeedItem } from '../../contract/feed.ts';
import type { Answer } from '../../contract/kiosk-api.ts';
import { limits } from '../../contract/limits.ts';
import type { Reason, VerdictKind } from '../../contract/verdict.ts';
import { assert, present } from '../../kit/assert.ts';
import type { Clock } from '../../kit/clock.ts';
import { decideLate, type Late, type LinkFacts } from '../checkout/route.ts';
import { answerOf } from './answer.ts';
import type { AcceptAnswer } from './commands.ts';
import { type DocumentRow, type Documents, idBytes, isDocument } from './documents.ts';
import type { Effects } from './effects.ts';
import type { Journal } from './journal.ts';
import type { LinkState } from './link-state.ts';
import type { Positions } from './positions.ts';
import type { Salvaged } from './salvaged.ts';
import type { SiteTime } from './site-time.ts';
import type { NextSlip } from './slips.ts';

type OutcomeItem = Extract<FeedItem, { kind: 'outcome' }>;

export interface Decisions {
  /** The seq of the newest checkout that was asked for: central should have it soon. */
  readonly lastAskedSeq: number;
  linkFacts(): LinkFacts;
  /** Remembers a pending checkout that has just been appended. */
  ask(checkout: { id: string; seq: number; late: Late; waitMs: number }): AcceptAnswer;
  /** What a document's request is answered now: its answer, or that it is still waited for. */
  answer(document: DocumentRow): AcceptAnswer;
  /** The answer to a document, decided or not; for reading back. */
  answerNow(entry: DocumentEntry, seq: number): Answer;
  /** Decides by central's word when it is one, and returns the document as it then stands. */
  byCentral(document: DocumentRow, item: OutcomeItem): DocumentRow;
  /** Nobody waits longer: decides now unless it is decided already. Null for an id that was not asked for. */
  late(id: string): AcceptAnswer | null;
  /** Refuses some of those that nobody has waited for since long; says whether more are left. */
  abandon(): boolean;
  /** What was decided since the last call, in transactions that have been committed. */
  takeDecided(): Answer[];
  committed(): void;
  reload(): void;
}

export interface DecisionParts {
  journal: Journal;
  documents: Documents;
  positions: Positions;
  effects: Effects;
  siteTime: SiteTime;
  link: LinkState;
  salvaged: Salvaged;
  clock: Clock;
  entryTime: () => EntryTime;
  nextSlip: NextSlip;
}

interface AskedRow {
  late: Late;
  waitMs: number;
  bootId: string;
  monotonicMs: number;
  decisionSeq: number | null;
}

/** Entries that central has not received, beyond which its answer to one more would come too late. */
const backlogEntriesMax = 2000;
/** The longest wait of a kiosk, and as long as it may take to come back and ask again. */
const abandonedMs = limits.onlineWaitMsMax + 60_000;
const abandonedPerPieceMax = 100;

export function openDecisions(db: Database, parts: DecisionParts): Decisions {
  const { journal, documents, positions, effects, siteTime, link, clock, salvaged } = parts;
  const insert = db.prepare(
    'INSERT INTO asked (checkout_id, late, wait_ms, boot_id, monotonic_ms) VALUES (?, ?, ?, ?, ?)',
  );
  const find = db.prepare<[Buffer], AskedRow>(
    `SELECT late, wait_ms AS waitMs, boot_id AS bootId, monotonic_ms AS monotonicMs, decision_seq AS decisionSeq
     FROM asked WHERE checkout_id = ?`,
  );
  const setDecided = db.prepare('UPDATE asked SET decision_seq = ? WHERE checkout_id = ?');
  // -- of another boot: its monotonic time says nothing here, so that it counts from the opening of the file
  const abandoned = db
    .prepare<{ bootId: string; askedBeforeMs: number; others: number; itemsMax: number }, Buffer>(
      `SELECT checkout_id FROM asked WHERE decision_seq IS NULL
         AND CASE WHEN boot_id = @bootId THEN monotonic_ms <= @askedBeforeMs ELSE @others END LIMIT @itemsMax`,
    )
    .pluck();
  const openedMs = clock.monotonicMs();

  let lastAskedSeq = 0;
  let decided: Answer[] = [];
  let uncommitted: Answer[] = [];

  const linkFacts = (): LinkFacts => {
    const { receivedThrough, exposureCount } = positions.now;
    const unreceived = journal.lastSeq - receivedThrough;
    // What is received and not booked yet stands before it too.
    return { online: link.online, catchingUp: Math.max(unreceived, exposureCount) > backlogEntriesMax };
  };

  function entryAt(seq: number): Entry {
    return Entry.parse(JSON.parse(present(journal.body(seq), `entry ${seq}`).toString()));
  }

  function decisionOf(id: Buffer): { entry: DecisionEntry; seq: number } | null {
    const seq = find.get(id)?.decisionSeq ?? null;
    if (seq === null) return null;
    const entry = entryAt(seq);
    assert(entry.kind === 'decision', `entry ${seq} is a decision`);
    return { entry, seq };
  }

  function pendingEntry(document: DocumentRow): CheckoutEntry {
    const entry = entryAt(document.seq);
    assert(entry.kind === 'checkout' && entry.verdict === 'pending', `entry ${document.seq} is pending`);
    return entry;
  }

  /** Appends the one decision and brings the projections along. */
  function decide(
    document: DocumentRow,
    by: Pick<DecisionEntry, 'verdict' | 'decidedBy' | 'reasons' | 'declineCode'>,
  ): DocumentRow {
    const checkout = pendingEntry(document);
    const { offlineSince } = link;
    const entry: DecisionEntry = {
      kind: 'decision',
      id: randomUUIDv7(),
      at: parts.entryTime(),
      checkoutId: checkout.id,
      ...by,
      ...(isApproved(by.verdict) && parts.nextSlip()),
      ...(offlineSince && { offlineSinceMs: offlineSince.wallMs }),
    };
    const body = Buffer.from(JSON.stringify(entry));
    const seq = journal.append({
      kind: 'decision',
      checkoutId: document.id,
      body,
      wallMs: entry.at.wallMs,
    });
    setDecided.run(seq, document.id);
    // What was taken for the case that it would be approved offline is given back in every other (I12, I14).
    const exposedMinor = by.verdict === 'approved_offline' ? document.exposedMinor : 0;
    if (by.verdict === 'authorised') positions.unexpose(document.exposedMinor);
    else if (by.verdict !== 'approved_offline') effects.giveBack(document, checkout, siteTime.book());
    documents.decide(document, by.verdict, exposedMinor);
    uncommitted.push(answerOf(checkout, document.seq, { entry, seq }));
    return { ...document, verdict: by.verdict, exposedMinor };
  }

  function decideAlone(document: DocumentRow, verdict: DecisionEntry['verdict'], reasons: Reason[]): void {
    decide(document, { verdict, decidedBy: 'appliance', reasons });
  }

  function answered(document: DocumentRow): AcceptAnswer {
    const entry = entryAt(document.seq);
    assert(isDocument(entry), `entry ${document.seq} is a document`);
    return { kind: 'answered', answer: answerOf(entry, document.seq, decisionOf(document.id)) };
  }

  const decisions: Decisions = {
    get lastAskedSeq() {
      return lastAskedSeq;
    },
    linkFacts,
    ask({ id, seq, late, waitMs }) {
      insert.run(idBytes(id), late, waitMs, clock.bootId, clock.monotonicMs());
      lastAskedSeq = seq;
      return { kind: 'pending', waitMs };
    },
    answer(document) {
      if (document.verdict !== 'pending') return answered(document);
      const { bootId, monotonicMs, waitMs } = present(find.get(document.id), 'what was asked');
      const leftMs = bootId === clock.bootId ? monotonicMs + waitMs - clock.monotonicMs() : 0;
      return { kind: 'pending', waitMs: Math.max(0, leftMs) };
    },
    answerNow(entry, seq) {
      const waited = entry.verdict === 'pending';
      return answerOf(entry, seq, waited ? decisionOf(idBytes(entry.id)) : null);
    },
    byCentral(document, { outcome, declineCode }) {
      // What was decided and is lost is not decided again.
      if (document.verdict !== 'pending' || salvaged.inDoubt(document.id)) return document;
      if (outcome === 'authorised') {
        return decide(document, { verdict: 'authorised', decidedBy: 'central', reasons: [] });
      }
      if (outcome !== 'declined') return document;
      return decide(document, {
        verdict: 'declined',
        decidedBy: 'central',
        reasons: [{ code: 'card_declined' }],
        ...(declineCode !== undefined && { declineCode }),
      });
    },
    late(id) {
      const document = documents.find(idBytes(id));
      const asked = document && find.get(document.id);
      if (!document || !asked) return null;
      if (document.verdict !== 'pending') return answered(document);
      const { reasons } = pendingEntry(document);
      const { verdict, reasons: why } = decideLate({ late: asked.late, reasons }, linkFacts());
      decideAlone(document, verdict, why);
      return answered(present(documents.find(document.id), 'the document'));
    },
    abandon() {
      const ids = abandoned.all({
        bootId: clock.bootId,
        askedBeforeMs: clock.monotonicMs() - abandonedMs,
        others: clock.monotonicMs() - openedMs >= abandonedMs ? 1 : 0,
        itemsMax: abandonedPerPieceMax,
      });
      for (const id of ids) {
        const document = present(documents.find(id), 'the document of a pending checkout');
        decideAlone(document, 'refused', [{ code: 'online_required' }, { code: 'not_waited_for' }]);
      }
      return ids.length === abandonedPerPieceMax;
    },
    takeDecided() {
      const taken = decided;
      decided = [];
      return taken;
    },
    committed() {
      decided.push(...uncommitted);
      uncommitted = [];
    },
    reload() {
      uncommitted = [];
      lastAskedSeq = Math.min(lastAskedSeq, journal.lastSeq);
    },
  };
  return decisions;
}

function isApproved(verdict: VerdictKind): boolean {
  return verdict === 'authorised' || verdict === 'approved_offline';
}
