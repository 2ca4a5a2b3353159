// How a kiosk becomes known: it trades the technician's one-time code for a token of its own. The code works once, so the
// request is kept until the token is: a reload in between asks again under the same id, and gets the same token.
import type { Problem } from '../contract/kiosk-api.ts';
import type { Kiosk, Pairing } from '../contract/pairing.ts';
import { isPairing } from './answers.ts';
import { normalBaseUrl, plainFetch } from './appliance-url.ts';
import { createDelivery, defaultRetry, type RetryLimits, type UnavailableReason } from './delivery.ts';
import { type KeptRequest, type KioskStorage, memoryStorage, pairingsPath } from './storage.ts';
import { newId } from './uuid.ts';

export interface PairOptions {
  baseUrl: string;
  /** As a person typed it or a scanner read it. */
  code: string;
  /** Keeps the new token, before the request that brought it is forgotten. */
  keep?: (paired: Pairing) => void | Promise<void>;
  /** Where the request is kept until then, such as the client's own; in memory unless told, which a reload loses. */
  storage?: KioskStorage;
  fetch?: typeof globalThis.fetch;
  retry?: Partial<RetryLimits>;
  signal?: AbortSignal;
}

/**
 * - `paired`: keep the token, it is said this once.
 * - `refused`: the code is wrong, used or too old, or pairing is locked for a while; the problem says which.
 * - `unavailable`: no answer in time. The code may be used up: pair again with the same one within a minute, which asks
 *   under the same id; after that the technician makes another.
 */
export type PairingResult =
  | { kind: 'paired'; kiosk: Kiosk; token: string }
  | { kind: 'refused'; problem: Problem }
  | { kind: 'unavailable'; reason: UnavailableReason };

/** Retries carry one id, so that a connection that broke after the code was taken still brings the token. */
export async function pair(options: PairOptions): Promise<PairingResult> {
  const { baseUrl, code, keep, storage = memoryStorage(), fetch, retry, signal } = options;
  const deliver = createDelivery({
    baseUrl: normalBaseUrl(baseUrl),
    fetch: fetch ?? plainFetch,
    limits: { ...defaultRetry, ...retry },
    signal,
  });
  const { id, body } = await keptRequest(storage, JSON.stringify({ code }));
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': id };
  const delivery = await deliver<Pairing>(pairingsPath, { method: 'POST', headers, body }, isPairing);
  if (delivery.kind === 'answered') await keep?.(delivery.value);
  // A request that cannot be forgotten only asks again with a code that is used.
  if (delivery.kind !== 'unavailable') await storage.remove(id).catch(() => {});
  switch (delivery.kind) {
    case 'answered':
      return { kind: 'paired', ...delivery.value };
    case 'problem':
      return { kind: 'refused', problem: delivery.problem };
    case 'unavailable':
      return delivery;
  }
}

/** The code of a pairing that was begun and has no answer yet, such as after a reload: pair with it again. */
export async function unfinishedPairing(storage: KioskStorage): Promise<string | null> {
  const request = (await storage.all()).findLast(({ path }) => path === pairingsPath);
  const { code } = JSON.parse(request?.body ?? '{}') as { code?: unknown };
  return typeof code === 'string' ? code : null;
}

/** The request as it was sent before, or a new one, kept before it is sent; others were of codes given up. */
async function keptRequest(storage: KioskStorage, body: string): Promise<KeptRequest> {
  const before = (await storage.all()).filter(({ path }) => path === pairingsPath);
  const same = before.find((request) => request.body === body);
  await Promise.all(before.filter((other) => other !== same).map(({ id }) => storage.remove(id)));
  const request = same ?? { id: newId(), path: pairingsPath, body };
  if (!same) await storage.put(request);
  return request;
}
