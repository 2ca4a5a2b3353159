// What is told of the way of documents after their booking, for spans: read from what is stored, beside whatever did it, and only
// where somebody collects spans. Nothing here is kept: a step that is not told in time is not told.
import type Database from 'better-sqlite3';
import type { FeedItem } from '../../../contract/feed.ts';
import { traceIdOf } from '../../../contract/trace.ts';
import type { Purpose } from '../../charging/port.ts';
import { readEntry } from '../../ledger/read-entry.ts';
import type { Traced } from '../port.ts';

export interface Traces {
  /** Where it is false, nothing below does anything. */
  on: boolean;
  add(traced: Traced): void;
  /** What came of a call to a processor, in the transaction that learned it. */
  called(call: {
    attemptRef: number;
    lookUp: boolean;
    answer: { kind: string; code?: string | null; reason?: string | null };
    startMs: number;
    endMs: number;
  }): void;
  /** An event of a processor was taken. */
  heard(event: { processor: string; eventId: string }, nowMs: number): void;
  /** An appliance has applied its feed so far. */
  applied(applianceId: string, moved: { from: number; through: number }, nowMs: number): void;
  /** What was found settled since it was last asked, by whichever process; at most a piece. */
  lookForSettled(): void;
  forget(): void;
  take(): Traced[];
}

/** What of a long way that an appliance has applied at once is told: its end. */
const outcomesMax = 200;
/** In one look; the next one goes on. */
const settledMax = 100;

interface Named {
  applianceRef: number;
  documentId: string;
}

