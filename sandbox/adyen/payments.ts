// Payments and what is done to them later. As at Adyen, a capture, a cancellation and a refund are only received by the
// call; whether they were carried out is told by a webhook.
import * as z from 'zod';
import { type Act, parseAct } from '../acts.ts';
import { failures, Refusal } from './answer.ts';
import type { Books, Money, Payment } from './books.ts';
import { refusalOf } from './refusals.ts';

const Amount = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/, { error: 'use three capital letters' }),
  value: z.int().min(1),
});
const Reference = z.string().min(1).max(80);
const MerchantAccount = z.string().min(1).max(80);

/** Any name is approved, so that a test may use tokens of its own; a misspelt act is not. */
const Stored = z
  .string()
  .min(1)
  .max(64)
  .refine((id) => !/^\d{12,19}$/.test(id), { error: 'use a stored payment method, not a card number' });

export const PaymentForm = z.strictObject({
  merchantAccount: MerchantAccount,
  reference: Reference,
  amount: Amount,
  paymentMethod: z.strictObject({ type: z.literal('scheme').optional(), storedPaymentMethodId: Stored }),
  shopperReference: z.string().min(3).max(256),
  shopperInteraction: z.enum(['ContAuth', 'Ecommerce']),
  recurringProcessingModel: z.enum(['UnscheduledCardOnFile', 'CardOnFile', 'Subscription']),
  captureDelayHours: z.int().min(0).max(672).optional(),
  additionalData: z.record(z.string(), z.string()).default({}),
  metadata: z.record(z.string().max(20), z.string().max(80)).default({}),
  returnUrl: z.string().max(8000).optional(),
});
export const CaptureForm = z.strictObject({
  merchantAccount: MerchantAccount,
  reference: Reference.optional(),
  amount: Amount,
});
export const CancelForm = z.strictObject({
  merchantAccount: MerchantAccount,
  reference: Reference.optional(),
});

export function createPayment(books: Books, form: z.output<typeof PaymentForm>): object {
  books.makeRoom();
  const stored = form.paymentMethod.storedPaymentMethodId;
  const refused = refusalOf(stored);
  if (stored.startsWith('sandbox_') && refused === null && actOfStored(stored) === null)
    throw new Refusal(failures.noToken);
  const payment: Payment = {
    pspReference: books.newReference(),
    merchantAccount: form.merchantAccount,
    reference: form.reference,
    amount: form.amount,
    metadata: form.metadata,
    automatic: form.captureDelayHours === 0 && form.additionalData.manualCapture !== 'true',
    status: refused === null ? 'authorised' : 'refused',
    capturedValue: 0,
    refundedValue: 0,
  };
  const { pspReference, reference, amount } = payment;
  books.payments.set(pspReference, payment);
  books.notify({
    eventCode: 'AUTHORISATION',
    success: refused === null,
    pspReference,
    originalReference: null,
    merchantReference: reference,
    amount,
    reason: refused?.words ?? null,
    payment,
  });
  const answer = { pspReference, merchantReference: reference };
  if (refused !== null) {
    const { number: refusalReasonCode, words: refusalReason, resultCode } = refused;
    return { ...answer, resultCode, refusalReason, refusalReasonCode };
  }
  if (payment.automatic) capture(books, payment, amount, { pspReference, reference });
  return { ...answer, resultCode: 'Authorised', amount };
}

/** `sandbox_<act>` as the stored payment method acts out each time it is used. */
export function actOfStored(stored: string): Act | null {
  const act = stored.startsWith('sandbox_') ? parseAct(stored.slice('sandbox_'.length)) : null;
  // Payment methods that stand for others are Stripe's.
  return act?.kind === 'instead' ? null : act;
}

/** What one of Adyen's modifications is answered with, before anybody knows how it ends. */
function received(payment: Payment, pspReference: string, form: { reference?: string | undefined }): object {
  const { merchantAccount, pspReference: paymentPspReference } = payment;
  const reference = form.reference === undefined ? {} : { reference: form.reference };
  return { merchantAccount, paymentPspReference, pspReference, ...reference, status: 'received' };
}

