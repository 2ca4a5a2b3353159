// What is to be collected, as it stands, with the refunds that belong to it and when its next step is due.
import type Database from 'better-sqlite3';
import type { CollectionFacts, PaybackFacts } from '../facts.ts';
import type { CollectionState, HeldFor } from '../port.ts';

export interface CollectionData {
  ref: number;
  applianceRef: number;
  applianceId: string;
  site: string | null;
  checkoutId: string;
  currency: string;
  totalMinor: number;
  token: string;
  fingerprint: string;
  scheme: string;
  origin: 'offline' | 'online';
  wanted: CollectionFacts['wanted'];
  state: CollectionState;
  capturedMinor: number;
  refundedMinor: number;
  lostMinor: number;
  heldFor: HeldFor | null;
  dueMs: number | null;
  processor: string | null;
  lane: Lane | null;
}

/** 0 a kiosk waits, 1 it can be done nowhere else, 2 a charge that another processor may make. */
export type Lane = 0 | 1 | 2;

/** In the place of a processor: it is still to be said by somebody who knows the routing rules. */
export const unrouted = '';

/** Where the next step is made, and when. */
export interface Due {
  dueMs: number;
  processor: string;
  lane: Lane;
}

export interface NewCollection {
  applianceRef: number;
  checkoutId: string;
  currency: string;
  totalMinor: number;
  token: string;
  fingerprint: string;
  scheme: string;
  origin: 'offline' | 'online';
  wanted: CollectionFacts['wanted'];
  heldFor: HeldFor | null;
  due: Due | null;
  nowMs: number;
}

export interface PaybackRow extends PaybackFacts {
  documentId: string;
}

export interface CollectionTable {
  add(collection: NewCollection): void;
  find(applianceRef: number, checkoutId: string): CollectionData | null;
  get(ref: number): CollectionData;
  setWanted(ref: number, wanted: CollectionFacts['wanted']): void;
  /** What money did. */
  setMoney(ref: number, money: { capturedMinor: number; refundedMinor: number; lostMinor: number }): void;
  setPlan(ref: number, state: CollectionState, heldFor: HeldFor | null, due: Due | null): void;
  due(processor: string, lane: Lane, nowMs: number, count: number): number[];
  nextDueMs(processor: string): number | null;
  /** What was handed out for a look-up and not answered, among others that wait as long: due now. */
  hurry(processor: string, untilMs: number, nowMs: number): number;
  /** What waits for a processor that is not configured any more is to be routed anew. Answers how many. */
  rerouteOthers(processors: readonly string[], nowMs: number): number;
  addPayback(collectionRef: number, documentId: string, amountMinor: number): void;
  paybacks(collectionRef: number): PaybackRow[];
  setPayback(ref: number, state: PaybackFacts['state']): void;
  /** Of a checkout, or of a refund of one. */
  refOfDocument(applianceRef: number, documentId: string): number | null;
}

