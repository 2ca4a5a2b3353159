// Carries one request to the appliance until it is answered or the time is up. Retrying is safe, because every
// request that changes anything carries its id as Idempotency-Key and the same bytes each time (I2).
import type { Problem } from '../contract/kiosk-api.ts';
import { type Guard, isProblem } from './answers.ts';

export interface RetryLimits {
  /** One attempt, from connecting to the last byte of the answer. */
  attemptMsMax: number;
  /** All attempts and the waiting between them. */
  totalMsMax: number;
  /** The delay before retry n is random in [0, min(delayMsMax, delayMsBase × 2^n)): full jitter. */
  delayMsBase: number;
  delayMsMax: number;
  /** The longest Retry-After that is honoured; a longer one is cut to this. */
  retryAfterMsMax: number;
}

export const defaultRetry: RetryLimits = {
  attemptMsMax: 10_000,
  totalMsMax: 30_000,
  delayMsBase: 100,
  delayMsMax: 5_000,
  retryAfterMsMax: 10_000,
};

/**
 * Why there is no answer: `unreachable` no connection, or it broke; `timeout` nothing came in time; `busy` asked to
 * come later (429, 503); `journal_full` the appliance takes nothing new at the moment (507); `failed` it had an error
 * (500); `bad_answer` what came is no answer of an appliance; `stopped` the caller's signal; `not_admitted` the appliance
 * no longer lets this kiosk in, and what was sent before that may have been accepted: pair again, then `resume()`;
 * `storage_failed` the request could not be kept, so it was not sent.
 */
export type UnavailableReason =
  | 'unreachable'
  | 'timeout'
  | 'busy'
  | 'journal_full'
  | 'failed'
  | 'bad_answer'
  | 'stopped'
  | 'not_admitted'
  | 'storage_failed';

export type Delivery<T> =
  | { kind: 'answered'; value: T }
  /** `attempts` says how often it was sent: an earlier attempt may have been accepted. */
  | { kind: 'problem'; problem: Problem; attempts: number }
  | { kind: 'unavailable'; reason: UnavailableReason };

type Attempt<T> =
  | { kind: 'answered'; value: T }
  | { kind: 'problem'; problem: Problem }
  | { kind: 'retry'; reason: UnavailableReason; retryAfterMs: number };

export type Deliver = <T>(
  path: string,
  init: { method: string; headers?: Record<string, string>; body?: string },
  isExpected: Guard<T>,
  /** What each attempt may take in addition to the limits, because somebody else is asked. */
  extraMs?: number,
) => Promise<Delivery<T>>;

export function createDelivery(options: {
  baseUrl: string;
  fetch: typeof globalThis.fetch;
  /** Go along with every request, such as who asks. */
  headers?: Record<string, string>;
  limits: RetryLimits;
  signal: AbortSignal | undefined;
}): Deliver {
  const { baseUrl, fetch, headers = {}, limits, signal } = options;

  /** Tries until answered; gives up when the next attempt would begin after the time is up. */
  return async (path, given, isExpected, extraMs = 0) => {
    const init = { ...given, headers: { ...headers, ...given.headers } };
    const deadline = performance.now() + limits.totalMsMax;
    const { attemptMsMax } = limits;
    let reason: UnavailableReason = 'timeout';
    for (let failures = 0; ; failures++) {
      const leftMs = Math.max(1, Math.ceil(deadline - performance.now()));
      const timeout = AbortSignal.timeout(Math.min(attemptMsMax, leftMs) + extraMs);
      const result = await attempt(path, init, isExpected, timeout);
      if (result.kind === 'problem') return { ...result, attempts: failures + 1 };
      if (result.kind !== 'retry') return result;
      // An attempt cut short by the end of the time tells less than what was heard before.
      if (result.reason !== 'timeout' || leftMs >= attemptMsMax) reason = result.reason;
      if (signal?.aborted) return { kind: 'unavailable', reason: 'stopped' };
      const delayMs = retryDelayMs(limits, failures, result.retryAfterMs);
      if (performance.now() + delayMs >= deadline) return { kind: 'unavailable', reason };
      await pause(delayMs, signal);
    }
  };

  async function attempt<T>(
    path: string,
    init: RequestInit,
    isExpected: Guard<T>,
    timeout: AbortSignal,
  ): Promise<Attempt<T>> {
    try {
      const response = await fetch(baseUrl + path, {
        ...init,
        signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
        // An appliance never redirects; whatever does is not one.
        redirect: 'error',
        cache: 'no-store',
      });
      return judge(response, await response.text(), isExpected);
    } catch {
      return retry(timeout.aborted ? 'timeout' : 'unreachable');
    }
  }
}

/** What one HTTP answer means. */
function judge<T>(response: Response, text: string, isExpected: Guard<T>): Attempt<T> {
  const { status } = response;
  const retryAfterMs = parseRetryAfterMs(response.headers.get('retry-after'));
  if (status === 507) return retry('journal_full', retryAfterMs);
  if (status === 429 || status === 503) return retry('busy', retryAfterMs);
  if (status === 502 || status === 504) return retry('unreachable', retryAfterMs);
  if (status === 408) return retry('timeout', retryAfterMs);
  if (status >= 500) return retry('failed', retryAfterMs);
  const value = isText(response) ? text : parseJson(text);
  if (response.ok && isExpected(value)) return { kind: 'answered', value };
  if (!response.ok && isProblem(value)) return { kind: 'problem', problem: value };
  return retry('bad_answer', retryAfterMs);
}

/** Text is taken as it is, where text was asked for. */
function isText({ headers }: Response): boolean {
  return headers.get('content-type')?.startsWith('text/plain') ?? false;
}

function retry(
  reason: UnavailableReason,
  retryAfterMs = 0,
): { kind: 'retry'; reason: UnavailableReason; retryAfterMs: number } {
  return { kind: 'retry', reason, retryAfterMs };
}

/** Full jitter on top of what the appliance asked for, so that kiosks told the same do not come back together. */
export function retryDelayMs(limits: RetryLimits, failures: number, retryAfterMs: number): number {
  const ceiling = Math.min(limits.delayMsMax, limits.delayMsBase * 2 ** Math.min(failures, 30));
  return Math.min(retryAfterMs, limits.retryAfterMsMax) + Math.random() * ceiling;
}

/** Retry-After in milliseconds, given as seconds or as a date (RFC 9110 §10.2.3); 0 when absent or unreadable. */
export function parseRetryAfterMs(header: string | null, nowMs: number = Date.now()): number {
  if (header === null) return 0;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1000;
  const delayMs = header.endsWith('GMT') ? Date.parse(header) - nowMs : 0;
  return Number.isNaN(delayMs) ? 0 : Math.max(0, delayMs);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Waits, or less when the signal comes. */
function pause(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    signal?.addEventListener('abort', done);
    if (signal?.aborted) done();
  });
}
