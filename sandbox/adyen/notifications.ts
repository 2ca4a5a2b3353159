// Webhooks as Adyen sends them: one item a body, signed within it
// (https://docs.adyen.com/development-resources/webhooks/secure-webhooks/verify-hmac-signatures).
import { createHmac } from 'node:crypto';
import * as z from 'zod';
import { type Dress, Endpoint } from '../webhooks.ts';
import type { Notification } from './books.ts';

export const AdyenEndpoint = Endpoint.extend({
  /** Which event codes are sent. */
  events: z
    .array(z.string().regex(/^(\*|[A-Z_]{1,100})$/, { error: 'use event codes, or * for all' }))
    .max(100)
    .default(['*']),
  /** The HMAC key, as hexadecimal digits. */
  secret: z
    .string()
    .regex(/^([0-9a-fA-F]{2}){1,64}$/, { error: 'use an even number of hexadecimal digits' })
    .default('44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056'),
  /** For basic authentication. */
  user: z
    .strictObject({ username: z.string().min(1), password: z.string().min(1) })
    .nullable()
    .default(null),
  signature: z.enum(['good', 'wrong']).default('good'),
});
export type AdyenEndpoint = z.infer<typeof AdyenEndpoint>;

type Item = ReturnType<typeof itemOf>;

/** Copies of an event have the same. */
export const eventIdOf = ({ eventCode, pspReference, success }: Notification): string =>
  `${eventCode}:${pspReference}:${success}`;

/** An item before it is signed. */
export const bodyOf = (notification: Notification): string => JSON.stringify(itemOf(notification));

export const dressAsAdyen: Dress<AdyenEndpoint> = ({ secret, user, signature }, message) => {
  const item = JSON.parse(message.body) as Item;
  const signed = [
    item.pspReference,
    item.originalReference ?? '',
    item.merchantAccountCode,
    item.merchantReference,
    item.amount.value,
    item.amount.currency,
    item.eventCode,
    item.success,
  ].join(':');
  // Not 00: an HMAC fills its key up with zeros.
  const key = Buffer.from(signature === 'wrong' ? `${secret}01` : secret, 'hex');
  const hmacSignature = createHmac('sha256', key).update(signed).digest('base64');
  const additionalData = { ...item.additionalData, hmacSignature };
  const headers: Record<string, string> = { 'Content-Type': 'application/json; charset=utf-8' };
  if (user !== null) {
    headers.Authorization = `Basic ${Buffer.from(`${user.username}:${user.password}`).toString('base64')}`;
  }
  const body = {
    live: 'false',
    notificationItems: [{ NotificationRequestItem: { ...item, additionalData } }],
  };
  return { headers, body: JSON.stringify(body) };
};

function itemOf(notification: Notification) {
  const { eventCode, pspReference, originalReference, merchantReference, amount, payment } = notification;
  const metadata = Object.entries(payment.metadata).map(([key, value]) => [`metadata.${key}`, value]);
  return {
    additionalData: Object.fromEntries(metadata) as Record<string, string>,
    amount,
    eventCode,
    // Whole seconds and a zone, as Adyen writes it.
    eventDate: new Date(notification.eventMs).toISOString().replace(/\.\d+Z$/, '+00:00'),
    merchantAccountCode: payment.merchantAccount,
    merchantReference,
    ...(originalReference !== null && { originalReference }),
    paymentMethod: 'visa',
    pspReference,
    reason: notification.reason ?? '',
    success: String(notification.success),
  };
}
