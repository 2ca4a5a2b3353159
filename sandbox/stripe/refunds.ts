// Refunds: never more than was captured, however many there are.
import * as z from 'zod';
import { missing, Refusal, unexpectedState } from './answer.ts';
import type { Books, Refund } from './books.ts';
import { AmountForm, paymentOf } from './payments.ts';
import { showPayment, showRefund } from './shapes.ts';

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
  const refund: Refund = {
    id: books.newId('re'),
    createdMs: books.nowMs(),
    paymentId: payment.id,
    chargeId: payment.chargeId,
    amount,
    currency: payment.currency,
    metadata: form.metadata,
  };
  books.refunds.set(refund.id, refund);
  const id = books.newId('txn');
  const { createdMs, currency, id: sourceId } = refund;
  books.balance.set(id, { id, createdMs, type: 'refund', amount: -amount, fee: 0, currency, sourceId });
  books.record('refund.created', showRefund(refund));
  return showRefund(refund);
}

export function refundOf(books: Books, id: string): Refund {
  const refund = books.refunds.get(id);
  if (!refund) throw missing('refund', 'refund', id);
  return refund;
}
