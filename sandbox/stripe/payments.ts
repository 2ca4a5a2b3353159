// PaymentIntents from creation to capture or cancellation, by Stripe's states.
import * as z from 'zod';
import { actOfPaymentMethod } from '../acts.ts';
import { malformed, missing, Refusal, unexpectedState } from './answer.ts';
import { settledOf } from './balance.ts';
import type { Books } from './books.ts';
import { declineError, declineOf } from './declines.ts';
import { openDispute } from './disputes.ts';
import { type Fate, fateOf } from './fates.ts';
import { feeOf } from './money.ts';
import type { Payment } from './rows.ts';
import { showCharge, showPayment } from './shapes.ts';

const Whole = z
  .string()
  .regex(/^\d{1,12}$/, { error: 'use a whole number' })
  .transform(Number);
const Flag = z.enum(['true', 'false']).transform((text) => text === 'true');
const Cards = z.record(z.string(), z.literal('card'));
/** `expand[]=latest_charge`. */
const ExpandForm = z.record(z.string(), z.literal('latest_charge'));
export const RetrieveForm = z.strictObject({ expand: ExpandForm.optional() });
const MetadataForm = z.record(z.string().max(40), z.string().max(500));

/** Stripe's largest amount has eight digits. */
export const AmountForm = Whole.refine((amount) => amount >= 1 && amount <= 99_999_999, {
  error: 'use 1 to 99999999',
});

/** Any name of Stripe's form is approved, so that a test may use tokens of its own; a misspelt act is not. */
const PaymentMethod = z
  .string()
  .regex(/^(pm|card|tok)_\w{1,100}$/, { error: 'use a payment method, such as pm_card_visa' })
  .refine(
    (name) => !name.startsWith('pm_sandbox_') || actOfPaymentMethod(name) || declineOf(name) || fateOf(name),
    { error: 'use pm_sandbox_<act> or pm_sandbox_decline_<code>; sandbox/README.md names them' },
  );

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
  expand: ExpandForm.optional(),
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
    balance: null,
    dispute: null,
  };
  if (form.confirm && payment.paymentMethod === null) {
    throw malformed('parameter_missing', 'payment_method', 'A payment method is needed to confirm.');
  }
  books.payments.set(payment.id, payment);
  books.index(payment, Object.values(payment.metadata));
  books.record('payment_intent.created', showPayment(payment));
  return form.confirm ? confirm(books, payment, form.expand !== undefined) : showPayment(payment);
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
  const known = Object.values(payment.metadata);
  Object.assign(payment.metadata, form.metadata);
  books.index(
    payment,
    Object.values(payment.metadata).filter((value) => !known.includes(value)),
  );
  succeed(books, payment, amount, 'charge.captured');
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

/** The payment whose last charge it is. A charge's id is its payment's, with the number of the charge behind. */
export function chargeOf(books: Books, id: string): Payment {
  const payment = books.payments.get(`pi_${id.slice('ch_'.length, -1)}`);
  if (payment?.chargeId !== id) throw missing('id', 'charge', id);
  return payment;
}

/** The bank is asked: a charge comes of it, approved or not. */
function confirm(books: Books, payment: Payment, latestCharge = false): object {
  payment.chargeId = nextChargeId(payment);
  const decline = declineOf(payment.paymentMethod ?? '');
  if (decline !== null) {
    payment.status = 'requires_payment_method';
    payment.paymentMethod = null;
    payment.lastError = declineError(decline, payment.chargeId);
    books.record('charge.failed', showCharge(payment));
    books.record('payment_intent.payment_failed', showPayment(payment));
    throw new Refusal(402, { ...payment.lastError, payment_intent: showPayment(payment) }, true);
  }
  payment.lastError = null;
  if (payment.captureMethod === 'automatic') {
    succeed(books, payment, payment.amount, 'charge.succeeded');
  } else {
    payment.status = 'requires_capture';
    books.record('charge.succeeded', showCharge(payment));
    books.record('payment_intent.amount_capturable_updated', showPayment(payment));
  }
  return showPayment(payment, latestCharge);
}

function succeed(
  books: Books,
  payment: Payment,
  amount: number,
  event: 'charge.succeeded' | 'charge.captured',
): void {
  payment.status = 'succeeded';
  payment.amountReceived = amount;
  const settled = settledOf(books, amount, payment.currency);
  const fee = feeOf(settled.amount, books.rules);
  payment.balance = books.book({ ...settled, category: 'charge', fee, source: { kind: 'charge', payment } });
  books.record(event, showCharge(payment));
  books.record('payment_intent.succeeded', showPayment(payment));
  const fate = fateOf(payment.paymentMethod);
  if (fate?.kind === 'dispute') disputeLater(books, payment, fate);
}

function disputeLater(books: Books, payment: Payment, fate: Fate & { kind: 'dispute' }): void {
  const open = () => {
    // What was given back in the meantime leaves nothing to dispute.
    if (payment.dispute === null && payment.amountReceived > payment.refunded)
      openDispute(books, payment, { reason: 'fraudulent', ends: fate.ends });
  };
  if (fate.afterMs === 0) open();
  else books.agenda.at(books.nowMs() + fate.afterMs, open);
}

/** One character: from the 36th on they are named alike, as nobody has them tried so often. */
function nextChargeId({ id, chargeId }: Payment): string {
  const number = chargeId === null ? 0 : Number.parseInt(chargeId.slice(-1), 36) + 1;
  return `ch_${id.slice('pi_'.length)}${Math.min(number, 35).toString(36)}`;
}
