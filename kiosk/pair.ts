// How a kiosk becomes known: it trades the technician's one-time code for a token of its own.

import type { Problem } from '../contract/kiosk-api.ts';
import type { Kiosk, Pairing } from '../contract/pairing.ts';
import { isPairing } from './answers.ts';
import { normalBaseUrl, plainFetch } from './appliance-url.ts';
import { createDelivery, defaultRetry, type RetryLimits, type UnavailableReason } from './delivery.ts';
import { uuidv7 } from './uuid.ts';

export interface PairOptions {
  baseUrl: string;
  /** As a person typed it or a scanner read it. */
  code: string;
  fetch?: typeof globalThis.fetch;
  retry?: Partial<RetryLimits>;
  signal?: AbortSignal;
}

/**
 * - `paired`: keep the token, it is said this once.
 * - `refused`: the code is wrong, used or too old, or pairing is locked for a while; the problem says which.
 * - `unavailable`: no answer in time; the code may be used up, then the technician makes another.
 */
export type PairingResult =
  | { kind: 'paired'; kiosk: Kiosk; token: string }
  | { kind: 'refused'; problem: Problem }
  | { kind: 'unavailable'; reason: UnavailableReason };

/** Retries carry one id, so that a connection that broke after the code was taken still brings the token. */
export async function pair({ baseUrl, code, fetch, retry, signal }: PairOptions): Promise<PairingResult> {
  const deliver = createDelivery({
    baseUrl: normalBaseUrl(baseUrl),
    fetch: fetch ?? plainFetch,
    limits: { ...defaultRetry, ...retry },
    signal,
  });
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': uuidv7() };
  const init = { method: 'POST', headers, body: JSON.stringify({ code }) };
  const delivery = await deliver<Pairing>('/v1/pairings', init, isPairing);
  switch (delivery.kind) {
    case 'answered':
      return { kind: 'paired', ...delivery.value };
    case 'problem':
      return { kind: 'refused', problem: delivery.problem };
    case 'unavailable':
      return delivery;
  }
}
