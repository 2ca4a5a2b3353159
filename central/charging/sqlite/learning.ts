// What was heard of an attempt, carried into the tables and the books; then the rule is asked again. Everything that is
// heard twice, late or out of order ends the same.
import { aliveCharge, isCaptureFailed, madeTwice, riskElevated } from '../facts.ts';
import { type Learned, learnAnswer } from '../learn.ts';
import { learnLookUp } from '../learn-look-up.ts';
import { next } from '../next.ts';
import type { AnyLookUp, AnyOutcome } from '../port.ts';
import type { AttemptRow, AttemptTable } from './attempts.ts';
import { type AnswerAsked, type Case, type Cases, type ChargingParts, noneBroken } from './case.ts';
import type { CollectionTable } from './collections.ts';
import { createConsequences, type Heard, withoutUndefined } from './consequences.ts';
import type { Money } from './money.ts';
import type { Plans } from './plans.ts';
import { lookUpWords, outcomeWords } from './words.ts';

export interface Learning {
  answered(attemptRef: number, outcome: AnyOutcome, nowMs: number): void;
  lookedUp(attemptRef: number, result: AnyLookUp, nowMs: number): void;
  /** The processor took a capture back after it was booked. False: that is known, or nothing was captured. */
  captureFailed(one: Case, attempt: AttemptRow, heard: Heard, nowMs: number): boolean;
  /** Takes what was learned of an attempt of the case, and plans the next step. */
  take(one: Case, attempt: AttemptRow, learned: Learned | null, heard: Heard, nowMs: number): void;
}

export function createLearning(
  parts: ChargingParts,
  tables: { collections: CollectionTable; attempts: AttemptTable },
  cases: Cases,
  { money, plans, answerAsked }: { money: Money; plans: Plans; answerAsked: AnswerAsked },
): Learning {
  const { attempts } = tables;
  const { tookCharge, tookRefund, tookBack, onlyHolds } = createConsequences(tables, cases, money);

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
    if (attempt.code === riskElevated && before !== 'approved') askOfRisk(one, attempt, nowMs);
    if (isCharge && attempt.state === 'declined' && before !== 'declined') refuseCard(one, attempt, nowMs);
  }

  /** Captured already: nothing waits for the person, who may have it given back. What is only held waits for one (next.ts). */
  function askOfRisk({ data }: Case, { ref: attemptRef }: AttemptRow, nowMs: number): void {
    if (parts.routing.reviewsRisk !== true || data.capturedMinor === 0) return;
    const { applianceRef, checkoutId: documentId, totalMinor: amountMinor, currency } = data;
    const asked = { kind: 'fraud', reason: riskElevated, nowMs } as const;
    parts.openReview({ ...asked, applianceRef, documentId, attemptRef, amountMinor, currency });
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
    captureFailed(one, attempt, heard, nowMs) {
      const isNew = tookBack(one, attempt, heard, nowMs);
      if (isNew) plans.plan(one, nowMs);
      return isNew;
    },
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