export function capturePayment(books: Books, id: string, form: z.output<typeof CaptureForm>): object {
  const payment = paymentOf(books, id);
  books.makeRoom();
  const pspReference = books.newReference();
  const reference = form.reference ?? payment.reference;
  const fits = form.amount.currency === payment.amount.currency && form.amount.value <= payment.amount.value;
  const success = payment.status === 'authorised' && fits;
  if (success) capture(books, payment, form.amount, { pspReference, reference });
  books.notify({
    eventCode: 'CAPTURE',
    success,
    pspReference,
    originalReference: payment.pspReference,
    merchantReference: reference,
    amount: form.amount,
    reason: success ? null : fits ? `Payment is ${payment.status}` : 'Insufficient balance on payment',
    payment,
  });
  return { ...received(payment, pspReference, form), amount: form.amount };
}

export function cancelPayment(books: Books, id: string, form: z.output<typeof CancelForm>): object {
  const payment = paymentOf(books, id);
  books.makeRoom();
  const pspReference = books.newReference();
  const success = payment.status === 'authorised';
  const reason = success ? null : `Payment is ${payment.status}`;
  if (success) payment.status = 'cancelled';
  books.notify({
    eventCode: 'CANCELLATION',
    success,
    pspReference,
    originalReference: payment.pspReference,
    merchantReference: form.reference ?? payment.reference,
    amount: payment.amount,
    reason,
    payment,
  });
  return received(payment, pspReference, form);
}

export function refundPayment(books: Books, id: string, form: z.output<typeof CaptureForm>): object {
  const payment = paymentOf(books, id);
  books.makeRoom();
  const pspReference = books.newReference();
  const reference = form.reference ?? payment.reference;
  const left = payment.capturedValue - payment.refundedValue;
  const success = form.amount.currency === payment.amount.currency && form.amount.value <= left;
  if (success) {
    payment.refundedValue += form.amount.value;
    books.refunds.set(pspReference, { pspReference, reference, payment, amount: form.amount, failed: false });
    books.settle({
      type: 'Refunded',
      payment,
      modificationReference: pspReference,
      modificationMerchantReference: reference,
      amount: form.amount,
    });
  }
  books.notify({
    eventCode: 'REFUND',
    success,
    pspReference,
    originalReference: payment.pspReference,
    merchantReference: reference,
    amount: form.amount,
    reason: success ? null : 'Insufficient balance on payment',
    payment,
  });
  return { ...received(payment, pspReference, form), amount: form.amount };
}

/** The card's bank sends a refund back, days after it was said to be made. @returns false when there is none to fail */
export function failRefund(books: Books, pspReference: string): boolean {
  const refund = books.refunds.get(pspReference);
  if (refund === undefined || refund.failed) return false;
  const { payment, reference, amount } = refund;
  refund.failed = true;
  payment.refundedValue -= amount.value;
  books.settle({
    type: 'RefundedReversed',
    payment,
    modificationReference: pspReference,
    modificationMerchantReference: reference,
    amount,
  });
  books.notify({
    eventCode: 'REFUND_FAILED',
    success: true,
    pspReference,
    originalReference: payment.pspReference,
    merchantReference: reference,
    amount,
    reason: 'Refund failed at the issuer',
    payment,
  });
  return true;
}

/** The scheme takes a capture back that was said to be made: it is never settled. @returns false when there is none to fail */
export function failCapture(books: Books, pspReference: string): boolean {
  const payment = books.payments.get(pspReference);
  const at = books.movements.findIndex((one) => one.payment === payment && one.type === 'Settled');
  const [settled] = at < 0 ? [] : books.movements.splice(at, 1);
  if (payment === undefined || settled === undefined) return false;
  payment.status = 'authorised';
  payment.capturedValue = 0;
  books.notify({
    eventCode: 'CAPTURE_FAILED',
    success: true,
    pspReference: settled.modificationReference,
    originalReference: pspReference,
    merchantReference: settled.modificationMerchantReference || payment.reference,
    amount: settled.amount,
    reason: 'Capture failed at the scheme',
    payment,
  });
  return true;
}

function capture(
  books: Books,
  payment: Payment,
  amount: Money,
  by: { pspReference: string; reference: string },
): void {
  payment.status = 'captured';
  payment.capturedValue = amount.value;
  books.settle({
    type: 'Settled',
    payment,
    modificationReference: by.pspReference,
    modificationMerchantReference: payment.automatic ? '' : by.reference,
    amount,
  });
}

function paymentOf(books: Books, id: string): Payment {
  const payment = books.payments.get(id);
  if (!payment || payment.status === 'refused') throw new Refusal(failures.noPayment);
  return payment;
}
