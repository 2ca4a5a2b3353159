// Refunds: never more than was captured, however many there are; some fail after they were made.
import * as z from 'zod';
import { missing, Refusal, unexpectedState } from './answer.ts';
import { reverseOf, settledOf } from './balance.ts';
import type { Books } from './books.ts';
import { fateOf } from './fates.ts';
import { AmountForm, paymentOf } from './payments.ts';
import type { Refund } from './rows.ts';
import { showCharge, showPayment, showRefund } from './shapes.ts';

/** Until a refund fails or is made, where the payment method says so. */
const lateMs = 86_400_000;

export const RefundForm = z.strictObject({
  payment_intent: z.string().min(1),
  amount: AmountForm.optional(),
  reason: z.enum(['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
  metadata: z.record(z.string().max(40), z.string().max(500)).default({}),
});

export function createRefund(books: Books, form: z.output<typeof RefundForm>): object {
  const payment = paymentOf(books, form.payment_intent);
  books.makeRoom();
  if (payment.status !== 'succeeded' || payment.chargeId === null) {
    throw unexpectedState('This PaymentIntent has no successful charge to refund.', showPayment(payment));
  }
  if (payment.dispute !== null && payment.dispute.status !== 'won') {
    const message = `Charge ${payment.chargeId} has been charged back; cannot issue a refund.`;
    throw new Refusal(400, { type: 'invalid_request_error', code: 'charge_disputed', message }, true);
  }
  const left = payment.amountReceived - payment.refunded;
  if (left === 0) {
    const message = `Charge ${payment.chargeId} has already been refunded.`;
    throw new Refusal(400, { type: 'invalid_request_error', code: 'charge_already_refunded', message }, true);
  }
  const amount = form.amount ?? left;
  if (amount > left) {
    const message = `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`;
    throw new Refusal(400, { type: 'invalid_request_error', message, param: 'amount' }, true);
  }
  payment.refunded += amount;
  const fate = fateOf(payment.paymentMethod)?.kind;
  const refund: Refund = {
    id: books.newId('re'),
    createdMs: books.nowMs(),
    payment,
    amount,
    metadata: form.metadata,
    status: fate === 'refund_waits' ? 'pending' : 'succeeded',
    balance: null,
    failure: null,
  };
  books.refunds.set(refund.id, refund);
  const settled = settledOf(books, -amount, payment.currency);
  refund.balance = books.book({ ...settled, category: 'refund', fee: 0, source: { kind: 'refund', refund } });
  books.record('refund.created', showRefund(refund));
  books.record('charge.refunded', showCharge(payment));
  if (fate === 'refund_waits') books.agenda.at(refund.createdMs + lateMs, () => makeRefund(books, refund));
  if (fate === 'refund_fails') books.agenda.at(refund.createdMs + lateMs, () => failRefund(books, refund));
  return showRefund(refund);
}

function makeRefund(books: Books, refund: Refund): void {
  if (refund.status !== 'pending') return;
  refund.status = 'succeeded';
  books.record('refund.updated', showRefund(refund));
}

/**
 * The card's bank sends the money back, days after it was said to be given: it is in the balance again.
 * @returns false when it had failed before
 */
export function failRefund(books: Books, refund: Refund): boolean {
  if (refund.status === 'failed' || refund.balance === null) return false;
  refund.status = 'failed';
  refund.payment.refunded -= refund.amount;
  const source = { kind: 'refund' as const, refund };
  refund.failure = books.book({ ...reverseOf(refund.balance), category: 'refund_failure', fee: 0, source });
  books.record('refund.failed', showRefund(refund));
  books.record('charge.refund.updated', showRefund(refund));
  return true;
}

export function refundOf(books: Books, id: string): Refund {
  const refund = books.refunds.get(id);
  if (!refund) throw missing('refund', 'refund', id);
  return refund;
}
