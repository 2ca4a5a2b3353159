// What a person decides where the rule has asked one: it changes what is known, and the rule goes on from there.
import { isCaptureFailed, isFraud, riskElevated } from '../facts.ts';
import type { Decided, PersonDecision } from '../port.ts';
import type { AttemptRow, AttemptTable } from './attempts.ts';
import type { Case, Cases, ChargingParts } from './case.ts';
import type { CollectionTable } from './collections.ts';
import type { Money } from './money.ts';
import type { Plans } from './plans.ts';

export interface Deciding {
  /** False: nothing is held there any more. */
  decide(decision: Decided, nowMs: number): boolean;
}

export function createDeciding(
  parts: Pick<ChargingParts, 'refuseCard'>,
  tables: { collections: CollectionTable; attempts: AttemptTable },
  cases: Cases,
  { money, plans }: { money: Money; plans: Plans },
): Deciding {
  const { collections, attempts } = tables;

  /** What keeps the rule from going on: unknown, refused, declined at its end, there twice, or its capture taken back. */
  function stuck(one: Case): AttemptRow[] {
    return one.attempts.filter((attempt) => {
      const { state, purpose, code } = attempt;
      return (
        isCaptureFailed(attempt) ||
        state === 'unknown' ||
        state === 'unavailable' ||
        state === 'rejected' ||
        (state === 'declined' && purpose !== 'charge') ||
        code === 'made_twice'
      );
    });
  }

  function forget(one: Case, nowMs: number): void {
    for (const attempt of stuck(one)) {
      // The charge itself is there, and holds what may be captured.
      if (isCaptureFailed(attempt)) attempts.setState(attempt.ref, attempt.state, null, null);
      else attempts.setState(attempt.ref, 'not_made', 'by_a_person', nowMs);
    }
  }

  /** What was declined with a warning is given up, so that another charge may take its place. */
  function clearFraud(one: Case, nowMs: number): void {
    for (const { ref } of one.attempts.filter(isFraud)) {
      attempts.setState(ref, 'not_made', 'by_a_person', nowMs);
    }
    // What was approved with a warning stands as it is, and may be captured.
    for (const { ref, state, code } of one.attempts) {
      if (code === riskElevated) attempts.setState(ref, state, null, null);
    }
  }

  function decideCollection(one: Case, decision: PersonDecision, nowMs: number): void {
    const { ref, heldFor } = one.data;
    // The review is over: what follows is the rule's.
    collections.setPlan(ref, 'open', null, null);
    if (decision === 'try_again') askAgain(one, nowMs);
    else if (heldFor !== 'review') forget(one, nowMs);
    if (decision === 'collect' || decision === 'try_again') clearFraud(one, nowMs);
    if (decision === 'give_up' || decision === 'settled_otherwise') giveUp(one, decision, nowMs);
  }

  /** Nothing that was refused is known to be there: it is made anew; what nobody knows is asked from the start. */
  function askAgain(one: Case, nowMs: number): void {
    for (const attempt of stuck(one)) {
      const { ref, state, code } = attempt;
      if (isCaptureFailed(attempt)) {
        attempts.setState(ref, state, null, null);
        continue;
      }
      const known = state === 'rejected' || state === 'declined';
      attempts.setState(ref, known ? 'not_made' : state, code === 'made_twice' ? null : code, nowMs);
    }
  }

  function giveUp(one: Case, decision: 'give_up' | 'settled_otherwise', nowMs: number): void {
    const { wanted, capturedMinor, totalMinor, lostMinor, fingerprint, checkoutId } = one.data;
    if (wanted !== 'captured' || lostMinor > 0 || capturedMinor === totalMinor) return;
    if (decision === 'settled_otherwise') {
      money.writeOff(one, 'suspense', nowMs);
      cases.tell(one, checkoutId, 'settled', nowMs);
      return;
    }
    money.writeOff(one, 'expense:offline_loss', nowMs);
    const declined = one.attempts.findLast(({ state }) => state === 'declined');
    cases.tell(one, checkoutId, 'declined', nowMs, declined?.code ?? undefined);
    parts.refuseCard(fingerprint, nowMs);
  }

  function decidePaybacks(one: Case, decision: PersonDecision, nowMs: number): void {
    const again = decision === 'collect' || decision === 'try_again';
    const refunds = one.attempts.filter(({ paybackRef }) => paybackRef !== null);
    for (const payback of one.paybacks.filter(({ state }) => state === 'held')) {
      collections.setPayback(payback.ref, again ? 'open' : 'settled_otherwise');
      for (const { ref, paybackRef, state } of refunds) {
        if (paybackRef === payback.ref && (state === 'declined' || state === 'rejected')) {
          attempts.setState(ref, 'not_made', 'by_a_person', nowMs);
        }
      }
    }
    collections.setPlan(one.data.ref, 'open', null, null);
  }

  return {
    decide({ applianceRef, documentId, decision, note }, nowMs) {
      const ref = collections.refOfDocument(applianceRef, documentId);
      if (ref === null) return false;
      const one = cases.load(ref);
      if (one.data.state !== 'held') return false;
      for (const { ref: attemptRef } of [...stuck(one), ...one.attempts.filter(isFraud)]) {
        attempts.tell(attemptRef, 'person', `${decision}: ${note}`, nowMs);
      }
      if (one.data.heldFor === 'refund') decidePaybacks(one, decision, nowMs);
      else decideCollection(one, decision, nowMs);
      plans.plan(cases.load(ref), nowMs);
      return true;
    },
  };
}
