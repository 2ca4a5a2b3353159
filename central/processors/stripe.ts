// Stripe behind the port, on its official SDK. Nothing is sent twice by itself: trying again is the caller's decision.
import Stripe from 'stripe';
import * as z from 'zod';
import { assert } from '../../kit/assert.ts';
import type { Clock } from '../../kit/clock.ts';
import { lookUpFailed, lookUpOf, type Made, outcomeOf } from './made.ts';
import type { ChargeState, ProcessorPort, Webhook } from './port.ts';
import { toStripe } from './stripe-amounts.ts';
import { expandedSource } from './stripe-balance.ts';
import { failureOf, rejected, type StripeTrouble } from './stripe-errors.ts';
import { readCharge, readEvent, readRefund, referenceKey } from './stripe-objects.ts';
import { type StripeLists, stripeReport } from './stripe-report.ts';

export interface StripeOptions {
  secretKey: string;
  /** Two while a secret is being replaced. */
  webhookSecrets: readonly string[];
  baseUrl: URL;
  /** What one call may take, from the first byte to the last. */
  callMsMax: number;
  /**
   * After so long a search that finds nothing proves that there is nothing. Search is behind by under a minute, by more in an
   * outage (https://docs.stripe.com/search#data-freshness); an hour unless told.
   */
  searchSettledMs?: number;
  clock: Pick<Clock, 'wallMs'>;
}

/** Stripe keeps keys for at least 24 hours: https://docs.stripe.com/api/idempotent_requests */
const keyLifeMs = 24 * 3_600_000;
const searchAgainMsMin = 30_000;
const foundMax = 10;
/** Of one charge. */
const refundsMax = 500;
/** Stripe gives no more on one page. */
const pageMax = 100;
/** Seconds; the SDK's own default. */
const webhookAgeSecondsMax = 300;

export function createStripeProcessor(options: StripeOptions): ProcessorPort {
  const { baseUrl, callMsMax, searchSettledMs = 3_600_000, clock } = options;
  const stripe = new Stripe(options.secretKey, {
    host: baseUrl.hostname,
    port: baseUrl.port || (baseUrl.protocol === 'http:' ? 80 : 443),
    protocol: baseUrl.protocol === 'http:' ? 'http' : 'https',
    maxNetworkRetries: 0,
    timeout: callMsMax,
    telemetry: false,
    httpClient: sendOnce(),
  });

  /** Carries the call out within its time. The SDK's own time-out begins anew with every byte. */
  async function call<T>(send: () => Promise<T>): Promise<Made<T>> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Made<T>>((resolve) => {
      timer = setTimeout(() => resolve({ kind: 'unknown', reason: 'timed_out' }), callMsMax);
    });
    const sent = (async () => withoutStacks(send))().then(
      (value): Made<T> => ({ kind: 'answered', value }),
      (error: unknown): Made<T> => failureOf(troubleOf(error)),
    );
    const made = await Promise.race([sent, late]);
    clearTimeout(timer);
    return made;
  }

  const page = (after: string | null) => ({
    limit: pageMax,
    ...(after === null ? {} : { starting_after: after }),
  });
  const lists: StripeLists = {
    payouts: (created, after) => call(() => stripe.payouts.list({ created, ...page(after) })),
    transactionsOf: (payout, after) =>
      call(() =>
        stripe.balanceTransactions.list({ payout, expand: [`data.${expandedSource}`], ...page(after) }),
      ),
    transaction: (id) => call(() => stripe.balanceTransactions.retrieve(id, { expand: [expandedSource] })),
  };

  return {
    name: 'stripe',
    keyLifeMs,

    async charge({ amount, token, take, reference, idempotencyKey }) {
      const told = toStripe(amount);
      if (told === null) return rejected('amount_not_representable');
      const made = await call(() =>
        stripe.paymentIntents.create(
          {
            ...told,
            payment_method: token,
            allowed_payment_method_types: ['card'],
            confirm: true,
            capture_method: take === 'authorise' ? 'manual' : 'automatic',
            // The customer has left: what needs them is a decline.
            error_on_requires_action: true,
            // For the risk that Stripe states; it tells of it nowhere else.
            expand: ['latest_charge'],
            metadata: { [referenceKey]: reference },
          },
          { idempotencyKey },
        ),
      );
      return outcomeOf(chargeMade(made), ['authorised', 'captured']);
    },

    async capture({ chargeId, amount, idempotencyKey }) {
      const told = toStripe(amount);
      if (told === null) return rejected('amount_not_representable');
      const form = { amount_to_capture: told.amount };
      const made = await call(() => stripe.paymentIntents.capture(chargeId, form, { idempotencyKey }));
      return outcomeOf(chargeMade(made), ['captured']);
    },

    async void({ chargeId, idempotencyKey }) {
      const made = await call(() => stripe.paymentIntents.cancel(chargeId, {}, { idempotencyKey }));
      return outcomeOf(chargeMade(made), ['voided']);
    },

    async refund({ chargeId, amount, reference, idempotencyKey }) {
      const told = toStripe(amount);
      if (told === null) return rejected('amount_not_representable');
      const form = { payment_intent: chargeId, amount: told.amount, metadata: { [referenceKey]: reference } };
      const made = await call(() => stripe.refunds.create(form, { idempotencyKey }));
      // Stripe has no code for it: of a refund, the amount is refused only when it is more than is left.
      if (made.kind === 'rejected' && made.field === 'amount') return rejected('amount_too_large', 'amount');
      if (made.kind !== 'answered') return made;
      const read = readRefund(made.value);
      if (read === null) return { kind: 'unknown', reason: 'answer_malformed' };
      return { kind: 'approved', refund: read.refund };
    },

    async lookUpCharge({ reference, sentMs }) {
      assert(/^[\w.-]{1,200}$/.test(reference), 'a reference needs no quoting');
      const query = `metadata['${referenceKey}']:'${reference}'`;
      const made = await call(() => stripe.paymentIntents.search({ query, limit: foundMax }));
      if (made.kind !== 'answered') return lookUpFailed(made);
      const found = lookUpOf(made.value.data.map(readCharge));
      const ageMs = clock.wallMs() - sentMs;
      if (found.kind !== 'not_found' || ageMs >= searchSettledMs) return found;
      return {
        kind: 'too_early',
        tryAgainAfterMs: Math.min(Math.max(ageMs, searchAgainMsMin), searchSettledMs),
      };
    },

    async lookUpChargeById(chargeId) {
      const made = await call(() => stripe.paymentIntents.retrieve(chargeId));
      if (made.kind === 'rejected' && made.code === 'not_found') return { kind: 'not_found' };
      return made.kind === 'answered' ? lookUpOf([readCharge(made.value)]) : lookUpFailed(made);
    },

    async lookUpRefund({ chargeId, reference }) {
      // Refunds cannot be searched; the list is always up to date.
      const form = { payment_intent: chargeId, limit: 100 };
      const made = await call(() => stripe.refunds.list(form).autoPagingToArray({ limit: refundsMax }));
      if (made.kind !== 'answered') return lookUpFailed(made);
      // The one that is looked for may be among those that were not read.
      if (made.value.length >= refundsMax) return { kind: 'unavailable', code: 'refunds_too_many' };
      const refunds = made.value.map((value) => readRefund(value)?.refund ?? null);
      return lookUpOf(refunds.filter((refund) => refund === null || refund.reference === reference));
    },

    report: { kind: 'rows', ask: (range) => stripeReport(lists, range) },
    webhooks: { signatureHeader: 'stripe-signature', acceptedBody: '' },
    parseWebhook: (rawBody, signature, nowMs) =>
      parseWebhook(stripe, rawBody, signature, { secrets: options.webhookSecrets, nowMs }),
  };
}

