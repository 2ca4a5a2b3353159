// What is asked of the store about reviews.
import type { Page } from '../ledger/page.ts';
import type { By } from './actor.ts';
import type { Review, ReviewDecision, ReviewEvent, ReviewKind, ReviewRules, Taken } from './reviews.ts';

export interface ReviewFilter {
  /** `waiting`: not decided. */
  state: 'waiting' | 'decided' | null;
  kind: ReviewKind | null;
  applianceId: string | null;
  cursor: number | null;
  limit: number;
}

export interface ReviewWithEvents extends Review {
  events: ReviewEvent[];
}

export type ReviewTaken = { kind: 'review_unknown' } | (Taken & { review: ReviewWithEvents });

export type ReviewSpoken = ReviewTaken | { kind: 'spoken'; review: ReviewWithEvents };

export interface ReviewCalls {
  /** In the order they were opened. */
  reviews(filter: ReviewFilter): Page<Review>;
  review(number: number): ReviewWithEvents | null;
  /** Takes a person's decision, which holds at once or waits for a second person. */
  decideReview(
    said: { number: number; decision: ReviewDecision; note: string; rules: ReviewRules },
    by: By,
  ): ReviewTaken;
  /** A question to somebody else, or the answer to one: its time begins again. */
  speakOfReview(said: { number: number; kind: 'asked' | 'answered'; note: string }, by: By): ReviewSpoken;
  /** Does what the time-out rule says, to at most so many. */
  decideDueReviews(request: { rules: ReviewRules; reviewsMax: number; nowMs: number }): {
    decided: number;
    escalated: number;
  };
}

export type ReviewPort = {
  [Name in keyof ReviewCalls]: (
    ...args: Parameters<ReviewCalls[Name]>
  ) => Promise<ReturnType<ReviewCalls[Name]>>;
};
