// The kiosk's client: it makes each document's id, keeps it with the exact bytes until an answer came, and retries
// safely. A refusal is a value, never an exception. Web standards only: it runs in a browser and in Node.
import type {
  Checkout as CheckoutSchema,
  Fulfilment as FulfilmentSchema,
  LinkedRefund as LinkedRefundSchema,
  UnlinkedRefund as UnlinkedRefundSchema,
  Void as VoidSchema,
} from '../contract/checkout.ts';
import type { Answer, DocumentPage, DocumentView, Flags, Problem, Status } from '../contract/kiosk-api.ts';
import type { Quote, QuoteRequest as QuoteRequestSchema } from '../contract/quote.ts';
import type { Slip } from '../contract/slip.ts';
import { isAnswer, isDocumentPage, isDocumentView, isFlags, isQuote, isSlip, isStatus } from './answers.ts';
import { normalBaseUrl, plainFetch } from './appliance-url.ts';
import { createDelivery, defaultRetry, type RetryLimits, type UnavailableReason } from './delivery.ts';
import { type EventsOptions, type KioskEvent, readEvents } from './events.ts';
import { type KeptRequest, type KioskStorage, memoryStorage, pairingsPath } from './storage.ts';
import { type Reading, readingOf, type Submission, submissionOf } from './submission.ts';
import { beginTrace, type KioskSpan } from './trace.ts';
import { newId } from './uuid.ts';

export type { Reading, Submission } from './submission.ts';
export type { KioskSpan } from './trace.ts';

/** What a caller writes: fields with a default may be left out. */
type Written<Schema extends { _zod: { input: unknown } }> = Schema['_zod']['input'];
export type Checkout = Written<typeof CheckoutSchema>;
export type Void = Written<typeof VoidSchema>;
export type Fulfilment = Written<typeof FulfilmentSchema>;
export type Refund = Written<typeof LinkedRefundSchema> | Written<typeof UnlinkedRefundSchema>;
export type QuoteRequest = Written<typeof QuoteRequestSchema>;

export interface KioskClient {
  /**
   * Submits a checkout under a new id, or under `id` from `newId()`: for a kiosk that notes which basket it is about to
   * sell under which id before anything is sent.
   */
  checkout(checkout: Checkout, options?: { id?: string }): Promise<Submission>;
  /** Voids an approved checkout. */
  void(checkoutId: string, body: Void): Promise<Submission>;
  /**
   * Money back: on a checkout of this appliance in full, by line or by amount; or without one where the policy allows it.
   */
  refund(refund: Refund): Promise<Submission>;
  /**
   * How far the goods of a checkout are that keeps them for a hand-over: picked, short-picked, handed over, abandoned.
   * What it brings back to the customer is in `answer.refund`, a document of its own.
   */
  fulfil(checkoutId: string, step: Fulfilment): Promise<Submission>;
  /** Sends again, the oldest first, what has no answer yet and is not on its way: after a reload, a crash, an outage. */
  resume(): Promise<Submission[]>;
  /** The ids of what is kept without an answer, the oldest first. */
  unanswered(): Promise<string[]>;
  /**
   * Drops a kept request without an answer. For a kiosk that has made sure by `get(id)` that the document does not
   * exist, or has voided it.
   */
  forget(id: string): Promise<void>;
  /** One document of any kind as it stands now. */
  get(id: string): Promise<Reading<DocumentView>>;
  /** A page of documents, the newest first. */
  list(page?: { cursor?: string; limit?: number }): Promise<Reading<DocumentPage>>;
  /**
   * The customer's paper as data; `invalid` with status 404 where the document has none. The appliance does not know
   * whether paper came out before: the kiosk says so by `copy`.
   */
  slip(id: string, options?: SlipOptions): Promise<Reading<Slip>>;
  /** The same for a printer of 42 columns: lines of text. */
  slipText(id: string, options?: SlipOptions): Promise<Reading<string>>;
  /** What a checkout would cost and be told now. Nothing is written down, so nothing is kept. */
  quote(question: QuoteRequest): Promise<Reading<Quote>>;
  status(): Promise<Reading<Status>>;
  /** The policy's switches as they stand for this kiosk. */
  flags(): Promise<Reading<Flags>>;
  /** What happens at the appliance, without a gap, until the signal ends it or the appliance turns the kiosk away. */
  events(options?: EventsOptions): AsyncGenerator<KioskEvent, void, undefined>;
}

