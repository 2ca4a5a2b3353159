// Adyen behind the port, on its official SDK. Nothing is sent twice by itself: trying again is the caller's decision.
// Adyen cannot be asked what became of a call: within a key's life the same request gets the first answer, and webhooks tell
// the rest (docs/decisions/0031-adyen.md).
import Client from '@adyen/api-library/lib/src/client.js';
import { EnvironmentEnum } from '@adyen/api-library/lib/src/config.js';
import { ModificationsApi } from '@adyen/api-library/lib/src/services/checkout/modificationsApi.js';
import { PaymentsApi } from '@adyen/api-library/lib/src/services/checkout/paymentsApi.js';
import { CardDetails } from '@adyen/api-library/lib/src/typings/checkout/cardDetails.js';
import { PaymentRequest } from '@adyen/api-library/lib/src/typings/checkout/paymentRequest.js';
import { assert, unreachable } from '../../kit/assert.ts';
import type { Clock } from '../../kit/clock.ts';
import { toAdyen } from './adyen-amounts.ts';
import { call, createHttpClient } from './adyen-call.ts';
import { rejected } from './adyen-errors.ts';
import { eventOf, readNotification, takeKey } from './adyen-notifications.ts';
import { type AskedModification, readModification, readPayment } from './adyen-objects.ts';
import { type AdyenReports, adyenReports } from './adyen-reports.ts';
import { attemptSeen, chargeIdsSeen, chargeSeen, refundsSeen, type Sightings } from './adyen-sightings.ts';
import { isSigned, isUser, type WebhookUser } from './adyen-signatures.ts';
import { lookUpOf, outcomeOf } from './made.ts';
import type { ChargeState, Failure, LookUp, ProcessorPort, SentAttempt, Webhook } from './port.ts';

export interface AdyenOptions {
  apiKey: string;
  merchantAccount: string;
  /** Of tokens that do not bring their own: `<shopper reference>/<stored payment method>`. Null takes those alone. */
  shopperReference: string | null;
  /** Hexadecimal; two while a key is being replaced. */
  hmacKeys: readonly string[];
  /** Where the webhook is set up with basic authentication. */
  webhookUser: WebhookUser | null;
  /** https://checkout-test.adyen.com, or the live one with its prefix: https://…-checkout-live.adyenpayments.com/checkout */
  baseUrl: URL;
  /** What one call may take, from the first byte to the last. */
  callMsMax: number;
  /** Null where reports are brought. */
  reports: Pick<AdyenReports, 'baseUrl' | 'user' | 'firstBatch'> | null;
  clock: Pick<Clock, 'wallMs'>;
  sightings: Sightings;
}

/** "A minimum period of 7 days after first submission": https://docs.adyen.com/development-resources/api-idempotency */
const keyLifeMs = 7 * 24 * 3_600_000;
/** A repetition must arrive while the key surely lives, also by a clock that is behind. */
const keyMarginMs = 6 * 3_600_000;
const referenceCharsMax = 80;
/** Adyen's field must be there; the customer has left and is sent nowhere. */
const returnUrl = 'https://holdfast.invalid/';