/**
 * The SDK writes down the stack of each call, for errors whose text we never look at: an eighth of what a call costs. It does
 * so before it waits for anything, so that nobody else's errors lose theirs.
 */
function withoutStacks<T>(begin: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return begin();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function chargeMade(made: Made<unknown>): Made<ChargeState | null> {
  return made.kind === 'answered' ? { kind: 'answered', value: readCharge(made.value) } : made;
}

/**
 * The SDK sends again by itself when a connection is closed, even with its retries off; it knows such an error by its
 * code. So the error loses its code on the way.
 */
function sendOnce(): ReturnType<typeof Stripe.createNodeHttpClient> {
  const client = Stripe.createNodeHttpClient();
  const send = client.makeRequest.bind(client);
  client.makeRequest = (...request) =>
    send(...request).catch((error: NodeJS.ErrnoException) => {
      const closed = error.code === 'ECONNRESET' || error.code === 'EPIPE';
      throw closed ? new Error('the connection was closed') : error;
    });
  return client;
}

/** What may be known of an error: never its message, which may quote what was sent. */
function troubleOf(error: unknown): StripeTrouble {
  if (error instanceof Stripe.errors.StripeConnectionError) {
    // The SDK's type says text; it is the system's error.
    const { code, syscall } = z
      .object({ code: z.string(), syscall: z.string() })
      .partial()
      .catch({})
      .parse(error.detail);
    return {
      kind: 'not_answered',
      reached: syscall !== 'connect' && syscall !== 'getaddrinfo',
      timedOut: code === 'ETIMEDOUT',
    };
  }
  if (!(error instanceof Stripe.errors.StripeError) || error.statusCode === undefined)
    return { kind: 'not_understood' };
  const seconds = Number(error.headers?.['retry-after']);
  return {
    kind: 'answered',
    status: error.statusCode,
    type: error.rawType ?? '',
    code: error.code ?? null,
    declineCode: error.decline_code || null,
    adviceCode: error.advice_code ?? null,
    param: error.param ?? null,
    retryAfterSeconds: seconds > 0 ? seconds : null,
  };
}

function parseWebhook(
  stripe: Stripe,
  rawBody: Uint8Array,
  signature: string,
  { secrets, nowMs }: { secrets: readonly string[]; nowMs: number },
): Webhook {
  const signed = secrets.find((secret) =>
    isSigned(stripe, rawBody, signature, secret, { ageSecondsMax: 0, nowMs }),
  );
  if (signed === undefined) return { kind: 'refused', code: 'signature_wrong' };
  if (!isSigned(stripe, rawBody, signature, signed, { ageSecondsMax: webhookAgeSecondsMax, nowMs })) {
    return { kind: 'refused', code: 'timestamp_old' };
  }
  return readEvent(rawBody);
}

/** @param age 0 seconds for any age */
function isSigned(
  stripe: Stripe,
  rawBody: Uint8Array,
  header: string,
  secret: string,
  age: { ageSecondsMax: number; nowMs: number },
): boolean {
  const { signature } = stripe.webhooks;
  try {
    return signature?.verifyHeader(rawBody, header, secret, age.ageSecondsMax, undefined, age.nowMs) ?? false;
  } catch {
    return false;
  }
}
