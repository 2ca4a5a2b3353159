// PaymentIntents from creation to capture or cancellation, by Stripe's states.
import * as z from 'zod';
import { actOfPaymentMethod } from '../acts.ts';
import { malformed, missing, Refusal, unexpectedState } from './answer.ts';
import type { Books, Payment } from './books.ts';
import { declineError, declineOf } from './declines.ts';
import { showPayment } from './shapes.ts';

const Whole = z
  .string()
  .regex(/^\d{1,12}$/, { error: 'use a whole number' })
  .transform(Number);
const Flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const Cards = z.record(z.string(), z.literal('card'));
const MetadataForm = z.record(z.string().max(40), z.string().max(500));

/** Stripe's largest amount has eight digits. */
export const AmountForm = Whole.refine((amount) => amount >= 1 && amount <= 99_999_999, {
  error: 'use 1 to 99999999',
});

/** Any name of Stripe's form is approved, so that a test may use tokens of its own; a misspelt act is not. */
const PaymentMethod = z
  .string()
  .regex(/^(pm|card|tok)_\w{1,100}$/, { error: 'use a payment method, such as pm_card_visa' })
  .refine((name) => !name.startsWith('pm_sandbox_') || actOfPaymentMethod(name) || declineOf(name), {
    error: 'use pm_sandbox_<act> or pm_sandbox_decline_<code>; sandbox/README.md names them',
  });

export const CreateForm = z.strictObject({
  amount: AmountForm,
  currency: z.string().regex(/^[a-z]{3}$/, { error: 'use three small letters' }),
  capture_method: z.enum(['automatic', 'manual']).default('automatic'),
  payment_method: PaymentMethod.optional(),
  allowed_payment_method_types: Cards.optional(),
  // Its name in API versions before 2026-09-30.
  payment_method_types: Cards.optional(),
  confirm: Flag.default(false),
  error_on_requires_action: Flag.optional(),
  off_session: Flag.optional(),
  description: z.string().max(1000).optional(),
  metadata: MetadataForm.default({}),
});
export const ConfirmForm = z.strictObject({ payment_method: PaymentMethod.optional() });
export const CaptureForm = z.strictObject({
  amount_to_capture: AmountForm.optional(),
  metadata: MetadataForm.optional(),
});
export const CancelForm = z.strictObject({ cancellation_reason: z.string().optional() });

export function createPayment(books: Books, form: z.output<typeof CreateForm>): object {
  books.makeRoom();
  const payment: Payment = {
    id: books.newId('pi'),
    createdMs: books.nowMs(),
    canceledMs: null,
    amount: form.amount,
    currency: form.currency,
    captureMethod: form.capture_method,
    paymentMethod: form.payment_method ?? null,
    metadata: form.metadata,
    status: form.payment_method === undefined ? 'requires_payment_method' : 'requires_confirmation',
    chargeId: null,
    amountReceived: 0,
    refunded: 0,
    lastError: null,
  };
  if (form.confirm && payment.paymentMethod === null) {
    throw malformed('parameter_missing', 'payment_method', 'A payment method is needed to confirm.');
  }
  books.payments.set(payment.id, payment);
  books.record('payment_intent.created', showPayment(payment));
  return form.confirm ? confirm(books, payment) : showPayment(payment);
}

export function confirmPayment(books: Books, id: string, form: z.output<typeof ConfirmForm>): object {
  const payment = paymentOf(books, id);
  books.makeRoom();
  if (payment.status !== 'requires_confirmation' && payment.status !== 'requires_payment_method') {
    throw unexpectedState(
      `This PaymentIntent's status is ${payment.status}: it cannot be confirmed.`,
      showPayment(payment),
    );
  }
  payment.paymentMethod = form.payment_method ?? payment.paymentMethod;
  if (payment.paymentMethod === null) {
    throw malformed('parameter_missing', 'payment_method', 'A payment method is needed to confirm.');
  }
  return confirm(books, payment);
}

export function capturePayment(books: Books, id: string, form: z.output<typeof CaptureForm>): object {
  const payment = paymentOf(books, id);
  books.makeRoom();
  if (payment.status !== 'requires_capture') {
    throw unexpectedState(
      `This PaymentIntent's status is ${payment.status}: it cannot be captured.`,
      showPayment(payment),
    );
  }
  const amount = form.amount_to_capture ?? payment.amount;
  if (amount > payment.amount) {
    throw malformed('amount_too_large', 'amount_to_capture', 'More than was authorised cannot be captured.');
  }
  Object.assign(payment.metadata, form.metadata);
  succeed(books, payment, amount);
  return showPayment(payment);
}

export function cancelPayment(books: Books, id: string): object {
  const payment = paymentOf(books, id);
  books.makeRoom();
  if (payment.status === 'succeeded' || payment.status === 'canceled') {
    throw unexpectedState(
      `This PaymentIntent's status is ${payment.status}: it cannot be canceled.`,
      showPayment(payment),
    );
  }
  payment.status = 'canceled';
  payment.canceledMs = books.nowMs();
  books.record('payment_intent.canceled', showPayment(payment));
  return showPayment(payment);
}

export function paymentOf(books: Books, id: string): Payment {
  const payment = books.payments.get(id);
  if (!payment) throw missing('intent', 'payment_intent', id);
  return payment;
}

/** The bank is asked: a charge comes of it, approved or not. */
function confirm(books: Books, payment: Payment): object {
  payment.chargeId = books.newId('ch');
  const decline = declineOf(payment.paymentMethod ?? '');
  if (decline !== null) {
    payment.status = 'requires_payment_method';
    payment.paymentMethod = null;
    payment.lastError = declineError(decline, payment.chargeId);
    books.record('payment_intent.payment_failed', showPayment(payment));
    throw new Refusal(402, { ...payment.lastError, payment_intent: showPayment(payment) }, true);
  }
  payment.lastError = null;
  if (payment.captureMethod === 'automatic') {
    succeed(books, payment, payment.amount);
  } else {
    payment.status = 'requires_capture';
    books.record('payment_intent.amount_capturable_updated', showPayment(payment));
  }
  return showPayment(payment);
}

function succeed(books: Books, payment: Payment, amount: number): void {
  payment.status = 'succeeded';
  payment.amountReceived = amount;
  const { chargeId: sourceId, currency } = payment;
  const id = books.newId('txn');
  // 1.5 % and 20 of the smallest unit, rounded down: a fee to reconcile, not Stripe's price.
  const fee = Math.floor((amount * 15) / 1000) + 20;
  const row = { id, createdMs: books.nowMs(), type: 'charge' as const, amount, fee, currency };
  books.balance.set(id, { ...row, sourceId: sourceId ?? payment.id });
  books.record('payment_intent.succeeded', showPayment(payment));
}