export function createAdyenProcessor(options: AdyenOptions): ProcessorPort {
  const { merchantAccount, callMsMax, clock, sightings } = options;
  assert(
    options.hmacKeys.every((key) => /^([0-9a-f]{2})+$/i.test(key)),
    'HMAC keys of Adyen are hexadecimal',
  );
  const client = new Client.default(
    // The library's own hosts are not used: the client below puts the configured one in front of the path.
    { environment: EnvironmentEnum.TEST, apiKey: options.apiKey },
    createHttpClient(options.baseUrl, callMsMax, options.apiKey),
  );
  const payments = new PaymentsApi(client);
  const modifications = new ModificationsApi(client);

  /** Asks for a capture, a void or a refund. */
  async function modify(
    asked: AskedModification,
    send: () => Promise<unknown>,
  ): Promise<{ kind: 'received'; pspReference: string } | Failure> {
    if (asked.reference.length > referenceCharsMax) return referenceTooLong();
    const made = await call(send);
    if (made.kind !== 'answered') return made;
    const read = readModification(made.value, asked);
    switch (read.kind) {
      case 'received':
        return read;
      case 'other_request':
        return rejected('key_reused');
      case 'unreadable':
        return { kind: 'unknown', reason: 'answer_malformed' };
      default:
        return unreachable(read);
    }
  }

  /** What may be said of an attempt that nothing was heard of. */
  function unheard({ firstSentMs }: SentAttempt): { kind: 'repeat' } | { kind: 'unavailable'; code: string } {
    const repeatable = clock.wallMs() - firstSentMs < keyLifeMs - keyMarginMs;
    return repeatable ? { kind: 'repeat' } : { kind: 'unavailable', code: 'key_forgotten' };
  }

  return {
    name: 'adyen',
    keyLifeMs,

    async charge({ amount, token, take, reference, idempotencyKey }) {
      const told = toAdyen(amount);
      if (told === null) return rejected('amount_not_representable');
      if (reference.length > referenceCharsMax) return referenceTooLong();
      const { shopperReference, storedPaymentMethodId } = splitToken(token, options.shopperReference);
      if (shopperReference === null) return rejected('request_refused', 'shopperReference', shopperHint);
      const request: PaymentRequest = {
        merchantAccount,
        reference,
        amount: told,
        paymentMethod: { type: CardDetails.TypeEnum.Scheme, storedPaymentMethodId },
        shopperReference,
        shopperInteraction: PaymentRequest.ShopperInteractionEnum.ContAuth,
        recurringProcessingModel: PaymentRequest.RecurringProcessingModelEnum.UnscheduledCardOnFile,
        metadata: { [takeKey]: take },
        returnUrl,
        // Both are said, so that the account's own setting decides nothing.
        ...(take === 'authorise' ? { additionalData: { manualCapture: 'true' } } : { captureDelayHours: 0 }),
      };
      const made = await call(() => payments.payments(request, { idempotencyKey }));
      if (made.kind !== 'answered') return made;
      const read = readPayment(made.value, { reference, amount, take });
      switch (read.kind) {
        case 'charge':
          return outcomeOf({ kind: 'answered', value: read.charge }, ['authorised', 'captured']);
        case 'other_request':
          return rejected('key_reused');
        case 'unreadable':
          return { kind: 'unknown', reason: 'answer_malformed' };
        default:
          return unreachable(read);
      }
    },

    async capture({ chargeId, amount, reference, idempotencyKey }) {
      const told = toAdyen(amount);
      if (told === null) return rejected('amount_not_representable');
      const request = { merchantAccount, reference, amount: told };
      const made = await modify({ chargeId, reference, amount }, () =>
        modifications.captureAuthorisedPayment(chargeId, request, { idempotencyKey }),
      );
      return made.kind === 'received' ? { kind: 'unknown', reason: 'accepted' } : made;
    },

    async void({ chargeId, reference, idempotencyKey }) {
      const request = { merchantAccount, reference };
      const made = await modify({ chargeId, reference, amount: null }, () =>
        modifications.cancelAuthorisedPaymentByPspReference(chargeId, request, { idempotencyKey }),
      );
      return made.kind === 'received' ? { kind: 'unknown', reason: 'accepted' } : made;
    },

    async refund({ chargeId, amount, reference, idempotencyKey }) {
      const told = toAdyen(amount);
      if (told === null) return rejected('amount_not_representable');
      const request = { merchantAccount, reference, amount: told };
      const made = await modify({ chargeId, reference, amount }, () =>
        modifications.refundCapturedPayment(chargeId, request, { idempotencyKey }),
      );
      if (made.kind !== 'received') return made;
      return {
        kind: 'approved',
        refund: { refundId: made.pspReference, reference, state: 'pending', amount },
      };
    },

    async lookUpCharge(question) {
      const named = await sightings.about({ reference: question.reference });
      if (named === null) return eventsTooMany;
      const charges: (ChargeState | null)[] = [];
      for (const chargeId of chargeIdsSeen(named, question.reference)) {
        const events = await sightings.about({ chargeId });
        if (events === null) return eventsTooMany;
        charges.push(chargeSeen(events, chargeId));
      }
      const found = lookUpOf(charges);
      return found.kind === 'not_found' ? unheard(question) : found;
    },

    async lookUpChargeById(chargeId, attempt): Promise<LookUp<ChargeState>> {
      const events = await sightings.about({ chargeId });
      if (events === null) return eventsTooMany;
      const charge = chargeSeen(events, chargeId);
      const heard = attempt === undefined || attemptSeen(events, attempt.reference) !== null;
      if (charge !== null && heard) return { kind: 'found', found: [charge] };
      return attempt === undefined ? { kind: 'unavailable', code: 'not_seen' } : unheard(attempt);
    },

    async lookUpRefund(question) {
      const events = await sightings.about({ reference: question.reference });
      if (events === null) return eventsTooMany;
      const found = lookUpOf(refundsSeen(events, question.reference));
      return found.kind === 'not_found' ? unheard(question) : found;
    },

    report: options.reports && adyenReports({ ...options.reports, merchantAccount, silenceMsMax: callMsMax }),
    webhooks: { signatureHeader: 'authorization', acceptedBody: '[accepted]' },
    parseWebhook: (rawBody, authorization) => parseWebhook(options, rawBody, authorization),
  };
}

/** Nothing is said by a part of what was told: a person looks at it. */
const eventsTooMany = { kind: 'unavailable', code: 'events_too_many' } as const;

const shopperHint =
  'Give shopperReference in the configuration, or tokens as <shopper reference>/<stored payment method>.';

function referenceTooLong(): Failure {
  const hint = `Adyen takes references of ${referenceCharsMax} characters: use an appliance id of 33 characters or fewer.`;
  return rejected('request_refused', 'reference', hint);
}

/** A token belongs to the shopper it was made for, who may be named in front of it. */
function splitToken(
  token: string,
  configured: string | null,
): { shopperReference: string | null; storedPaymentMethodId: string } {
  const at = token.lastIndexOf('/');
  return at < 1
    ? { shopperReference: configured, storedPaymentMethodId: token }
    : { shopperReference: token.slice(0, at), storedPaymentMethodId: token.slice(at + 1) };
}

/** One item that is not signed refuses the whole body: Adyen sends what it signs. */
function parseWebhook(
  { hmacKeys, merchantAccount, webhookUser }: AdyenOptions,
  rawBody: Uint8Array,
  authorization: string,
): Webhook {
  if (webhookUser !== null && !isUser(authorization, webhookUser)) {
    return { kind: 'refused', code: 'signature_wrong' };
  }
  const items = readNotification(rawBody);
  if (items === null) return { kind: 'refused', code: 'body_malformed' };
  if (!items.every((item) => isSigned(item, hmacKeys))) return { kind: 'refused', code: 'signature_wrong' };
  // A webhook of the company tells of other merchant accounts too.
  const events = items.map((item) => {
    const { answers, ...event } = eventOf(item);
    if (item.merchantAccountCode !== merchantAccount) return { ...event, about: { kind: 'other' as const } };
    return answers === undefined ? event : { ...event, answers };
  });
  return { kind: 'events', events };
}
