// What was heard of an attempt, carried into the tables and the books; then the rule is asked again. Everything that is
// heard twice, late or out of order ends the same.
import { unreachable } from '../../../kit/assert.ts';
import type { ChargeState } from '../../processors/port.ts';
import { aliveCharge, captureFailed, isCaptureFailed, madeTwice } from '../facts.ts';
import { isOpen, type Learned, learnAnswer, learnCharge } from '../learn.ts';
import { learnLookUp } from '../learn-look-up.ts';
import { next } from '../next.ts';
import type { AnyLookUp, AnyOutcome } from '../port.ts';
import type { AttemptRow, AttemptTable, EventKind } from './attempts.ts';
import { type AnswerAsked, type Case, type Cases, type ChargingParts, noneBroken } from './case.ts';
import type { CollectionTable } from './collections.ts';
import type { Money } from './money.ts';
import type { Plans } from './plans.ts';

export interface Learning {
  answered(attemptRef: number, outcome: AnyOutcome, nowMs: number): void;
  lookedUp(attemptRef: number, result: AnyLookUp, nowMs: number): void;
  /** The processor took a capture back after it was booked. False: that is known, or nothing was captured. */
  captureFailed(one: Case, attempt: AttemptRow, heard: Heard, nowMs: number): boolean;
  /** Takes what was learned of an attempt of the case, and plans the next step. */
  take(one: Case, attempt: AttemptRow, learned: Learned | null, heard: Heard, nowMs: number): void;
}

export interface Heard {
  kind: EventKind;
  detail: string;
}

