// The door for what Adyen answers to a call: checked here, trusted after. Captures, voids and refunds are answered with
// "received": what came of them is told by webhook (adyen-notifications.ts).
import * as z from 'zod';
import { fromAdyen } from './adyen-amounts.ts';
import { declineOf } from './adyen-declines.ts';
import type { Amount, ChargeState } from './port.ts';

export const AdyenMoney = z.object({ currency: z.string(), value: z.int() });

const Payment = z.object({
  pspReference: z.string().min(1),
  resultCode: z.string(),
  merchantReference: z.string().optional(),
  amount: AdyenMoney.nullish(),
  refusalReason: z.string().optional(),
  refusalReasonCode: z.string().optional(),
  // Authorised, and put into the account's own queue for manual review.
  additionalData: z.object({ fraudManualReview: z.string().optional() }).nullish(),
});

export interface AskedPayment {
  reference: string;
  amount: Amount;
  take: 'authorise_and_capture' | 'authorise';
}

export type ReadPayment =
  | { kind: 'charge'; charge: ChargeState }
  /** The answer of another request: the key was used before. */
  | { kind: 'other_request' }
  | { kind: 'unreadable' };

/** Needs the customer, who has left: nothing comes of it. */
const needsCustomer: ReadonlySet<string> = new Set([
  'RedirectShopper',
  'IdentifyShopper',
  'ChallengeShopper',
  'PresentToShopper',
]);

/** The charge that Adyen's answer to a payment is. A refusal may come without the amount: then it is the one asked for. */
export function readPayment(value: unknown, asked: AskedPayment): ReadPayment {
  const parsed = Payment.safeParse(value);
  if (!parsed.success) return { kind: 'unreadable' };
  const { pspReference: chargeId, resultCode, merchantReference: reference } = parsed.data;
  const amount = parsed.data.amount ? fromAdyen(parsed.data.amount) : asked.amount;
  if (amount === null) return { kind: 'unreadable' };
  if (resultCode === 'Authorised' && !sameAmount(amount, asked.amount)) return { kind: 'other_request' };
  if (reference !== undefined && reference !== asked.reference) return { kind: 'other_request' };
  const charge = { chargeId, reference: asked.reference, amount, capturedMinor: 0, decline: null };
  switch (resultCode) {
    case 'Authorised': {
      const risk = parsed.data.additionalData?.fraudManualReview === 'true' && { risk: 'elevated' as const };
      return asked.take === 'authorise'
        ? { kind: 'charge', charge: { ...charge, ...risk, state: 'authorised' } }
        : {
            kind: 'charge',
            charge: { ...charge, ...risk, state: 'captured', capturedMinor: amount.amountMinor },
          };
    }
    case 'Refused':
    case 'Error':
    case 'Cancelled': {
      const { refusalReason = null, refusalReasonCode = null } = parsed.data;
      const decline = declineOf(refusalReason, refusalReasonCode);
      return { kind: 'charge', charge: { ...charge, state: 'declined', decline } };
    }
    default: {
      // Received, Pending, PartiallyAuthorised and what is not known: neither done nor known not to be.
      if (!needsCustomer.has(resultCode))
        return { kind: 'charge', charge: { ...charge, state: 'in_progress' } };
      const decline = declineOf('Authentication required', null);
      return { kind: 'charge', charge: { ...charge, state: 'declined', decline } };
    }
  }
}

const Modification = z.object({
  pspReference: z.string().min(1),
  paymentPspReference: z.string(),
  reference: z.string().optional(),
  amount: AdyenMoney.nullish(),
  status: z.literal('received'),
});

export interface AskedModification {
  chargeId: string;
  reference: string;
  /** A void has none. */
  amount: Amount | null;
}

export type ReadModification =
  | { kind: 'received'; pspReference: string }
  | { kind: 'other_request' }
  | { kind: 'unreadable' };

/** That Adyen took a capture, a void or a refund on. */
export function readModification(value: unknown, asked: AskedModification): ReadModification {
  const parsed = Modification.safeParse(value);
  if (!parsed.success) return { kind: 'unreadable' };
  const { pspReference, paymentPspReference, reference = asked.reference } = parsed.data;
  if (paymentPspReference !== asked.chargeId || reference !== asked.reference)
    return { kind: 'other_request' };
  if (asked.amount === null || !parsed.data.amount) return { kind: 'received', pspReference };
  const amount = fromAdyen(parsed.data.amount);
  const same = amount !== null && sameAmount(amount, asked.amount);
  return same ? { kind: 'received', pspReference } : { kind: 'other_request' };
}

function sameAmount(one: Amount, other: Amount): boolean {
  return one.currency === other.currency && one.amountMinor === other.amountMinor;
}