export function createCollectionTable(db: Database.Database): CollectionTable {
  const columns = `SELECT c.ref, c.appliance_ref AS applianceRef, a.id AS applianceId, a.site, c.checkout_id AS checkoutId,
      c.currency, c.total_minor AS totalMinor, c.token, c.fingerprint, c.scheme, c.origin, c.wanted, c.state,
      c.captured_minor AS capturedMinor, c.refunded_minor AS refundedMinor, c.lost_minor AS lostMinor,
      c.held_for AS heldFor, c.due_ms AS dueMs, c.processor, c.lane
    FROM collection c JOIN appliance a ON a.ref = c.appliance_ref`;
  const insert = db.prepare(
    `INSERT INTO collection (appliance_ref, checkout_id, currency, total_minor, token, fingerprint, scheme, origin, wanted,
       state, held_for, due_ms, processor, lane, opened_ms)
     VALUES (@applianceRef, @checkoutId, @currency, CAST(@totalMinor AS INTEGER), @token, @fingerprint, @scheme, @origin,
       @wanted, CASE WHEN @heldFor IS NULL THEN 'open' ELSE 'held' END, @heldFor, CAST(@dueMs AS INTEGER), @processor,
       CAST(@lane AS INTEGER), CAST(@nowMs AS INTEGER))`,
  );
  const find = db.prepare<[number, string], CollectionData>(
    `${columns} WHERE c.appliance_ref = +? AND c.checkout_id = +?`,
  );
  const get = db.prepare<[number], CollectionData>(`${columns} WHERE c.ref = +?`);
  const setWanted = db.prepare('UPDATE collection SET wanted = ? WHERE ref = +?');
  const setMoney = db.prepare(
    'UPDATE collection SET captured_minor = ?, refunded_minor = ?, lost_minor = ? WHERE ref = +?',
  );
  const setPlan = db.prepare(
    'UPDATE collection SET state = ?, held_for = ?, due_ms = ?, processor = ?, lane = ? WHERE ref = +?',
  );
  const due = db
    .prepare<[string, number, number, number], number>(
      'SELECT ref FROM collection WHERE processor = ? AND lane = ? AND due_ms <= ? ORDER BY due_ms LIMIT ?',
    )
    .pluck();
  const nextDue = db
    .prepare<[string, number], number | null>(
      'SELECT min(due_ms) FROM collection WHERE processor = ? AND lane = ? AND due_ms IS NOT NULL',
    )
    .pluck();
  const hurry = db.prepare(
    'UPDATE collection SET due_ms = @nowMs WHERE processor = @processor AND lane = 1 AND due_ms > @nowMs AND due_ms <= @untilMs',
  );
  const reroute = db.prepare(
    `UPDATE collection SET processor = '${unrouted}', lane = 2, due_ms = ? WHERE due_ms IS NOT NULL
     AND processor NOT IN (SELECT value FROM json_each(?))`,
  );
  const insertPayback = db.prepare(
    `INSERT INTO payback (collection_ref, document_id, amount_minor, state) VALUES (?, ?, CAST(? AS INTEGER), 'open')`,
  );
  const paybacks = db.prepare<[number], PaybackRow>(
    `SELECT ref, document_id AS documentId, amount_minor AS amountMinor, state FROM payback
     WHERE collection_ref = ?`,
  );
  const setPayback = db.prepare('UPDATE payback SET state = ? WHERE ref = ?');
  const refOfDocument = db
    .prepare<{ applianceRef: number; documentId: string }, number>(
      `SELECT ref FROM collection WHERE appliance_ref = @applianceRef AND checkout_id = @documentId
       UNION ALL SELECT payback.collection_ref FROM document d
         JOIN collection c ON c.appliance_ref = d.appliance_ref AND c.checkout_id = d.checkout_id
         JOIN payback ON payback.collection_ref = c.ref AND payback.document_id = d.id
       WHERE d.id = @documentId AND d.appliance_ref = @applianceRef`,
    )
    .pluck();
  const lanes: readonly Lane[] = [0, 1, 2];

  return {
    add({ due: step, ...collection }) {
      const { dueMs = null, processor = null, lane = null } = step ?? {};
      insert.run({ ...collection, dueMs, processor, lane });
    },
    find: (applianceRef, checkoutId) => find.get(applianceRef, checkoutId) ?? null,
    get(ref) {
      const row = get.get(ref);
      if (row === undefined) throw new Error(`assertion failed: collection ${ref} is missing`);
      return row;
    },
    setWanted: (ref, wanted) => void setWanted.run(wanted, ref),
    setMoney: (ref, { capturedMinor, refundedMinor, lostMinor }) =>
      void setMoney.run(capturedMinor, refundedMinor, lostMinor, ref),
    setPlan: (ref, state, heldFor, step) =>
      void setPlan.run(state, heldFor, step?.dueMs ?? null, step?.processor ?? null, step?.lane ?? null, ref),
    due: (processor, lane, nowMs, count) => due.all(processor, lane, nowMs, count),
    nextDueMs(processor) {
      const found = lanes.flatMap((lane) => nextDue.get(processor, lane) ?? []);
      return found.length === 0 ? null : Math.min(...found);
    },
    hurry: (processor, untilMs, nowMs) => hurry.run({ processor, untilMs, nowMs }).changes,
    rerouteOthers: (processors, nowMs) => reroute.run(nowMs, JSON.stringify(processors)).changes,
    addPayback: (collectionRef, documentId, amountMinor) =>
      void insertPayback.run(collectionRef, documentId, amountMinor),
    // why sorted here: the index that finds them is in another order, and mostly there is none.
    paybacks: (collectionRef) => paybacks.all(collectionRef).sort((a, b) => a.ref - b.ref),
    setPayback: (ref, state) => void setPayback.run(state, ref),
    refOfDocument: (applianceRef, documentId) => refOfDocument.get({ applianceRef, documentId }) ?? null,
  };
}