export function createTraces(db: Database.Database, on: boolean): Traces {
  const documentOf = db.prepare<
    [number, string],
    { applianceId: string; bookedMs: number; asked: 0 | 1; body: Buffer }
  >(
    `SELECT appliance.id AS applianceId, document.booked_ms AS bookedMs, entry.body,
       EXISTS (SELECT 1 FROM authorisation a WHERE a.appliance_ref = document.appliance_ref
         AND a.checkout_id = document.id) AS asked
     FROM document JOIN appliance ON appliance.ref = document.appliance_ref
       JOIN entry ON entry.journal_ref = document.journal_ref AND entry.seq = document.seq
     WHERE document.appliance_ref = ? AND document.id = ?`,
  );
  const attemptOf = db.prepare<
    [number],
    Named & {
      processor: string;
      purpose: Purpose;
      reference: string;
      currency: string;
      amountMinor: number;
    }
  >(
    `SELECT appliance_ref AS applianceRef, document_id AS documentId, processor, purpose, reference, currency,
       amount_minor AS amountMinor FROM attempt WHERE ref = ?`,
  );
  const eventOf = db.prepare<
    [string, string],
    {
      type: string;
      happenedMs: number;
      receivedMs: number;
      reference: string | null;
      chargeId: string | null;
    }
  >(
    `SELECT type, happened_ms AS happenedMs, received_ms AS receivedMs, reference, charge_id AS chargeId
     FROM webhook_event WHERE processor = ? AND event_id = ?`,
  );
  const ofReference = db.prepare<[string, string], Named>(
    `SELECT appliance_ref AS applianceRef, document_id AS documentId FROM attempt WHERE reference = ? AND processor = ?`,
  );
  const ofCharge = db.prepare<[string, string], Named>(
    `SELECT appliance_ref AS applianceRef, document_id AS documentId FROM attempt
     WHERE processor = ? AND charge_id = ? ORDER BY ref LIMIT 1`,
  );
  const applianceRef = db.prepare<[string], number>('SELECT ref FROM appliance WHERE id = ?').pluck();
  const outcomes = db.prepare<[number, number, number, number], { position: number; body: Buffer }>(
    // why no shared bodies: they are nobody's outcome.
    `SELECT position, body FROM feed WHERE appliance_ref = ? AND position > ? AND position <= ? AND body IS NOT NULL
     ORDER BY position DESC LIMIT ?`,
  );
  const settledAfter = db.prepare<
    { toldMs: number; ref: number; rows: number },
    Named & { ref: number; run: number; toldMs: number; collectedMs: number | null; processor: string }
  >(
    `SELECT s.collection_ref AS ref, s.run_ref AS run, s.told_ms AS toldMs, c.appliance_ref AS applianceRef,
       c.checkout_id AS documentId, max(a.answered_ms) AS collectedMs, a.processor
     FROM settled_checkout s JOIN collection c ON c.ref = s.collection_ref
       JOIN attempt a ON a.collection_ref = c.ref AND a.purpose IN ('charge', 'capture') AND a.state = 'approved'
     WHERE (s.told_ms, s.collection_ref) > (@toldMs, @ref)
     GROUP BY s.told_ms, s.collection_ref ORDER BY s.told_ms, s.collection_ref LIMIT @rows`,
  );
  const newestSettled = db.prepare<[], { toldMs: number; ref: number }>(
    'SELECT told_ms AS toldMs, collection_ref AS ref FROM settled_checkout ORDER BY told_ms DESC, collection_ref DESC LIMIT 1',
  );
  let traced: Traced[] = [];
  // What was settled before this start was told then.
  let settled = (on ? newestSettled.get() : undefined) ?? { toldMs: 0, ref: 0 };

  function named({ applianceRef: ref, documentId: id }: Named) {
    const row = documentOf.get(ref, id);
    if (!row) return null;
    const { entry } = readEntry(row.body);
    const traceId = traceIdOf({
      id,
      traceId: entry !== null && 'traceId' in entry ? entry.traceId : undefined,
    });
    return {
      of: { applianceId: row.applianceId, id, traceId },
      bookedMs: row.bookedMs,
      asked: row.asked === 1,
    };
  }

  return {
    on,
    add: (one) => void (on && traced.push(one)),
    called({ attemptRef, lookUp, answer, startMs, endMs }) {
      const attempt = on ? attemptOf.get(attemptRef) : undefined;
      const document = attempt && named(attempt);
      if (!attempt || !document) return;
      const { processor, purpose, reference, currency, amountMinor } = attempt;
      traced.push({
        ...{ step: 'called', ...document.of, processor, purpose, lookUp, reference, currency, amountMinor },
        ...{ result: answer.kind, code: answer.code ?? answer.reason ?? null, startMs, endMs },
      });
    },
    heard({ processor, eventId }, nowMs) {
      const event = on ? eventOf.get(processor, eventId) : undefined;
      if (!event) return;
      const { reference, chargeId, ...rest } = event;
      const attempt =
        (reference === null ? undefined : ofReference.get(reference, processor)) ??
        (chargeId === null ? undefined : ofCharge.get(processor, chargeId));
      const document = attempt && named(attempt);
      if (document) traced.push({ step: 'heard', ...document.of, processor, eventId, ...rest, endMs: nowMs });
    },
    applied(applianceId, { from, through }, nowMs) {
      const ref = on && through > from ? applianceRef.get(applianceId) : undefined;
      if (ref === undefined) return;
      for (const { position, body } of outcomes.all(ref, from, through, outcomesMax).reverse()) {
        const item = JSON.parse(body.toString()) as FeedItem;
        const document = item.kind === 'outcome' ? named({ applianceRef: ref, documentId: item.id }) : null;
        if (item.kind !== 'outcome' || !document) continue;
        const { outcome, atMs: outcomeMs } = item;
        const decides = document.asked && (outcome === 'authorised' || outcome === 'declined');
        const askedMs = decides ? document.bookedMs : null;
        traced.push({
          step: 'told',
          ...document.of,
          outcome,
          position,
          outcomeMs,
          askedMs,
          appliedMs: nowMs,
        });
      }
    },
    lookForSettled() {
      if (!on) return;
      for (const { ref, run, toldMs, collectedMs, processor, ...of } of settledAfter.all({
        ...settled,
        rows: settledMax,
      })) {
        settled = { toldMs, ref };
        const document = named(of);
        if (!document) continue;
        const times = { collectedMs: collectedMs ?? toldMs, settledMs: toldMs };
        traced.push({ step: 'settled', ...document.of, processor, run, ...times });
      }
    },
    forget() {
      traced = [];
    },
    take() {
      const taken = traced;
      traced = [];
      return taken;
    },
  };
}
