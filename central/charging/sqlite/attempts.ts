// The calls to processors as they stand, and everything that was said about each, in order.
import type Database from 'better-sqlite3';
import type { AttemptFacts } from '../facts.ts';
import type { Learned } from '../learn.ts';

export interface AttemptRow extends AttemptFacts {
  collectionRef: number;
  documentId: string;
  number: number;
  reference: string;
  idempotencyKey: string;
  token: string | null;
  currency: string;
  refundId: string | null;
}

export type NewAttemptRow = Omit<
  AttemptRow,
  | 'ref'
  | 'state'
  | 'refundId'
  | 'code'
  | 'declineClass'
  | 'tries'
  | 'looked'
  | 'firstSentMs'
  | 'sentMs'
  | 'notBeforeMs'
> & { applianceRef: number };

export type EventKind = 'sent' | 'answered' | 'looked_up' | 'webhook' | 'person';

export interface AttemptTable {
  collectionOf(ref: number): number | null;
  of(collectionRef: number): AttemptRow[];
  /** The charge or refund that an event names: by our reference, else by the processor's id. */
  findNamed(
    processor: string,
    names: { reference: string | null; chargeId: string | null },
  ): AttemptRow | null;
  findRefund(processor: string, names: { reference: string | null; refundId: string }): AttemptRow | null;
  /** Stores the call as `sent`; answers its number. */
  add(attempt: NewAttemptRow, nowMs: number): number;
  sendAgain(ref: number, nowMs: number): void;
  change(ref: number, learned: Learned, nowMs: number): void;
  setState(ref: number, state: AttemptFacts['state'], code: string | null, notBeforeMs: number | null): void;
  /** A capture that was asked for with its charge has failed: what is left of the charge is a hold. */
  onlyHolds(ref: number): void;
  /** Whether the very same was told of a call of the collection before. */
  wasTold(collectionRef: number, kind: EventKind, detail: string): boolean;
  tell(ref: number, kind: EventKind, detail: string, nowMs: number): void;
  /** Those of a collection whose outcome is open and that would wait: due now. */
  hurry(collectionRef: number, nowMs: number): void;
  onTheirWay(): AttemptRow[];
}

export function createAttemptTable(db: Database.Database): AttemptTable {
  const columns = `ref, collection_ref AS collectionRef, payback_ref AS paybackRef, document_id AS documentId, purpose,
    take, number, processor, reference, idempotency_key AS idempotencyKey, token, currency,
    amount_minor AS amountMinor, state, charge_id AS chargeId, refund_id AS refundId, code,
    decline_class AS declineClass, tries, looked, first_sent_ms AS firstSentMs, sent_ms AS sentMs,
    not_before_ms AS notBeforeMs`;
  const collectionOf = db
    .prepare<[number], number>('SELECT collection_ref FROM attempt WHERE ref = ?')
    .pluck();
  const of = db.prepare<[number], AttemptRow>(
    `SELECT ${columns} FROM attempt WHERE collection_ref = +? ORDER BY ref`,
  );
  const byReference = db.prepare<[string, string], AttemptRow>(
    `SELECT ${columns} FROM attempt WHERE reference = +? AND processor = +?`,
  );
  const byCharge = db.prepare<[string, string], AttemptRow>(
    `SELECT ${columns} FROM attempt WHERE processor = +? AND charge_id = +? AND purpose = 'charge' LIMIT 1`,
  );
  const byRefund = db.prepare<[string, string], AttemptRow>(
    `SELECT ${columns} FROM attempt WHERE processor = +? AND refund_id = +? LIMIT 1`,
  );
  const onTheirWay = db.prepare<[], AttemptRow>(`SELECT ${columns} FROM attempt WHERE state = 'sent'`);
  const insert = db.prepare(
    `INSERT INTO attempt (collection_ref, payback_ref, appliance_ref, document_id, purpose, take, number, processor,
       reference, idempotency_key, token, currency, amount_minor, charge_id, state, first_sent_ms, sent_ms)
     VALUES (@collectionRef, @paybackRef, @applianceRef, @documentId, @purpose, @take, @number, @processor, @reference,
       @idempotencyKey, @token, @currency, CAST(@amountMinor AS INTEGER), @chargeId, 'sent',
       CAST(@nowMs AS INTEGER), CAST(@nowMs AS INTEGER))`,
  );
  const sendAgain = db.prepare(
    `UPDATE attempt SET state = 'sent', tries = tries + 1, looked = 0, sent_ms = ?, not_before_ms = NULL WHERE ref = +?`,
  );
  const change = db.prepare(
    `UPDATE attempt SET state = @state, charge_id = coalesce(@chargeId, charge_id),
       refund_id = coalesce(@refundId, refund_id), code = @code, decline_class = @declineClass, looked = @looked,
       not_before_ms = CAST(@notBeforeMs AS INTEGER), answered_ms = CAST(@nowMs AS INTEGER) WHERE ref = +@ref`,
  );
  const setState = db.prepare('UPDATE attempt SET state = ?, code = ?, not_before_ms = ? WHERE ref = +?');
  const onlyHolds = db.prepare(`UPDATE attempt SET take = 'authorise' WHERE ref = +?`);
  const tell = db.prepare(
    `INSERT INTO attempt_event (attempt_ref, number, kind, detail, at_ms)
     SELECT @ref, coalesce(max(number), 0) + 1, @kind, @detail, CAST(@nowMs AS INTEGER)
     FROM attempt_event WHERE attempt_ref = +@ref`,
  );
  const told = db
    .prepare<[number, EventKind, string], number>(
      `SELECT count(*) FROM attempt a JOIN attempt_event e ON e.attempt_ref = a.ref
       WHERE a.collection_ref = ? AND e.kind = ? AND e.detail = ?`,
    )
    .pluck();
  const hurry = db.prepare(
    `UPDATE attempt SET not_before_ms = ? WHERE collection_ref = +? AND state IN ('unknown', 'unavailable')
     AND not_before_ms IS NOT NULL`,
  );

  return {
    collectionOf: (ref) => collectionOf.get(ref) ?? null,
    of: (collectionRef) => of.all(collectionRef),
    findNamed: (processor, { reference, chargeId }) =>
      (reference === null ? undefined : byReference.get(reference, processor)) ??
      (chargeId === null ? undefined : byCharge.get(processor, chargeId)) ??
      null,
    findRefund: (processor, { reference, refundId }) =>
      (reference === null ? undefined : byReference.get(reference, processor)) ??
      byRefund.get(processor, refundId) ??
      null,
    add: (attempt, nowMs) => Number(insert.run({ ...attempt, nowMs }).lastInsertRowid),
    sendAgain: (ref, nowMs) => void sendAgain.run(nowMs, ref),
    change(ref, learned, nowMs) {
      const { state, chargeId = null, refundId = null, code, declineClass, looked, notBeforeMs } = learned;
      change.run({ ref, state, chargeId, refundId, code, declineClass, looked, notBeforeMs, nowMs });
    },
    setState: (ref, state, code, notBeforeMs) => void setState.run(state, code, notBeforeMs, ref),
    onlyHolds: (ref) => void onlyHolds.run(ref),
    wasTold: (collectionRef, kind, detail) => (told.get(collectionRef, kind, detail) ?? 0) > 0,
    tell: (ref, kind, detail, nowMs) => void tell.run({ ref, kind, detail, nowMs }),
    hurry: (collectionRef, nowMs) => void hurry.run(nowMs, collectionRef),
    onTheirWay: () => onTheirWay.all(),
  };
}
