// The ledger's own rows: documents as they stand, movements with their postings, balances, and what was parked.
import type Database from 'better-sqlite3';
import type { FulfilmentStep } from '../../../contract/checkout.ts';
import type { DocumentEntry } from '../../../contract/entry.ts';
import type { VerdictKind } from '../../../contract/verdict.ts';
import { assert } from '../../../kit/assert.ts';
import type { MovementReason, Posting } from '../postings.ts';
import type { CheckoutChange, DocumentState, NewDocument, ParkReason } from '../settle.ts';

/** Where an entry stands, for everything that is written about it. */
export interface Source {
  applianceRef: number;
  journalRef: number;
  seq: number;
  nowMs: number;
}

/** What a movement comes from: a journal's entry, or a row of the table that the kind names. */
export type MovementSource =
  | { kind: 'entry'; journalRef: number; seq: number }
  | { kind: OtherSource; ref: number };
export type OtherSource =
  | 'attempt'
  | 'write_off'
  | 'dispute'
  | 'report_row'
  | 'bank_entry'
  | 'payout'
  | 'exception'
  | 'reversal';

export interface Books {
  find(applianceRef: number, id: string): DocumentState | null;
  addDocument(
    source: Source,
    entry: DocumentEntry,
    state: 'booked' | 'recorded',
    document: NewDocument,
  ): void;
  /** Inside piece(); answers the movement's id. */
  addMovement(
    source: MovementSource,
    reason: MovementReason,
    postings: readonly Posting[],
    nowMs: number,
  ): number;
  changeCheckout(applianceRef: number, change: CheckoutChange): void;
  /** The newest step of a checkout's fulfilment. */
  setFulfilment(applianceRef: number, checkoutId: string, step: FulfilmentStep): void;
  park(source: Source, reason: ParkReason, named: { id: string | null; kind: string | null }): void;
  /** Does the work, then writes what its movements add to each account: once a piece, not once a posting. */
  piece<T>(work: () => T): T;
}

interface FoundRow {
  kind: DocumentEntry['kind'];
  verdict: VerdictKind;
  currency: string;
  totalMinor: number;
  refundedMinor: number;
  voidedBy: string | null;
}

export function createBooks(db: Database.Database): Books {
  const find = db.prepare<[string, number], FoundRow>(
    `SELECT kind, verdict, currency, total_minor AS totalMinor, refunded_minor AS refundedMinor, voided_by AS voidedBy
     FROM document WHERE id = ? AND appliance_ref = ?`,
  );
  const insertDocument = db.prepare(
    `INSERT INTO document (appliance_ref, id, journal_ref, seq, kind, verdict, state, currency, total_minor,
       checkout_id, slip, fulfilment, at_ms, last4, booked_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const insertMovement = db.prepare(
    `INSERT INTO movement (source, journal_ref, seq, source_ref, reason, booked_ms) VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const insertPosting = db.prepare(
    'INSERT INTO posting (movement_id, line, account, currency, amount_minor) VALUES (?, ?, ?, ?, ?)',
  );
  const changeCheckout = db.prepare(
    'UPDATE document SET refunded_minor = ?, voided_by = ? WHERE id = ? AND appliance_ref = ?',
  );
  const setFulfilment = db.prepare('UPDATE document SET fulfilment = ? WHERE id = ? AND appliance_ref = ?');
  const insertParked = db.prepare(
    'INSERT INTO parked (journal_ref, seq, reason, document_id, kind, parked_ms) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const addBalance = db.prepare(
    // why the cast: a number above 2^31 is bound as a REAL, and REAL arithmetic rounds above 2^53.
    `INSERT INTO account (name, currency, balance_minor) VALUES (@account, @currency, CAST(@amountMinor AS INTEGER))
     ON CONFLICT (name, currency) DO UPDATE SET balance_minor = balance_minor + CAST(@amountMinor AS INTEGER)`,
  );
  const unsettled = new Map<string, Posting>();

  return {
    find: (applianceRef, id) => find.get(id, applianceRef) ?? null,
    addDocument({ applianceRef, journalRef, seq, nowMs }, entry, state, document) {
      const { currency, totalMinor, checkoutId } = document;
      const slip = 'slip' in entry ? (entry.slip ?? null) : null;
      const step = entry.kind === 'fulfilment' ? entry.fulfilment.step : null;
      const atMs = entry.at.central?.ms ?? entry.at.wallMs;
      const last4 = entry.kind === 'checkout' ? (entry.checkout.payment?.last4 ?? null) : null;
      const said = [
        entry.kind,
        entry.verdict,
        state,
        currency,
        totalMinor,
        checkoutId,
        slip,
        step,
        atMs,
        last4,
      ];
      insertDocument.run(applianceRef, entry.id, journalRef, seq, ...said, nowMs);
    },
    addMovement(source, reason, postings, nowMs) {
      assertBalanced(postings);
      const from = source.kind === 'entry' ? [source.journalRef, source.seq, null] : [null, null, source.ref];
      const { lastInsertRowid } = insertMovement.run(source.kind, ...from, reason, nowMs);
      postings.forEach((posting, line) => {
        const { account, currency, amountMinor } = posting;
        insertPosting.run(lastInsertRowid, line, account, currency, amountMinor);
        const key = `${account} ${currency}`;
        const sum = (unsettled.get(key)?.amountMinor ?? 0) + amountMinor;
        unsettled.set(key, { ...posting, amountMinor: sum });
      });
      return Number(lastInsertRowid);
    },
    changeCheckout(applianceRef, { checkoutId, refundedMinor, voidedBy }) {
      changeCheckout.run(refundedMinor, voidedBy, checkoutId, applianceRef);
    },
    setFulfilment: (applianceRef, checkoutId, step) => void setFulfilment.run(step, checkoutId, applianceRef),
    park({ journalRef, seq, nowMs }, reason, { id, kind }) {
      insertParked.run(journalRef, seq, reason, id, kind, nowMs);
    },
    piece(work) {
      assert(unsettled.size === 0, 'pieces do not nest');
      try {
        const result = work();
        for (const sum of unsettled.values()) addBalance.run(sum);
        return result;
      } finally {
        unsettled.clear();
      }
    },
  };
}

/** I6, per currency and before anything is written. */
function assertBalanced(postings: readonly Posting[]): void {
  const sums = new Map<string, number>();
  for (const { currency, amountMinor } of postings) {
    assert(Number.isSafeInteger(amountMinor), 'an amount is an integer below 2^53');
    sums.set(currency, (sums.get(currency) ?? 0) + amountMinor);
  }
  for (const sum of sums.values()) assert(sum === 0, 'postings sum to zero (I6)');
}
