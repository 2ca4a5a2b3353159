// What central tells the merchant's own systems: the types of events, where they may be sent, and how a body is signed.
import { createHmac, randomBytes } from 'node:crypto';
import * as z from 'zod';

/** Each is told by the room that knows of it, in the transaction in which it comes about. */
export const outboundTypes = [
  'checkout.booked',
  'checkout.captured',
  'checkout.declined',
  'checkout.refunded',
  'checkout.disputed',
  'checkout.settled',
  'review.opened',
  'exception.opened',
  'payout.made',
  'payout.returned',
  'appliance.in_two_places',
  'appliance.journal_salvaged',
  'alert.opened',
  'alert.acknowledged',
  'alert.escalated',
  'alert.cleared',
] as const;
export type OutboundType = (typeof outboundTypes)[number];
/** Sent to one endpoint on demand, whatever it has subscribed. */
export const testType = 'endpoint.test';

/**
 * Tells every endpoint that has subscribed; called inside a transaction of the store, and as durable as what it tells of.
 * @param about the thing it is about, such as `checkout 0199…`
 * @param data JSON for the merchant's systems: amounts in integer minor units, never a token
 */
export type Tell = (
  type: OutboundType,
  about: string,
  data: Readonly<Record<string, unknown>>,
  nowMs: number,
) => void;

const urlCharsMax = 2000;

/** https, or http to this machine itself, where nobody listens in. */
export const EndpointUrl = z
  .string()
  .max(urlCharsMax)
  .refine((text) => urlProblem(text) === null, {
    error: (issue) => urlProblem(String(issue.input)) ?? 'use a URL',
  });

export const EndpointTypes = z.array(z.enum(outboundTypes)).min(1).max(outboundTypes.length);

/** Why events may not be sent there; null when they may. */
export function urlProblem(text: string): string | null {
  const url = URL.parse(text);
  if (url === null) return 'use a whole URL such as https://shop.example/holdfast';
  if (url.username !== '' || url.password !== '') {
    return 'leave user and password out of the URL; the signature says who sends';
  }
  if (url.hash !== '') return 'leave the fragment out of the URL; it is never sent';
  if (url.protocol === 'https:') return null;
  if (url.protocol === 'http:' && isLoopbackName(url.hostname)) return null;
  return 'use https; http is for this machine itself only (127.0.0.1, [::1] or localhost)';
}

function isLoopbackName(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** 256 random bits. Its text as a whole is the key of the HMAC. */
export function newEndpointSecret(): string {
  return `hf_whsec_${randomBytes(32).toString('base64url')}`;
}

/**
 * The header `Holdfast-Signature`: the time, and HMAC-SHA256 over `time.body` by each secret that is valid.
 * @param atMs of this sending: a receiver refuses what is too old
 */
export function signBody(body: Uint8Array, secrets: readonly string[], atMs: number): string {
  const seconds = Math.floor(atMs / 1000);
  const signatures = secrets.map((secret) =>
    createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex'),
  );
  return [`t=${seconds}`, ...signatures.map((signature) => `v1=${signature}`)].join(',');
}
