// Reviews in the database: opened by whoever must ask, decided by people or by the time-out rule. What follows from a
// decision is done in its transaction, by the one who asked.
import type Database from 'better-sqlite3';
import { present } from '../../../kit/assert.ts';
import type { Tell } from '../../webhooks/outbound.ts';
import type { Actor, By } from '../actor.ts';
import type { ReviewCalls, ReviewWithEvents } from '../review-port.ts';
import {
  type Review,
  type ReviewDecision,
  type ReviewEvent,
  type ReviewKind,
  reviewKinds,
  takeDecision,
  whenDue,
} from '../reviews.ts';
import { personOf } from '../second-person.ts';
import type { Audit } from './audit.ts';

export interface ReviewAsked {
  kind: ReviewKind;
  applianceRef: number;
  documentId: string;
  attemptRef: number | null;
  currency: string;
  amountMinor: number;
  /** A stable code, or words. */
  reason: string;
  nowMs: number;
}

export interface ReviewDecided {
  number: number;
  kind: ReviewKind;
  applianceRef: number;
  documentId: string;
  attemptRef: number | null;
  decision: ReviewDecision;
  note: string;
  by: By;
}

export interface ReviewTable extends ReviewCalls {
  /** Opens one inside the caller's transaction; one that is open already stays the same. Answers its number. */
  open(asked: ReviewAsked): number;
}

type ReviewRow = Review & { applianceRef: number };
type EventRow = Omit<ReviewEvent, 'actor'> & { actor: string };

const reviewColumns = `review.number, review.kind, review.appliance_ref AS applianceRef, appliance.id AS applianceId,
  review.document_id AS documentId, review.attempt_ref AS attemptRef, review.currency,
  review.amount_minor AS amountMinor, review.reason, review.opened_ms AS openedMs, review.state, review.decision,
  review.due_from_ms AS dueFromMs, review.escalated_ms AS escalatedMs
  FROM review JOIN appliance ON appliance.ref = review.appliance_ref`;

/**
 * @param parts.tell tells the merchant's own systems that one was opened
 * @param parts.onDecided does what follows; called once for each review, in the transaction of the decision
 */
