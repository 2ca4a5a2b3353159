// Reviews: questions that a person must answer before money moves on. The rules here say what a decision does, when a
// second person is needed, and what happens when nobody answers. No clock, no database.
import type { Actor } from './actor.ts';
import { needsSecondPerson, type SecondPersonLimits } from './second-person.ts';

export const reviewKinds = ['in_review', 'unknown_attempt', 'fraud', 'held_money'] as const;
/**
 * in_review: risky but legal, held before it is charged. unknown_attempt: a processor's answer that no look-up brings.
 * fraud: a warning that came later. held_money: anything else that stops a charge or a refund.
 */
export type ReviewKind = (typeof reviewKinds)[number];

export const reviewDecisions = ['approve', 'decline', 'try_again', 'settled_otherwise'] as const;
/**
 * approve: go on, nothing was charged yet. decline: give it up. try_again: ask the processor once more from the start.
 * settled_otherwise: it was settled outside of these books.
 */
export type ReviewDecision = (typeof reviewDecisions)[number];

export interface ReviewEvent {
  kind: 'opened' | 'asked' | 'answered' | 'proposed' | 'decided' | 'escalated';
  decision: ReviewDecision | null;
  actor: Actor;
  note: string;
  atMs: number;
}

export interface Review {
  number: number;
  kind: ReviewKind;
  applianceId: string;
  documentId: string;
  /** The call to a processor that it is about. */
  attemptRef: number | null;
  currency: string;
  amountMinor: number;
  reason: string;
  openedMs: number;
  /** `proposed` waits for a second person. */
  state: 'open' | 'proposed' | 'decided';
  decision: ReviewDecision | null;
  /** The time-out counts from here. */
  dueFromMs: number;
  escalatedMs: number | null;
}

export interface ReviewRules {
  /** What is done about a charge that its processor approved with a warning; left out: nothing. */
  elevatedRisk?: 'ignore' | 'review';
  secondPersonAboveMinor: SecondPersonLimits;
  /** By kind: after how long, and what then. */
  timeOut: Readonly<Record<ReviewKind, { dueHours: number; onDue: 'decline' | 'escalate' }>>;
}

export type Taken =
  | { kind: 'decided' }
  /** Waits for a second person. */
  | { kind: 'proposed' }
  /** The same person cannot be the second one. */
  | { kind: 'second_person_needed' }
  | { kind: 'decided_already'; decision: ReviewDecision };

/** Whether the person's decision holds at once, waits for another's, or is the other's. */
export function takeDecision(
  review: Pick<Review, 'kind' | 'state' | 'decision' | 'currency' | 'amountMinor'>,
  wanted: ReviewDecision,
  who: { person: string; proposedBy: string | null },
  rules: Pick<ReviewRules, 'secondPersonAboveMinor'>,
): Taken {
  if (review.state === 'decided' && review.decision !== null) {
    return { kind: 'decided_already', decision: review.decision };
  }
  // Asking a processor again moves nothing; of a warning of fraud it would charge again.
  const movesNothing = wanted === 'try_again' && review.kind !== 'fraud';
  if (movesNothing || !needsSecondPerson([review], rules.secondPersonAboveMinor)) return { kind: 'decided' };
  if (review.decision !== wanted) return { kind: 'proposed' };
  return who.person === who.proposedBy ? { kind: 'second_person_needed' } : { kind: 'decided' };
}

/** When its time is over; null when it has been decided, or stays for good. */
export function dueMsOf(
  review: Pick<Review, 'kind' | 'state' | 'dueFromMs' | 'escalatedMs'>,
  rules: Pick<ReviewRules, 'timeOut'>,
): number | null {
  if (review.state === 'decided' || review.escalatedMs !== null) return null;
  return review.dueFromMs + rules.timeOut[review.kind].dueHours * 3_600_000;
}

/** What happens by itself to a review at this moment. */
export function whenDue(
  review: Pick<Review, 'kind' | 'state' | 'dueFromMs' | 'escalatedMs'>,
  rules: Pick<ReviewRules, 'timeOut'>,
  nowMs: number,
): 'nothing' | 'decline' | 'escalate' {
  const dueMs = dueMsOf(review, rules);
  return dueMs === null || nowMs < dueMs ? 'nothing' : rules.timeOut[review.kind].onDue;
}
