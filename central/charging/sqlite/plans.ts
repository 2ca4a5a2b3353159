// After everything that happens: what the rule says now, kept with the collection, so that work is found by its time.
import type { ReviewKind } from '../../people/reviews.ts';
import type { AttemptFacts } from '../facts.ts';
import { type Next, next } from '../next.ts';
import type { CollectionState, HeldFor } from '../port.ts';
import { type Case, type Cases, type ChargingParts, noneBroken } from './case.ts';
import { type CollectionTable, type Due, unrouted } from './collections.ts';
import type { Money } from './money.ts';

export interface Plans {
  /** Asks the rule and keeps what it says; carries out what needs no processor. */
  plan(one: Case, nowMs: number): void;
}

export function createPlans(
  parts: ChargingParts,
  tables: { collections: CollectionTable },
  cases: Cases,
  money: Money,
): Plans {
  const { collections } = tables;
  const collects = Object.keys(parts.routing.processors).length > 0;

  function keep(one: Case, state: CollectionState, heldFor: HeldFor | null, due: Due | null): void {
    Object.assign(one.data, { state, heldFor });
    collections.setPlan(one.data.ref, state, heldFor, due);
    if (due) parts.stepsDue();
  }

  function hold(one: Case, heldFor: HeldFor, nowMs: number): void {
    const { data, paybacks, attempts } = one;
    const before = data.heldFor;
    keep(one, 'held', heldFor, null);
    const owed = paybacks.filter(({ state }) => state === 'open');
    if (heldFor === 'refund') for (const { ref } of owed) collections.setPayback(ref, 'held');
    if (before === heldFor && (heldFor !== 'refund' || owed.length === 0)) return;
    const open = attempts.findLast(isOpen);
    parts.openReview({
      kind: reviewKindOf(heldFor),
      applianceRef: data.applianceRef,
      documentId: heldFor === 'refund' ? (owed[0]?.documentId ?? data.checkoutId) : data.checkoutId,
      attemptRef: open?.ref ?? attempts.at(-1)?.ref ?? null,
      amountMinor: owed[0]?.amountMinor ?? data.totalMinor,
      currency: data.currency,
      reason: heldFor,
      nowMs,
    });
    if (data.wanted === 'captured' && heldFor !== 'refund') {
      cases.tell(one, data.checkoutId, 'in_review', nowMs);
    }
  }

  function writeOff(one: Case, nowMs: number): void {
    money.writeOff(one, 'expense:offline_loss', nowMs);
    const declined = one.attempts.findLast(({ state }) => state === 'declined');
    cases.tell(one, one.data.checkoutId, 'declined', nowMs, declined?.code ?? undefined);
    parts.refuseCard(one.data.fingerprint, nowMs);
  }

  const plans: Plans = {
    plan(one, nowMs) {
      // Never sold, or undone: nothing of it can be a loss.
      if (one.data.wanted === 'nothing' && one.data.lostMinor > 0) money.correctLoss(one, nowMs);
      // A command does not know the rules: the service, which does, looks at it at once.
      if (!collects) return keep(one, 'open', null, { dueMs: nowMs, processor: unrouted, lane: 2 });
      const route = cases.routeOf(one.data, noneBroken);
      const said = next(cases.factsOf(one), route, nowMs);
      switch (said.kind) {
        case 'rest':
          return keep(one, said.state, null, null);
        case 'ask_person':
          return hold(one, said.heldFor, nowMs);
        case 'write_off':
          writeOff(one, nowMs);
          return plans.plan(one, nowMs);
        default:
          return keep(one, 'open', null, dueOf(said, one, nowMs));
      }
    },
  };
  return plans;
}

/** Where and when the step is made, and what comes before it there. */
export function dueOf(
  said: Exclude<Next, { kind: 'rest' | 'ask_person' | 'write_off' }>,
  one: Pick<Case, 'asked'>,
  nowMs: number,
): Due {
  switch (said.kind) {
    case 'wait':
      return { dueMs: said.untilMs, processor: said.processor, lane: said.movable ? 2 : 1 };
    case 'send':
      return {
        dueMs: nowMs,
        processor: said.processor,
        lane: one.asked ? 0 : said.purpose === 'charge' ? 2 : 1,
      };
    case 'send_again':
      return {
        dueMs: nowMs,
        processor: said.attempt.processor,
        lane: said.attempt.purpose === 'charge' ? 2 : 1,
      };
    case 'look_up':
      return { dueMs: nowMs, processor: said.attempt.processor, lane: 1 };
  }
}

function reviewKindOf(heldFor: HeldFor): ReviewKind {
  if (heldFor === 'review') return 'in_review';
  if (heldFor === 'fraud') return 'fraud';
  return heldFor === 'unknown' ? 'unknown_attempt' : 'held_money';
}

function isOpen({ state }: AttemptFacts): boolean {
  return state === 'unknown' || state === 'rejected' || state === 'declined';
}
