// Adyen's side of the sandbox through the unmodified library, as somebody who tests an integration uses it.
import { CheckoutAPI, Client, EnvironmentEnum, Types } from '@adyen/api-library';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import { openSandbox, type Sandbox } from '../server.ts';
import { refusalNumbers } from './refusals.ts';

let sandbox: Sandbox;
let checkout: CheckoutAPI;

beforeEach(async () => {
  const options = { host: '127.0.0.1', port: 0, clock: 'manual', searchLagMs: 0, latencyMs: 0 } as const;
  sandbox = await openSandbox(options, silentLog);
  checkout = library('test_any');
});
afterEach(() => sandbox.close());

const url = (path: string) => `http://127.0.0.1:${sandbox.port}${path}`;
const admin = (path: string, body: unknown, method = 'POST') =>
  fetch(url(path), { method, body: JSON.stringify(body) });

class Refused extends Error {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly transient: string | null;
  constructor(status: number, body: Record<string, unknown>, transient: string | null) {
    super(String(body.message));
    this.status = status;
    this.body = body;
    this.transient = transient;
  }
}

/** The library with another HTTP client: its own speaks to Adyen's hosts alone. */
function library(apiKey: string): CheckoutAPI {
  const client = new Client(
    { apiKey, environment: EnvironmentEnum.TEST },
    {
      async request(endpoint, json, config, _required, options) {
        const answer = await fetch(url(new URL(endpoint).pathname), {
          method: 'POST',
          headers: {
            'X-API-Key': config.apiKey ?? '',
            ...(options?.idempotencyKey && { 'Idempotency-Key': options.idempotencyKey }),
          },
          body: String(json),
        });
        const text = await answer.text();
        if (answer.ok) return text;
        throw new Refused(answer.status, JSON.parse(text), answer.headers.get('transient-error'));
      },
    },
  );
  return new CheckoutAPI(client);
}

const merchantAccount = 'HoldfastLeeds';
const amount = { currency: 'GBP', value: 370 };
const payment = (storedPaymentMethodId = 'M5N7TQ4TG5PFWR50'): Types.checkout.PaymentRequest => ({
  merchantAccount,
  amount,
  reference: 'a-1',
  paymentMethod: { type: Types.checkout.CardDetails.TypeEnum.Scheme, storedPaymentMethodId },
  shopperReference: 'leeds-1',
  shopperInteraction: Types.checkout.PaymentRequest.ShopperInteractionEnum.ContAuth,
  recurringProcessingModel: Types.checkout.PaymentRequest.RecurringProcessingModelEnum.UnscheduledCardOnFile,
  returnUrl: 'https://shop.example/',
});
const pay = (request = payment(), idempotencyKey?: string) =>
  checkout.PaymentsApi.payments(request, idempotencyKey === undefined ? {} : { idempotencyKey });
const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );
const count = async () => {
  const { payments } = (await (await fetch(url('/sandbox/adyen/payments'))).json()) as {
    payments: unknown[];
  };
  return payments.length;
};

describe('payments', () => {
  it('go from authorisation over capture to refund, each received and then told', async () => {
    const { pspReference = '', resultCode } = await pay();
    expect(resultCode).toBe('Authorised');
    const { ModificationsApi: modifications } = checkout;
    const capture = { merchantAccount, amount: { currency: 'GBP', value: 300 }, reference: 'capture-1' };
    expect(await modifications.captureAuthorisedPayment(pspReference, capture)).toMatchObject({
      paymentPspReference: pspReference,
      reference: 'capture-1',
      status: 'received',
      amount: { value: 300 },
    });
    const refund = { merchantAccount, amount: { currency: 'GBP', value: 100 } };
    expect(await modifications.refundCapturedPayment(pspReference, refund)).toMatchObject({
      paymentPspReference: pspReference,
      status: 'received',
    });
    const cancel = { merchantAccount };
    expect(await modifications.cancelAuthorisedPaymentByPspReference(pspReference, cancel)).toMatchObject({
      status: 'received',
    });
    const { payments } = (await (await fetch(url('/sandbox/adyen/payments'))).json()) as {
      payments: unknown[];
    };
    expect(payments).toMatchObject([{ status: 'captured', capturedValue: 300, refundedValue: 100 }]);
  });

  it.each(refusalNumbers)('are refused for reason %s', async (number) => {
    const answer = await pay(payment(`sandbox_decline_${number}`));
    expect(answer).toMatchObject({ refusalReasonCode: number, pspReference: expect.any(String) });
    expect(['Refused', 'Error', 'Cancelled']).toContain(answer.resultCode);
  });
});