export function createReviewTable(
  db: Database.Database,
  parts: { audit: Audit; tell: Tell; onDecided(decided: ReviewDecided): void },
): ReviewTable {
  const { audit, tell, onDecided } = parts;
  const find = db.prepare<[number], ReviewRow>(`SELECT ${reviewColumns} WHERE review.number = ?`);
  const waiting = db
    .prepare<[number, string, ReviewKind, number], number>(
      `SELECT number FROM review WHERE appliance_ref = ? AND document_id = ? AND kind = ?
       AND coalesce(attempt_ref, 0) = ? AND state <> 'decided'`,
    )
    .pluck();
  const insert = db.prepare(
    `INSERT INTO review (kind, appliance_ref, document_id, attempt_ref, currency, amount_minor, reason, opened_ms,
       state, due_from_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'open', ?)`,
  );
  const setDecision = db.prepare('UPDATE review SET state = ?, decision = ? WHERE number = ?');
  const beginAgain = db.prepare('UPDATE review SET due_from_ms = ?, escalated_ms = NULL WHERE number = ?');
  const escalate = db.prepare('UPDATE review SET escalated_ms = ? WHERE number = ?');
  const addEvent = db.prepare(
    `INSERT INTO review_event (review, number, kind, decision, actor, note, at_ms)
     SELECT @review, 1 + count(*), @kind, @decision, @actor, @note, @atMs FROM review_event WHERE review = @review`,
  );
  const events = db.prepare<[number], EventRow>(
    'SELECT kind, decision, actor, note, at_ms AS atMs FROM review_event WHERE review = ? ORDER BY number',
  );
  const page = db.prepare<object, ReviewRow>(
    `SELECT ${reviewColumns} WHERE review.number > @after
     AND (@state IS NULL OR (review.state = 'decided') = (@state = 'decided'))
     AND (@kind IS NULL OR review.kind = @kind) AND (@applianceId IS NULL OR appliance.id = @applianceId)
     ORDER BY review.number LIMIT @rows`,
  );
  const due = db.prepare<[ReviewKind, number, number], ReviewRow>(
    `SELECT ${reviewColumns} WHERE review.kind = ? AND review.due_from_ms <= ? AND review.state <> 'decided'
     AND review.escalated_ms IS NULL ORDER BY review.due_from_ms LIMIT ?`,
  );

  const write = (
    review: number,
    by: By,
    event: { kind: ReviewEvent['kind']; decision?: ReviewDecision; note: string },
  ) => {
    const { kind, decision = null, note } = event;
    addEvent.run({ review, kind, decision, actor: JSON.stringify(by.actor), note, atMs: by.nowMs });
  };
  const eventsOf = (number: number): ReviewEvent[] =>
    events.all(number).map((row) => ({ ...row, actor: JSON.parse(row.actor) as Actor }));
  const withEvents = (number: number): ReviewWithEvents => ({
    ...view(present(find.get(number), 'the review')),
    events: eventsOf(number),
  });
  const proposedBy = (number: number): string | null => {
    const proposal = eventsOf(number).findLast(({ kind }) => kind === 'proposed');
    return proposal ? personOf(proposal.actor) : null;
  };

  function decide(row: ReviewRow, decision: ReviewDecision, note: string, by: By): void {
    const { number, kind, applianceRef, documentId, attemptRef } = row;
    setDecision.run('decided', decision, number);
    write(number, by, { kind: 'decided', decision, note });
    record(row, by, 'review.decide', { decision, note });
    onDecided({ number, kind, applianceRef, documentId, attemptRef, decision, note, by });
  }

  function record(row: ReviewRow, by: By, action: string, detail: Record<string, unknown>): void {
    const { number, kind, applianceId, documentId, currency, amountMinor } = row;
    audit(by, action, `review ${number}`, {
      kind,
      applianceId,
      documentId,
      currency,
      amountMinor,
      ...detail,
    });
  }

  return {
    open({ kind, applianceRef, documentId, attemptRef, currency, amountMinor, reason, nowMs }) {
      const known = waiting.get(applianceRef, documentId, kind, attemptRef ?? 0);
      if (known !== undefined) return known;
      const said = [kind, applianceRef, documentId, attemptRef, currency, amountMinor, reason];
      const number = Number(insert.run(...said, nowMs, nowMs).lastInsertRowid);
      write(number, { actor: { kind: 'central', rule: kind }, nowMs }, { kind: 'opened', note: reason });
      const { applianceId } = present(find.get(number), 'the review just opened');
      const about = { number, kind, applianceId, documentId, currency, amountMinor, reason };
      tell('review.opened', `review ${number}`, about, nowMs);
      return number;
    },
    reviews({ state, kind, applianceId, cursor, limit }) {
      const rows = page.all({ after: cursor ?? 0, state, kind, applianceId, rows: limit + 1 });
      const items = rows.slice(0, limit).map(view);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.number ?? null) : null };
    },
    review: (number) => (find.get(number) ? withEvents(number) : null),
    decideReview({ number, decision, note, rules }, by) {
      const row = find.get(number);
      if (!row) return { kind: 'review_unknown' };
      const who = { person: personOf(by.actor), proposedBy: proposedBy(number) };
      const taken = takeDecision(row, decision, who, rules);
      if (taken.kind === 'decided') decide(row, decision, note, by);
      if (taken.kind === 'proposed') {
        setDecision.run('proposed', decision, number);
        write(number, by, { kind: 'proposed', decision, note });
        record(row, by, 'review.propose', { decision, note });
      }
      return { ...taken, review: withEvents(number) };
    },
    speakOfReview({ number, kind, note }, by) {
      const row = find.get(number);
      if (!row) return { kind: 'review_unknown' };
      if (row.state === 'decided') {
        const decision = present(row.decision, 'the decision');
        return { kind: 'decided_already', decision, review: withEvents(number) };
      }
      beginAgain.run(by.nowMs, number);
      write(number, by, { kind, note });
      record(row, by, kind === 'asked' ? 'review.ask' : 'review.answer', { note });
      return { kind: 'spoken', review: withEvents(number) };
    },
    decideDueReviews({ rules, reviewsMax, nowMs }) {
      const done = { decided: 0, escalated: 0 };
      for (const kind of reviewKinds) {
        const dueFromMs = nowMs - rules.timeOut[kind].dueHours * 3_600_000;
        const room = reviewsMax - done.decided - done.escalated;
        for (const row of due.all(kind, dueFromMs, room)) {
          const { dueHours } = rules.timeOut[kind];
          const by: By = { actor: { kind: 'central', rule: `reviews.${kind}` }, nowMs };
          const note = `nobody decided for ${dueHours} h`;
          const what = whenDue(row, rules, nowMs);
          if (what === 'decline') {
            decide(row, 'decline', note, by);
            done.decided++;
          } else if (what === 'escalate') {
            escalate.run(nowMs, row.number);
            write(row.number, by, { kind: 'escalated', note });
            record(row, by, 'review.escalate', { note });
            done.escalated++;
          }
        }
      }
      return done;
    },
  };
}

function view({ applianceRef: _, ...review }: ReviewRow): Review {
  return review;
}
