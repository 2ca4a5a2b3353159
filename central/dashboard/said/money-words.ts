// What reviews, exceptions and payouts are called on the screen, and what each decision means before it is taken. Pure.
import type { HeldFor } from '../../charging/port.ts';
import type { PayoutState } from '../../payouts/port.ts';
import type { ReviewDecision, ReviewKind } from '../../people/reviews.ts';
import type { ExceptionStatus } from '../../reconciliation/exceptions.ts';
import type { Tone } from './words.ts';

export const reviewWords: Record<ReviewKind, { words: string; asks: string }> = {
  in_review: {
    words: 'Risky sale',
    asks: 'Nothing was charged yet. Shall it be?',
  },
  unknown_attempt: {
    words: 'Unknown charge',
    asks: 'The processor never said what became of it, and no look-up brought it to light. Look at its own page, then say.',
  },
  fraud: { words: 'Warning of fraud', asks: 'A warning came after the sale. Shall the money be kept?' },
  held_money: { words: 'Held money', asks: 'Something stops the charge or the refund. How does it go on?' },
};

export const reviewKindChoices = Object.entries(reviewWords).map(
  ([kind, { words }]) => [kind as ReviewKind, words] as const,
);

/** In the order in which they are offered. */
export const decisionWords: Record<ReviewDecision, { verb: string; means: string; danger: boolean }> = {
  approve: {
    verb: 'Approve',
    means: 'It goes on: what was not charged yet is charged by the rule.',
    danger: false,
  },
  try_again: {
    verb: 'Ask the processor again',
    means: 'The look-ups begin anew. No money moves by that alone.',
    danger: false,
  },
  settled_otherwise: {
    verb: 'Settled otherwise',
    means:
      'It was settled outside of these books. What is owed goes to suspense, for a correction with its papers.',
    danger: true,
  },
  decline: {
    verb: 'Give up',
    means: 'Nothing is charged. What is owed becomes a loss of ours; a refund is not made.',
    danger: true,
  },
};

/** What stops a collection; the whole of it is in charging/port.ts. */
export const heldWords: Record<HeldFor, string> = {
  review: 'waits for a review before anything is charged',
  fraud: 'declined with a warning of fraud',
  unknown: 'nobody knows what became of the charge',
  made_twice: 'found more than once at the processor',
  rejected: 'refused as wrong, for somebody to mend',
  amount_differs: 'the processor holds another amount',
  no_route: 'no rule names a processor for its token',
  refund: 'a refund that cannot be made',
};

export const exceptionWords: Record<ExceptionStatus, { words: string; means: string }> = {
  missing: { words: 'Missing', means: 'We booked it, and the other side has not shown it within its time.' },
  amount_differs: { words: 'Amount differs', means: 'Both sides have it, with different amounts.' },
  currency_differs: { words: 'Currency differs', means: 'Both sides have it, in different currencies.' },
  fee_differs: { words: 'Fee differs', means: 'The fee is not what we reckoned with.' },
  split_differs: { words: 'Parts differ', means: 'Parts that belong together do not add up to the whole.' },
  doubled: { words: 'Doubled', means: 'It is there once more than it should be.' },
  unknown_to_us: { words: 'Unknown to us', means: 'The other side has it, and our books do not.' },
  not_collected: { words: 'Not collected', means: 'A box sold it, and nothing was collected for it.' },
  collected_differs: {
    words: 'Collected otherwise',
    means: 'What was collected is not what the box sold it for.',
  },
  collected_unasked: { words: 'Collected unasked', means: 'It was collected, and no box has asked for it.' },
};

export const payoutWords: Record<PayoutState, { words: string; tone: Tone; next: string }> = {
  prepared: { words: 'Prepared', tone: 'warn', next: 'Another person approves it.' },
  approved: {
    words: 'Approved',
    tone: 'warn',
    next: 'Make the transfer at the bank, then say by which reference it was paid.',
  },
  paid: { words: 'Paid', tone: 'good', next: 'If the bank sends it back, say so here: it is owed again.' },
  failed: { words: 'Failed', tone: 'bad', next: 'Its lines are owed again, and come with the next payout.' },
  returned: { words: 'Came back', tone: 'bad', next: 'It is owed again as a line of its own.' },
};

/** In the order in which they are shown. */
const sideWords: Record<string, string> = {
  receivable: 'Owed to us',
  payable: 'Owed by us',
  transit: 'On its way to the bank',
  bank: 'At the bank',
  income: 'Income',
  expense: 'Cost',
  exchange: 'Changed into another currency',
  suspense: 'To be cleared up',
};
export const accountKinds = Object.values(sideWords);

/** `payable:payee:house` by its first word. */
export function accountWords(name: string): string {
  return sideWords[name.split(':')[0] ?? ''] ?? 'Unknown';
}