export interface SlipOptions {
  /** Paper came out before. */
  copy?: boolean;
}

export interface KioskOptions {
  /** The appliance, such as http://appliance.local:8080. */
  baseUrl: string;
  /** The kiosk's own, from `pair()`; needed on the local network, and never kept with a request. */
  token?: string;
  fetch?: typeof globalThis.fetch;
  /** Where unanswered requests are kept; in memory unless told, which a reload loses. */
  storage?: KioskStorage;
  retry?: Partial<RetryLimits>;
  /** Ends every wait at once; what has no answer then stays kept. */
  signal?: AbortSignal;
  /** Told of each submission once it is over, as a span: for a kiosk whose maker collects traces. */
  onSpan?: (span: KioskSpan) => void;
  /** How long central may take over a checkout, in whole seconds; as the site's policy says unless told. */
  onlineWaitSeconds?: number;
}

/** The longest that an appliance lets a checkout wait for central. */
const onlineWaitMsMax = 30_000;

/** @throws TypeError when baseUrl is no http or https URL: an error of the program, not of the world */
export function createKioskClient(options: KioskOptions): KioskClient {
  const storage = options.storage ?? memoryStorage();
  const onTheWay = new Set<string>();
  const fetch = options.fetch ?? plainFetch;
  const authorisation: Record<string, string> =
    options.token === undefined ? {} : { Authorization: `Bearer ${options.token}` };
  const baseUrl = normalBaseUrl(options.baseUrl);
  const deliver = createDelivery({
    baseUrl,
    fetch,
    headers: authorisation,
    limits: { ...defaultRetry, ...options.retry },
    signal: options.signal,
  });
  const { onlineWaitSeconds } = options;
  const waitMs = onlineWaitSeconds === undefined ? onlineWaitMsMax : onlineWaitSeconds * 1000;

  /** Kept before it is sent: whatever happens after this, the same request can be sent again. */
  async function submit(path: string, document: object, id = newId()): Promise<Submission> {
    const request = { id, path, body: JSON.stringify(document) };
    return alone(request.id, async () => {
      try {
        await storage.put(request);
      } catch {
        return { kind: 'unavailable', id: request.id, reason: 'storage_failed' };
      }
      return send(request, 'first');
    });
  }

  async function send({ id, path, body }: KeptRequest, time: 'first' | 'again'): Promise<Submission> {
    const trace = beginTrace(id);
    const headers: Record<string, string> = {
      'Content-Type': 'application/json',
      'Idempotency-Key': id,
      traceparent: trace.traceparent,
    };
    const online = path === checkoutsPath;
    if (online && onlineWaitSeconds !== undefined) headers.Prefer = `wait=${onlineWaitSeconds}`;
    const isOurs = (value: unknown): value is Answer => isAnswer(value) && value.id === id;
    const init = { method: 'POST', headers, body };
    // An answer may take as long as central may; a time-out before that would only ask the same again.
    const delivery = await deliver(path, init, isOurs, online ? waitMs : 0);
    options.onSpan?.(trace.end(path));
    // Turned away at the door, where nobody looks whether the same request was let in before: only the journal knows.
    if (delivery.kind === 'problem' && isOfTheDoor(delivery.problem)) {
      if (time === 'again' || delivery.attempts > 1)
        return { kind: 'unavailable', id, reason: 'not_admitted' };
    }
    // When removing fails the request is asked again some day and gets the same answer.
    if (delivery.kind !== 'unavailable') await storage.remove(id).catch(() => {});
    return submissionOf(id, delivery);
  }

  /** The documents: a pairing may lie in the same storage, and is finished by whoever began it. */
  async function kept(): Promise<KeptRequest[]> {
    return (await storage.all()).filter(({ path }) => path !== pairingsPath);
  }

  /** One sending of an id at a time: resume() leaves alone what is on its way. */
  async function alone<T>(id: string, task: () => Promise<T>): Promise<T> {
    onTheWay.add(id);
    try {
      return await task();
    } finally {
      onTheWay.delete(id);
    }
  }

  return {
    checkout: (checkout, { id } = {}) => submit(checkoutsPath, checkout, id),
    void: (checkoutId, body) => submit(`/v1/checkouts/${encodeURIComponent(checkoutId)}/void`, body),
    refund: (refund) => submit('/v1/refunds', refund),
    fulfil: (checkoutId, step) => submit(`/v1/checkouts/${encodeURIComponent(checkoutId)}/fulfilment`, step),

    async resume() {
      const waiting = (await kept()).filter((request) => !onTheWay.has(request.id));
      const results: Submission[] = [];
      let silent: UnavailableReason | null = null;
      for (const request of waiting) {
        if (onTheWay.has(request.id)) continue;
        // When nobody answered the one before, the next would only wait as long again.
        const result: Submission = silent
          ? { kind: 'unavailable', id: request.id, reason: silent }
          : await alone(request.id, () => send(request, 'again'));
        if (result.kind === 'unavailable' && isSilence(result.reason)) silent = result.reason;
        results.push(result);
      }
      return results;
    },
    unanswered: async () => (await kept()).map((request) => request.id),
    forget: (id) => storage.remove(id),

    async get(id) {
      return readingOf(await deliver(`/v1/checkouts/${encodeURIComponent(id)}`, get, isDocumentView));
    },
    async list(page = {}) {
      const query = new URLSearchParams();
      if (page.cursor !== undefined) query.set('cursor', page.cursor);
      if (page.limit !== undefined) query.set('limit', String(page.limit));
      return readingOf(await deliver(`/v1/checkouts?${query}`, get, isDocumentPage));
    },
    async slip(id, options) {
      const isOurs = (value: unknown): value is Slip => isSlip(value) && value.id === id;
      return readingOf(await deliver(slipPath(id, options), get, isOurs));
    },
    async slipText(id, options) {
      // Every slip ends with the id of its document.
      const isOurs = (value: unknown): value is string => typeof value === 'string' && value.includes(id);
      const init = { method: 'GET', headers: { Accept: 'text/plain' } };
      return readingOf(await deliver(slipPath(id, options), init, isOurs));
    },
    async quote(question) {
      const headers = { 'Content-Type': 'application/json' };
      const init = { method: 'POST', headers, body: JSON.stringify(question) };
      return readingOf(await deliver('/v1/quotes', init, isQuote));
    },
    async status() {
      return readingOf(await deliver('/v1/status', get, isStatus));
    },
    async flags() {
      return readingOf(await deliver('/v1/flags', get, isFlags));
    },
    events({ lastEventId, signal } = {}) {
      const ends = [signal, options.signal].filter((one) => one !== undefined);
      return readEvents(`${baseUrl}/v1/events`, fetch, authorisation, {
        ...(lastEventId !== undefined && { lastEventId }),
        signal: AbortSignal.any(ends),
      });
    },
  };
}

const checkoutsPath = '/v1/checkouts';
const get = { method: 'GET' };

function slipPath(id: string, { copy = false }: SlipOptions = {}): string {
  return `/v1/checkouts/${encodeURIComponent(id)}/slip${copy ? '?copy=true' : ''}`;
}

/** Who calls, and under which name, is looked at before what they ask. */
function isOfTheDoor({ status }: Problem): boolean {
  return status === 401 || status === 403 || status === 421;
}

/** True when the appliance did not speak at all, so that it will not for another request either. */
function isSilence(reason: UnavailableReason): boolean {
  return reason === 'unreachable' || reason === 'timeout' || reason === 'stopped';
}
