// Disputes: a customer asks the card's bank for the money back. It is taken at once, and comes back only when the dispute is
// won. created → needs_response → under_review → won or lost.
import * as z from 'zod';
import { malformed, missing, Refusal } from './answer.ts';
import { reverseOf, settledOf } from './balance.ts';
import type { Books } from './books.ts';
import type { Fate } from './fates.ts';
import type { Dispute, Payment } from './rows.ts';
import { showDispute } from './shapes.ts';

const dayMs = 86_400_000;
/** So long evidence is taken; then the dispute is lost. */
const responseMs = 7 * dayMs;
/** Where the payment method says how it ends: evidence is sent by itself after so long, and judged after so long again. */
const evidenceAfterMs = 2 * dayMs;
const judgedAfterMs = 5 * dayMs;

export const UpdateDisputeForm = z.strictObject({
  evidence: z.record(z.string().max(60), z.string().max(20_000)).default({}),
  submit: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .default(false),
  metadata: z.record(z.string().max(40), z.string().max(500)).default({}),
});

export interface NewDispute {
  reason: Dispute['reason'];
  /** All that is left of the charge, where none is given. */
  amount?: number | undefined;
  ends: (Fate & { kind: 'dispute' })['ends'];
}

/** @throws Refusal where there is nothing to dispute, or there was a dispute before */
export function openDispute(books: Books, payment: Payment, { reason, amount, ends }: NewDispute): Dispute {
  const left = payment.amountReceived - payment.refunded;
  if (payment.dispute !== null || left === 0 || (amount ?? 0) > left) {
    throw malformed('dispute_refused', 'payment_intent', `Nothing of ${payment.id} can be disputed so.`);
  }
  const createdMs = books.nowMs();
  const dispute: Dispute = {
    id: books.newId('du'),
    createdMs,
    payment,
    amount: amount ?? left,
    reason,
    status: 'needs_response',
    evidence: {},
    submitted: 0,
    dueMs: createdMs + responseMs,
    metadata: {},
    balance: [],
  };
  payment.dispute = dispute;
  books.disputes.set(dispute.id, dispute);
  const settled = settledOf(books, -dispute.amount, payment.currency);
  const source = { kind: 'dispute' as const, dispute };
  const fee = books.rules.disputeFeeMinor;
  dispute.balance.push(books.book({ ...settled, category: 'dispute', fee, source }));
  books.record('charge.dispute.created', showDispute(dispute));
  books.record('charge.dispute.funds_withdrawn', showDispute(dispute));
  books.agenda.at(dispute.dueMs, () => {
    if (dispute.status === 'needs_response') moveDispute(books, dispute, 'lost');
  });
  if (ends !== 'lost_in_time') {
    books.agenda.at(createdMs + evidenceAfterMs, () => moveDispute(books, dispute, 'under_review'));
    books.agenda.at(createdMs + evidenceAfterMs + judgedAfterMs, () => moveDispute(books, dispute, ends));
  }
  return dispute;
}

/** @returns false where it cannot go there from where it is; a dispute that is over stays as it is */
export function moveDispute(books: Books, dispute: Dispute, to: 'under_review' | 'won' | 'lost'): boolean {
  const isOver = dispute.status === 'won' || dispute.status === 'lost';
  if (isOver || (to === 'under_review' && dispute.status !== 'needs_response')) return false;
  dispute.status = to;
  if (to === 'under_review') {
    dispute.submitted++;
    books.record('charge.dispute.updated', showDispute(dispute));
    return true;
  }
  books.record('charge.dispute.closed', showDispute(dispute));
  const [taken] = dispute.balance;
  if (to === 'won' && taken !== undefined) {
    const source = { kind: 'dispute' as const, dispute };
    dispute.balance.push(books.book({ ...reverseOf(taken), category: 'dispute_reversal', fee: 0, source }));
    books.record('charge.dispute.funds_reinstated', showDispute(dispute));
  }
  return true;
}

/** Evidence; with `submit` it goes to the bank. Stripe's words for tests decide it at once. */
export function updateDispute(books: Books, id: string, form: z.output<typeof UpdateDisputeForm>): object {
  const dispute = disputeOf(books, id);
  books.makeRoom();
  if (dispute.status !== 'needs_response') {
    const message = `This dispute is ${dispute.status}: it takes no evidence.`;
    throw new Refusal(400, { type: 'invalid_request_error', message }, true);
  }
  Object.assign(dispute.evidence, form.evidence);
  Object.assign(dispute.metadata, form.metadata);
  if (!form.submit) return showDispute(dispute);
  moveDispute(books, dispute, 'under_review');
  const words = dispute.evidence.uncategorized_text;
  if (words === 'winning_evidence') moveDispute(books, dispute, 'won');
  if (words === 'losing_evidence') moveDispute(books, dispute, 'lost');
  return showDispute(dispute);
}

/** Given up by the merchant. */
export function closeDispute(books: Books, id: string): object {
  const dispute = disputeOf(books, id);
  books.makeRoom();
  if (!moveDispute(books, dispute, 'lost')) {
    const message = `This dispute is ${dispute.status} already.`;
    throw new Refusal(400, { type: 'invalid_request_error', message }, true);
  }
  return showDispute(dispute);
}

export function disputeOf(books: Books, id: string): Dispute {
  const dispute = books.disputes.get(id);
  if (!dispute) throw missing('dispute', 'dispute', id);
  return dispute;
}