export function createLearning(
  parts: ChargingParts,
  tables: { collections: CollectionTable; attempts: AttemptTable },
  cases: Cases,
  { money, plans, answerAsked }: { money: Money; plans: Plans; answerAsked: AnswerAsked },
): Learning {
  const { attempts, collections } = tables;

  function find(attemptRef: number): { one: Case; attempt: AttemptRow } | null {
    const collectionRef = attempts.collectionOf(attemptRef);
    if (collectionRef === null) return null;
    const one = cases.load(collectionRef);
    const attempt = one.attempts.find(({ ref }) => ref === attemptRef);
    return attempt ? { one, attempt } : null;
  }

  function take(one: Case, attempt: AttemptRow, learned: Learned | null, heard: Heard, nowMs: number): void {
    attempts.tell(attempt.ref, heard.kind, heard.detail, nowMs);
    if (learned) change(one, attempt, learned, nowMs);
    if (one.asked) answer(one, nowMs);
    plans.plan(one, nowMs);
  }

  function change(one: Case, attempt: AttemptRow, learned: Learned, nowMs: number): void {
    const before = attempt.state;
    const alive = aliveCharge(one.attempts);
    const isCharge = attempt.purpose === 'charge';
    if (isCharge && learned.state === 'approved' && alive !== null && alive.ref !== attempt.ref) {
      // It was held for not made, and another took its place: both may hold money (I13). A person gives one back.
      attempt.code = madeTwice;
      attempts.setState(attempt.ref, before, madeTwice, null);
      return;
    }
    Object.assign(attempt, withoutUndefined(learned));
    attempts.change(attempt.ref, learned, nowMs);
    if (isCaptureFailed(attempt)) onlyHolds(attempt);
    if (learned.charge) tookCharge(one, attempt, learned.charge, nowMs);
    if (attempt.purpose === 'refund') tookRefund(one, attempt, before, nowMs);
    if (isCharge && attempt.state === 'declined' && before !== 'declined') refuseCard(one, attempt, nowMs);
  }

  function onlyHolds(charge: AttemptRow): void {
    if (charge.take !== 'authorise_and_capture') return;
    charge.take = 'authorise';
    attempts.onlyHolds(charge.ref);
  }

  /** Its booking falls, and a person says how it goes on; so does one where the booking must stand. */
  function tookBack(one: Case, named: AttemptRow, heard: Heard, nowMs: number): boolean {
    const about = one.attempts.filter(({ chargeId }) => chargeId === named.chargeId);
    const captured = about.find(({ purpose, state }) => purpose === 'capture' && state === 'approved');
    // The capture that was made, else the charge that was captured with its authorisation.
    const failed = captured ?? about.find(({ purpose }) => purpose === 'charge');
    const isOther = named.purpose === 'capture' && named !== captured;
    if (failed === undefined || isOther || isCaptureFailed(failed) || one.data.capturedMinor === 0)
      return false;
    attempts.tell(failed.ref, heard.kind, heard.detail, nowMs);
    const reversed = money.captureFailed(one, nowMs);
    failed.code = captureFailed;
    if (reversed && failed.purpose === 'capture') failed.state = 'declined';
    attempts.setState(failed.ref, failed.state, captureFailed, null);
    if (reversed && failed.purpose === 'charge') onlyHolds(failed);
    plans.plan(one, nowMs);
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

  function refuseCard({ data }: Case, { declineClass }: AttemptRow, nowMs: number): void {
    if (declineClass === 'fraud' || declineClass === 'do_not_retry') {
      parts.refuseCard(data.fingerprint, nowMs);
    }
  }

  /** The kiosk's question, unless another processor is asked first. */
  function answer(one: Case, nowMs: number): void {
    const { applianceRef, checkoutId } = one.data;
    const last = one.attempts.findLast(({ purpose }) => purpose === 'charge');
    if (last?.state === 'sent') return;
    if (next(cases.factsOf(one), cases.routeOf(one.data, noneBroken), nowMs).kind === 'send') return;
    const item = answerAsked({ applianceRef, checkoutId, answer: answerOf(last) }, nowMs);
    one.asked = false;
    if (item) parts.appendFeed(applianceRef, [item]);
  }

  return {
    take,
    captureFailed: tookBack,
    answered(attemptRef, outcome, nowMs) {
      const found = find(attemptRef);
      if (found === null) return;
      const { one, attempt } = found;
      const learned = learnAnswer(attempt, outcome, declinesBefore(one, attempt), nowMs);
      take(one, attempt, learned, { kind: 'answered', detail: outcomeWords(outcome) }, nowMs);
    },
    lookedUp(attemptRef, result, nowMs) {
      const found = find(attemptRef);
      if (found === null) return;
      const { one, attempt } = found;
      const context = {
        declinesBefore: declinesBefore(one, attempt),
        madeBefore: one.attempts.filter(({ purpose }) => purpose === attempt.purpose).length,
        keyLifeMs: parts.routing.processors[attempt.processor]?.keyLifeMs ?? 0,
      };
      const learned = learnLookUp(attempt, result, context, nowMs);
      take(one, attempt, learned, { kind: 'looked_up', detail: lookUpWords(result) }, nowMs);
    },
  };
}

export function declinesBefore({ attempts }: Case, attempt: AttemptRow): number {
  return attempts.filter(
    ({ purpose, state, ref }) => purpose === 'charge' && state === 'declined' && ref !== attempt.ref,
  ).length;
}

function answerOf(charge: AttemptRow | undefined) {
  if (charge?.state === 'approved') return { kind: 'authorised' } as const;
  if (charge?.state !== 'declined') return { kind: 'unknown' } as const;
  return { kind: 'declined', code: charge.code ?? 'card_declined' } as const;
}

function withoutUndefined({ charge: _, ...learned }: Learned): Partial<AttemptRow> {
  return Object.fromEntries(Object.entries(learned).filter(([, value]) => value !== undefined));
}

function outcomeWords(outcome: AnyOutcome): string {
  switch (outcome.kind) {
    case 'approved':
      return 'charge' in outcome
        ? `approved: ${outcome.charge.chargeId} ${outcome.charge.state}`
        : `approved: ${outcome.refund.refundId} ${outcome.refund.state}`;
    case 'declined':
      return `declined: ${outcome.code} (${outcome.declineClass})`;
    case 'unknown':
      return `unknown: ${outcome.reason}`;
    case 'rejected':
      return `rejected: ${outcome.code}${outcome.field === null ? '' : ` in ${outcome.field}`}`;
    case 'unavailable':
      return `unavailable: ${outcome.code}`;
    default:
      return unreachable(outcome);
  }
}

function lookUpWords(result: AnyLookUp): string {
  switch (result.kind) {
    case 'found':
      return `found: ${result.found.map((one) => `${'refundId' in one ? one.refundId : one.chargeId} ${one.state}`).join(', ')}`;
    case 'not_found':
      return 'not found';
    case 'repeat':
      return 'cannot be asked: the same request by its key says what became of it';
    case 'too_early':
      return 'not found yet: the processor may not have caught up with itself';
    case 'unavailable':
      return `unavailable: ${result.code}`;
    default:
      return unreachable(result);
  }
}