describe('an idempotency key', () => {
  it('gets the same answer again for seven days and not for longer', async () => {
    const first = await pay(payment(), 'key-1');
    await admin('/sandbox/clock/advance', { ms: 7 * 86_400_000 - 1 });
    expect(await pay(payment(), 'key-1')).toEqual(first);
    expect(await pay({ ...payment(), reference: 'another' }, 'key-1')).toEqual(first);
    expect(await count()).toBe(1);
    await admin('/sandbox/clock/advance', { ms: 1 });
    await pay(payment(), 'key-1');
    expect(await count()).toBe(2);
  });

  it('is in use while its first request is carried out', async () => {
    const slow = payment('sandbox_slow_300');
    const first = pay(slow, 'key-1');
    while (!(await (await fetch(url('/sandbox/calls'))).text()).includes('"slow"'));
    expect(await refused(pay(slow, 'key-1'))).toMatchObject({
      status: 422,
      body: { errorCode: '704' },
      transient: 'true',
    });
    expect(await first).toMatchObject({ resultCode: 'Authorised' });
    expect(await count()).toBe(1);
  });

  it('stays free after a passing error, which is said to be one', async () => {
    await admin('/sandbox/acts', { operation: 'adyen.payments', act: 'answer_500' });
    expect(await refused(pay(payment(), 'key-1'))).toMatchObject({ status: 500, transient: 'true' });
    expect(await pay(payment(), 'key-1')).toMatchObject({ resultCode: 'Authorised' });
    await admin('/sandbox/acts', { operation: 'any', act: 'do_then_500' });
    for (let times = 0; times < 2; times++) {
      expect(await refused(pay(payment(), 'key-2'))).toMatchObject({ status: 500, transient: null });
    }
    expect(await count()).toBe(2);
  });
});

describe('a wrong request', () => {
  it.each<[string, Partial<Types.checkout.PaymentRequest>, object]>([
    ['an unknown field', { shopperEmail: 'a@b.example' }, { status: 400, body: { errorCode: '702' } }],
    ['no amount', { amount: { currency: 'GBP', value: 0 } }, { status: 422 }],
    ['a misspelt act', payment('sandbox_hangs'), { status: 422, body: { errorCode: '803' } }],
    ['a card number', payment('4111111111111111'), { status: 422, body: { errorCode: '130' } }],
    ['a long reference', { reference: 'x'.repeat(81) }, { status: 422 }],
  ])('with %s is refused by name, and its key stays free', async (_, change, error) => {
    expect(await refused(pay({ ...payment(), ...change }, 'key-1'))).toMatchObject(error);
    expect(await pay(payment(), 'key-1')).toMatchObject({ resultCode: 'Authorised' });
  });

  it('with a live key is refused, and so is what the sandbox does not have', async () => {
    const live = library('AQElive').PaymentsApi.payments(payment());
    expect(await refused(live)).toMatchObject({ status: 401 });
    expect(await refused(checkout.PaymentsApi.paymentMethods({ merchantAccount }))).toMatchObject({
      status: 404,
    });
    const none = checkout.ModificationsApi.refundCapturedPayment('NONE', { merchantAccount, amount });
    expect(await refused(none)).toMatchObject({ status: 422, body: { errorCode: '167' } });
  });
});

describe('its own interface', () => {
  it.each<[string, string, unknown, number, string]>([
    ['PUT', '/sandbox/adyen/webhooks', { url: 'http://127.0.0.1:1', secret: 'no hex' }, 400, 'body_invalid'],
    ['POST', '/sandbox/adyen/refund-failed', { pspReference: 'NONE' }, 409, 'refund_not_there'],
    ['POST', '/sandbox/adyen/nothing', {}, 404, 'not_found'],
  ])('answers %s %s with %j by a problem', async (method, path, body, status, code) => {
    const answer = await admin(path, body, method);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
  });

  it('forgets everything when it is told to', async () => {
    await pay(payment(), 'key-1');
    await admin('/sandbox/reset', {});
    expect(await count()).toBe(0);
    await pay(payment(), 'key-1');
    expect(await count()).toBe(1);
  });
});
