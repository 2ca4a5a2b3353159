// Reviews in words, and what a command says when one cannot be decided.
import { CommandError } from '../errors.ts';
import { moneyWords } from '../money-words.ts';
import { actorWords } from '../people/actor.ts';
import type { ReviewSpoken, ReviewWithEvents } from '../people/review-port.ts';
import { dueMsOf, type Review, type ReviewRules } from '../people/reviews.ts';
import { momentWords } from './moment.ts';

/** One line: `12  in_review  leeds-1 0199…  1200.00 GBP  amount_large  proposed: approve  due 2026-11-25T10:00Z`. */
export function reviewWords(review: Review, rules: ReviewRules): string {
  const { number, kind, applianceId, documentId, currency, amountMinor, reason, state, decision } = review;
  const what = decision === null ? state : `${state}: ${decision}`;
  const amount = moneyWords(amountMinor, currency);
  return [number, kind, `${applianceId} ${documentId}`, amount, reason, what, dueWords(review, rules)]
    .filter((word) => word !== '')
    .join('  ');
}

/** Everything that was said, a line each. */
export function eventWords({ events }: ReviewWithEvents): string[] {
  return events.map(({ kind, decision, actor, note, atMs }) => {
    const what = decision === null ? kind : `${kind} ${decision}`;
    return `  ${momentWords(atMs)}  ${actorWords(actor)}  ${what}: ${note}`;
  });
}

/** @throws CommandError review_unknown, review_decided, second_person_needed */
export function spokenReview(said: ReviewSpoken, number: number): ReviewWithEvents {
  switch (said.kind) {
    case 'decided':
    case 'proposed':
    case 'spoken':
      return said.review;
    case 'review_unknown':
      throw reviewUnknown(number);
    case 'decided_already':
      throw new CommandError(
        'review_decided',
        `review ${number} was decided: ${said.decision}`,
        'A decision stands.',
      );
    case 'second_person_needed':
      throw secondPersonNeeded();
  }
}

export function secondPersonNeeded(): CommandError {
  return new CommandError(
    'second_person_needed',
    'you proposed this yourself',
    'Another person must confirm it: another user of this machine, or a key of theirs over HTTP.',
  );
}

export function reviewUnknown(number: number): CommandError {
  return new CommandError('review_unknown', `there is no review ${number}`, 'See `review list`.');
}

function dueWords(review: Review, rules: ReviewRules): string {
  if (review.escalatedMs !== null) return `escalated ${momentWords(review.escalatedMs)}`;
  const dueMs = dueMsOf(review, rules);
  return dueMs === null ? '' : `due ${momentWords(dueMs)}`;
}
