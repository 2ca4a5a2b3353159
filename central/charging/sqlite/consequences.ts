// What follows when an attempt becomes something else: in the books, for the checkout's other calls, and for what is owed of
// it. The rule is asked again by whoever heard it (learning.ts).
import type { ChargeState } from '../../processors/port.ts';
import { captureFailed, isCaptureFailed } from '../facts.ts';
import { isOpen, type Learned, learnCharge } from '../learn.ts';
import type { AttemptRow, AttemptTable, EventKind } from './attempts.ts';
import type { Case, Cases } from './case.ts';
import type { CollectionTable } from './collections.ts';
import type { Money } from './money.ts';

export interface Heard {
  kind: EventKind;
  detail: string;
}

export interface Consequences {
  /** Captured or voided: of the charge itself, and of every call about it whose outcome is open. */
  tookCharge(one: Case, attempt: AttemptRow, said: NonNullable<Learned['charge']>, nowMs: number): void;
  /** A refund that was made, or that has failed after it was made. */
  tookRefund(one: Case, attempt: AttemptRow, before: AttemptRow['state'], nowMs: number): void;
  /**
   * A capture that was booked was taken back: its booking falls, and a person says how it goes on; so does one where the booking
   * must stand. False: that is known, or nothing was captured.
   */
  tookBack(one: Case, named: AttemptRow, heard: Heard, nowMs: number): boolean;
  /** A charge whose capture failed is from then on a hold. */
  onlyHolds(charge: AttemptRow): void;
}

export function createConsequences(
  { attempts, collections }: { attempts: AttemptTable; collections: CollectionTable },
  cases: Cases,
  money: Money,
): Consequences {
  function onlyHolds(charge: AttemptRow): void {
    if (charge.take !== 'authorise_and_capture') return;
    charge.take = 'authorise';
    attempts.onlyHolds(charge.ref);
  }

  /** Its booking falls, and a person says how it goes on; so does one where the booking must stand. */
  function tookBack(one: Case, named: AttemptRow, heard: Heard, nowMs: number): boolean {
    // Replayed after it was captured once more: it says nothing of that.
    const detail = `${heard.detail}: its capture was taken back`;
    if (attempts.wasTold(one.data.ref, heard.kind, detail)) return false;
    const about = one.attempts.filter(({ chargeId }) => chargeId === named.chargeId);
    const captured = about.find(({ purpose, state }) => purpose === 'capture' && state === 'approved');
    // The capture that was made, else the charge that was captured with its authorisation.
    const failed = captured ?? about.find(({ purpose }) => purpose === 'charge');
    const isOther = named.purpose === 'capture' && named !== captured;
    if (failed === undefined || isOther || isCaptureFailed(failed) || one.data.capturedMinor === 0)
      return false;
    attempts.tell(failed.ref, heard.kind, detail, nowMs);
    const reversed = money.captureFailed(one, nowMs);
    failed.code = captureFailed;
    if (reversed && failed.purpose === 'capture') failed.state = 'declined';
    attempts.setState(failed.ref, failed.state, captureFailed, null);
    if (reversed && failed.purpose === 'charge') onlyHolds(failed);
    return true;
  }

  /** Captured or voided: of the charge itself, and of every call about it whose outcome is open. */
  function tookCharge(
    one: Case,
    attempt: AttemptRow,
    said: NonNullable<Learned['charge']>,
    nowMs: number,
  ): void {
    const { chargeId } = attempt;
    const made = one.attempts.find((other) => other.purpose === 'charge' && other.chargeId === chargeId);
    const { capturedMinor, totalMinor, wanted, checkoutId } = one.data;
    if (said.kind === 'captured' && capturedMinor === 0) {
      const amountMinor = Math.min(said.capturedMinor, totalMinor);
      // More than was asked for: the rest is not ours, and a person sees the difference.
      const isBooked = amountMinor > 0 && money.captured(one, attempt, amountMinor, nowMs);
      if (wanted === 'captured' && isBooked) cases.tell(one, checkoutId, 'captured', nowMs);
    }
    if (said.kind === 'voided' && made && capturedMinor === 0) setState(made, 'undone');
    spread(one, attempt, said, nowMs);
  }

  /** Every other call about the charge whose outcome is open. */
  function spread(one: Case, attempt: AttemptRow, said: NonNullable<Learned['charge']>, nowMs: number): void {
    const { chargeId } = attempt;
    const { currency, totalMinor, capturedMinor } = one.data;
    const amount = { currency, amountMinor: totalMinor };
    const charge: ChargeState = {
      ...{
        chargeId: chargeId ?? '',
        reference: null,
        state: said.kind,
        amount,
        capturedMinor,
        decline: null,
      },
    };
    const others = one.attempts.filter(
      (other) =>
        other !== attempt && other.purpose !== 'charge' && other.chargeId === chargeId && isOpen(other),
    );
    for (const other of others) {
      const learned = learnCharge(other, charge);
      if (learned === null) continue;
      Object.assign(other, withoutUndefined(learned));
      attempts.change(other.ref, learned, nowMs);
    }
  }

  function tookRefund(one: Case, attempt: AttemptRow, before: AttemptRow['state'], nowMs: number): void {
    const payback = one.paybacks.find(({ ref }) => ref === attempt.paybackRef);
    const charge = one.attempts.find(
      ({ purpose, chargeId }) => purpose === 'charge' && chargeId === attempt.chargeId,
    );
    if (attempt.state === 'approved' && before !== 'approved') {
      money.returned(one, attempt, nowMs);
      if (payback) {
        payback.state = 'returned';
        collections.setPayback(payback.ref, 'returned');
      } else if (charge && one.data.refundedMinor === one.data.capturedMinor) setState(charge, 'undone');
      cases.tell(one, attempt.documentId, 'refunded', nowMs);
    }
    if (attempt.state === 'declined' && before === 'approved') {
      if (payback) {
        payback.state = 'open';
        collections.setPayback(payback.ref, 'open');
      } else if (charge?.state === 'undone') setState(charge, 'approved');
      money.returnFailed(one, attempt, nowMs);
    }
  }

  function setState(attempt: AttemptRow, state: AttemptRow['state']): void {
    attempt.state = state;
    attempts.setState(attempt.ref, state, attempt.code, attempt.notBeforeMs);
  }

  return { tookCharge, tookRefund, tookBack, onlyHolds };
}

/** What the attempt becomes, and nothing that was not said. */
export function withoutUndefined({ charge: _, ...learned }: Learned): Partial<AttemptRow> {
  return Object.fromEntries(Object.entries(learned).filter(([, value]) => value !== undefined));
}
