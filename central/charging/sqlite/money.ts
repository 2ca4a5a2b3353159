// What the processors' answers mean for the books: each is one movement of the attempt that it came of, and the amounts on
// the collection follow it. The chart of accounts is in docs/operations/accounts.md.
import type Database from 'better-sqlite3';
import { type MovementReason, move, type Posting, reversed } from '../../ledger/postings.ts';
import type { Books } from '../../ledger/sqlite/books.ts';
import type { AttemptRow } from './attempts.ts';
import type { Case } from './case.ts';
import type { CollectionTable } from './collections.ts';

export interface Money {
  /**
   * Taken at the processor; a loss that was written off before is none. False, and nothing is booked, where this call's capture
   * was booked and taken back, and no other call asked for one since.
   */
  captured(one: Case, attempt: AttemptRow, amountMinor: number, nowMs: number): boolean;
  /**
   * What was booked as captured did not come: its movement is reversed. What refunds of the counter gave back stays given
   * back: the customer, who has it, owes the whole sale again. False, and nothing is booked, where the sale was undone or
   * settled otherwise since: what is true then is for a person.
   */
  captureFailed(one: Case, nowMs: number): boolean;
  /** Given back at the processor: a refund of the counter, or the whole of a sale that was undone. */
  returned(one: Case, attempt: AttemptRow, nowMs: number): void;
  /** A refund that was made has failed after all. */
  returnFailed(one: Case, attempt: AttemptRow, nowMs: number): void;
  /** Not to be collected: a loss, or for a person to place. */
  writeOff(one: Case, to: 'expense:offline_loss' | 'suspense', nowMs: number): void;
  /** What was written off is not lost: collected after all, or never sold. */
  correctLoss(one: Case, nowMs: number): void;
}

export function createMoney(
  db: Database.Database,
  books: Pick<Books, 'addMovement'>,
  collections: Pick<CollectionTable, 'setMoney'>,
): Money {
  const postingsOf = db.prepare<[string, number, MovementReason, MovementReason], Posting>(
    `SELECT account, currency, amount_minor AS amountMinor FROM posting WHERE movement_id =
       -- why the first words: by them the index of a movement's source is found.
       (SELECT id FROM movement WHERE source <> 'entry' AND source = ? AND source_ref = ? AND reason IN (?, ?)) ORDER BY line`,
  );
  const keep = (one: Case, changed: Partial<Case['data']>) => {
    Object.assign(one.data, changed);
    collections.setMoney(one.data.ref, one.data);
  };

  function correctLoss(one: Case, nowMs: number): void {
    const source = { kind: 'write_off', ref: one.data.ref } as const;
    const lost = postingsOf.all('write_off', source.ref, 'write_off', 'suspense');
    books.addMovement(source, 'correction', reversed(lost), nowMs);
    keep(one, { lostMinor: 0 });
  }

  /** The call that a capture is booked for: of each it is booked once, and one that was taken back may be made again. */
  function captureOf({ attempts }: Case, attempt: AttemptRow): AttemptRow | undefined {
    // One that was taken back only holds from then on.
    if (attempt.take === 'authorise_and_capture') return attempt;
    const again = attempts.filter(
      ({ purpose, chargeId, ref }) =>
        purpose === 'capture' && chargeId === attempt.chargeId && ref > attempt.ref,
    );
    return [attempt, ...again].find(
      ({ ref }) => postingsOf.all('attempt', ref, 'capture', 'capture').length === 0,
    );
  }

  return {
    captured(one, attempt, amountMinor, nowMs) {
      const { currency, lostMinor } = one.data;
      const source = captureOf(one, attempt);
      if (source === undefined) return false;
      if (lostMinor > 0) correctLoss(one, nowMs);
      const postings = move(
        currency,
        amountMinor,
        `receivable:processor:${attempt.processor}`,
        'receivable:customer',
      );
      books.addMovement({ kind: 'attempt', ref: source.ref }, 'capture', postings, nowMs);
      keep(one, { capturedMinor: amountMinor });
      return true;
    },
    captureFailed(one, nowMs) {
      const undoes = one.attempts.some(
        ({ purpose, state, paybackRef }) =>
          purpose === 'refund' && paybackRef === null && (state === 'approved' || isOnItsWay(state)),
      );
      if (one.data.lostMinor > 0 || undoes) return false;
      const taken = one.attempts.find(
        ({ ref }) =>
          postingsOf.all('attempt', ref, 'capture', 'capture').length > 0 &&
          postingsOf.all('attempt', ref, 'adjustment', 'adjustment').length === 0,
      );
      if (taken === undefined) return false;
      const booked = postingsOf.all('attempt', taken.ref, 'capture', 'capture');
      books.addMovement({ kind: 'attempt', ref: taken.ref }, 'adjustment', reversed(booked), nowMs);
      keep(one, { capturedMinor: 0 });
      return true;
    },
    returned(one, attempt, nowMs) {
      const { amountMinor, processor, paybackRef, currency } = attempt;
      const [reason, owed] =
        paybackRef === null
          ? (['void_made', 'receivable:customer'] as const)
          : (['refund_made', 'payable:refund'] as const);
      const postings = move(currency, amountMinor, owed, `receivable:processor:${processor}`);
      books.addMovement({ kind: 'attempt', ref: attempt.ref }, reason, postings, nowMs);
      keep(one, { refundedMinor: one.data.refundedMinor + amountMinor });
    },
    returnFailed(one, attempt, nowMs) {
      const source = { kind: 'attempt', ref: attempt.ref } as const;
      const made = postingsOf.all('attempt', attempt.ref, 'refund_made', 'void_made');
      books.addMovement(source, 'correction', reversed(made), nowMs);
      keep(one, { refundedMinor: one.data.refundedMinor - attempt.amountMinor });
    },
    writeOff(one, to, nowMs) {
      const { ref, currency, totalMinor, capturedMinor } = one.data;
      const lostMinor = totalMinor - capturedMinor;
      const postings = move(currency, lostMinor, to, 'receivable:customer');
      const reason = to === 'suspense' ? 'suspense' : 'write_off';
      books.addMovement({ kind: 'write_off', ref }, reason, postings, nowMs);
      keep(one, { lostMinor });
    },
    correctLoss,
  };
}

/** It may have given money back, or may yet. */
function isOnItsWay(state: AttemptRow['state']): boolean {
  return state === 'sent' || state === 'pending' || state === 'unknown' || state === 'unavailable';
}
