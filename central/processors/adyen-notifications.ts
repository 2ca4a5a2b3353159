// What Adyen's standard webhooks say, item by item. Source: https://docs.adyen.com/development-resources/webhooks/
// webhook-types (event codes) and https://docs.adyen.com/online-payments/capture, /cancel, /refund (what success means).
import * as z from 'zod';
import { fromAdyen } from './adyen-amounts.ts';
import { declineOf } from './adyen-declines.ts';
import { AdyenMoney } from './adyen-objects.ts';
import { batchOf } from './adyen-reports.ts';
import type { ChargeState, DisputeState, ProcessorEvent } from './port.ts';

/** In a payment's metadata, which comes back with its webhook where the account is set to send it (20 characters). */
export const takeKey = 'holdfast_take';

const itemsMax = 100;

const Item = z.object({
  additionalData: z.record(z.string(), z.string()).optional(),
  amount: AdyenMoney,
  eventCode: z.string().min(1).max(100),
  // Adyen's time always names its zone: without one it would be read as this machine's.
  eventDate: z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  merchantAccountCode: z.string(),
  merchantReference: z.string(),
  originalReference: z.string().optional(),
  pspReference: z.string().min(1),
  reason: z.string().nullish(),
  success: z.enum(['true', 'false']),
});
export type NotificationItem = z.infer<typeof Item>;

const Body = z.object({
  notificationItems: z
    .array(z.object({ NotificationRequestItem: Item }))
    .min(1)
    .max(itemsMax),
});

/** The items of a webhook's body, or null when it is none. Nothing is trusted before its signature is judged. */
export function readNotification(
  rawBody: Uint8Array,
): readonly [NotificationItem, ...NotificationItem[]] | null {
  let body: unknown;
  try {
    body = JSON.parse(Buffer.from(rawBody).toString());
  } catch {
    return null;
  }
  const parsed = Body.safeParse(body);
  if (!parsed.success) return null;
  const [first, ...rest] = parsed.data.notificationItems.map((item) => item.NotificationRequestItem);
  return first === undefined ? null : [first, ...rest];
}

/**
 * The event that an item tells. Adyen has no id for it: copies have the same code and reference, and a payment that was
 * refused may be told authorised later, so the success belongs to it.
 */
export function eventOf(item: NotificationItem): ProcessorEvent {
  const { eventCode, pspReference, success, eventDate } = item;
  const answers = answersOf(item);
  return {
    eventId: `${eventCode}:${pspReference}:${success}`,
    type: eventCode,
    happenedMs: eventDate,
    about: aboutOf(item),
    ...(answers && { answers }),
  };
}

function aboutOf(item: NotificationItem): ProcessorEvent['about'] {
  const amount = fromAdyen(item.amount);
  const { pspReference, originalReference, merchantReference } = item;
  const chargeId = originalReference || null;
  const done = item.success === 'true';
  if (amount === null) return { kind: 'other' };
  // Of a charge that a modification is about, an item names neither reference nor amount.
  const modified = (state: ChargeState['state'], capturedMinor: number): ProcessorEvent['about'] =>
    chargeId === null
      ? { kind: 'other' }
      : {
          kind: 'charge',
          charge: { chargeId, reference: null, state, amount, capturedMinor, decline: null },
        };
  switch (item.eventCode) {
    case 'REPORT_AVAILABLE':
      return done ? reportOf(pspReference) : { kind: 'other' };
    case 'AUTHORISATION':
      return { kind: 'charge', charge: authorisationOf(item, amount) };
    case 'CAPTURE':
      return done ? modified('captured', amount.amountMinor) : { kind: 'other' };
    case 'CAPTURE_FAILED':
      return modified('capture_failed', 0);
    case 'CANCELLATION':
      return done ? modified('voided', 0) : { kind: 'other' };
    case 'REFUND':
    case 'REFUND_FAILED':
    case 'REFUNDED_REVERSED': {
      const state = item.eventCode === 'REFUND' && done ? 'refunded' : 'failed';
      const refund = { refundId: pspReference, reference: merchantReference || null, state, amount } as const;
      return { kind: 'refund', refund, chargeId };
    }
    default: {
      const state = done ? disputeStates[item.eventCode] : undefined;
      if (state === undefined) return { kind: 'other' };
      const reason = item.additionalData?.chargebackReasonCode ?? null;
      const dispute = {
        disputeId: pspReference,
        reference: merchantReference || null,
        state,
        amount,
        reason,
      };
      return { kind: 'dispute', dispute, chargeId };
    }
  }
}

/** By its name; the address that comes with it is not signed, and not followed: where reports lie is configured. */
function reportOf(name: string): ProcessorEvent['about'] {
  const batch = batchOf(name);
  return batch === null ? { kind: 'other' } : { kind: 'report', batch };
}

function authorisationOf(item: NotificationItem, amount: ChargeState['amount']): ChargeState {
  const { pspReference: chargeId, merchantReference } = item;
  const charge = { chargeId, reference: merchantReference || null, amount, capturedMinor: 0, decline: null };
  if (item.success === 'false') {
    return { ...charge, state: 'declined', decline: declineOf(item.reason ?? null, null) };
  }
  // An authorisation that is captured by itself is told by this item alone.
  const taken = item.additionalData?.[`metadata.${takeKey}`] === 'authorise_and_capture';
  return taken
    ? { ...charge, state: 'captured', capturedMinor: amount.amountMinor }
    : { ...charge, state: 'authorised' };
}

/** https://docs.adyen.com/risk-management/disputes-api/dispute-notifications */
const disputeStates: Readonly<Record<string, DisputeState['state']>> = {
  REQUEST_FOR_INFORMATION: 'inquiry',
  NOTIFICATION_OF_CHARGEBACK: 'inquiry',
  CHARGEBACK: 'opened',
  CHARGEBACK_REVERSED: 'won',
  PREARBITRATION_WON: 'won',
  SECOND_CHARGEBACK: 'lost',
  PREARBITRATION_LOST: 'lost',
};

const purposes: Readonly<Record<string, 'capture' | 'void'>> = {
  CAPTURE: 'capture',
  CAPTURE_FAILED: 'capture',
  CANCELLATION: 'void',
};

/** The end of a capture or void that was answered with "received". */
function answersOf(item: NotificationItem): ProcessorEvent['answers'] {
  const { originalReference: chargeId, merchantReference: reference, eventCode, success } = item;
  const purpose = purposes[eventCode];
  if (purpose === undefined || !chargeId || reference === '') return undefined;
  return { chargeId, reference, purpose, done: eventCode !== 'CAPTURE_FAILED' && success === 'true' };
}
