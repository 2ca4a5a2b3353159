// The sandbox through the unmodified SDK, as somebody who tests an integration uses it.
import Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../kit/log.ts';
import { openSandbox, type Sandbox } from './server.ts';
import { declineCodes } from './stripe/declines.ts';

let sandbox: Sandbox;
let stripe: Stripe;

beforeEach(async () => {
  sandbox = await openSandbox(
    { host: '127.0.0.1', port: 0, clock: 'manual', searchLagMs: 60_000, latencyMs: 0 },
    silentLog,
  );
  stripe = sdk('sk_test_sandbox');
});
afterEach(() => sandbox.close());

const sdk = (key: string) =>
  new Stripe(key, {
    host: '127.0.0.1',
    port: sandbox.port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
const url = (path: string) => `http://127.0.0.1:${sandbox.port}${path}`;
const admin = (path: string, body: unknown, method = 'POST') =>
  fetch(url(path), { method, body: JSON.stringify(body) });
const advance = (ms: number) => admin('/sandbox/clock/advance', { ms });
const sale = { amount: 370, currency: 'gbp', payment_method: 'pm_card_visa', confirm: true } as const;
const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );

describe('payments', () => {
  it('go from creation over confirmation to capture', async () => {
    const { id, status } = await stripe.paymentIntents.create({
      amount: 370,
      currency: 'gbp',
      capture_method: 'manual',
    });
    expect(status).toBe('requires_payment_method');
    const confirmed = await stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
    expect(confirmed).toMatchObject({
      status: 'requires_capture',
      amount_capturable: 370,
      amount_received: 0,
    });
    await stripe.paymentIntents.capture(id, { amount_to_capture: 300 });
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
      status: 'succeeded',
      amount_received: 300,
    });
    expect(await refused(stripe.paymentIntents.cancel(id))).toMatchObject({
      code: 'payment_intent_unexpected_state',
    });
  });

  it.each(declineCodes)('are declined with %s', async (code) => {
    const error = await refused(
      stripe.paymentIntents.create({ ...sale, payment_method: `pm_sandbox_decline_${code}` }),
    );
    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(error).toMatchObject({ decline_code: code, statusCode: 402 });
  });

  it('are found by search once the search has caught up, and listed at once', async () => {
    const metadata = { order: 'a-1' };
    const { id } = await stripe.paymentIntents.create({ ...sale, metadata });
    const query = "metadata['order']:'a-1' AND status:'succeeded'";
    expect((await stripe.paymentIntents.search({ query })).data).toEqual([]);
    expect((await stripe.paymentIntents.list({ limit: 1 })).data[0]).toMatchObject({ id, metadata });
    await advance(60_000);
    expect((await stripe.paymentIntents.search({ query })).data).toMatchObject([{ id }]);
    expect((await stripe.paymentIntents.search({ query: "metadata['order']:'a-2'" })).data).toEqual([]);
    expect(await refused(stripe.paymentIntents.search({ query: 'amount>1' }))).toMatchObject({
      statusCode: 400,
    });
  });

  it('and refunds appear in the balance with what is left after the fee', async () => {
    const { id } = await stripe.paymentIntents.create(sale);
    await stripe.refunds.create({ payment_intent: id, amount: 70 });
    const rows = await stripe.balanceTransactions.list().autoPagingToArray({ limit: 10 });
    expect(rows.map(({ type, amount, fee, net }) => [type, amount, fee, net])).toEqual([
      ['refund', -70, 0, -70],
      ['charge', 370, 25, 345],
    ]);
    const events = await stripe.events.list({ limit: 1, type: 'refund.created' });
    expect(events.data[0]?.data.object).toMatchObject({ object: 'refund', amount: 70, payment_intent: id });
  });

  it('are listed page by page', async () => {
    for (let amount = 1; amount <= 5; amount++) await stripe.paymentIntents.create({ ...sale, amount });
    const all = await stripe.paymentIntents.list({ limit: 2 }).autoPagingToArray({ limit: 100 });
    expect(all.map(({ amount }) => amount)).toEqual([5, 4, 3, 2, 1]);
  });
});

describe('an idempotency key', () => {
  const key = { idempotencyKey: 'key-1' };
  const count = async () => (await stripe.paymentIntents.list({ limit: 100 })).data.length;

  it('gets the same answer again, declines too', async () => {
    const first = await stripe.paymentIntents.create(sale, key);
    const again = await stripe.paymentIntents.create(sale, key);
    expect(again).toEqual(first);
    expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
    const declined = { ...sale, payment_method: 'pm_card_visa_chargeDeclined' };
    for (let times = 0; times < 2; times++) {
      const error = await refused(stripe.paymentIntents.create(declined, { idempotencyKey: 'key-2' }));
      expect(error).toMatchObject({ decline_code: 'generic_decline' });
    }
    expect(await count()).toBe(2);
  });

  it('is refused for another request', async () => {
    await stripe.paymentIntents.create(sale, key);
    const error = await refused(stripe.paymentIntents.create({ ...sale, amount: 371 }, key));
    expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    expect(error).toMatchObject({ statusCode: 400 });
  });

  it('is kept for 24 hours and not for longer', async () => {
    await stripe.paymentIntents.create(sale, key);
    await advance(24 * 3_600_000 - 1);
    await stripe.paymentIntents.create(sale, key);
    expect(await count()).toBe(1);
    await advance(1);
    await stripe.paymentIntents.create(sale, key);
    expect(await count()).toBe(2);
  });

  it('is in use while its first request is carried out', async () => {
    const slow = { ...sale, payment_method: 'pm_sandbox_slow_300' };
    const first = stripe.paymentIntents.create(slow, key);
    for (;;) {
      const answer = await fetch(url('/sandbox/calls'));
      const { calls } = (await answer.json()) as { calls: { act: string }[] };
      if (calls.some(({ act }) => act === 'slow')) break;
    }
    expect(await refused(stripe.paymentIntents.create(slow, key))).toMatchObject({ statusCode: 409 });
    expect(await first).toMatchObject({ status: 'succeeded' });
    expect(await stripe.paymentIntents.create(slow, key)).toMatchObject({ status: 'succeeded' });
    expect(await count()).toBe(1);
  });

  it('stays free after a request with a wrong parameter', async () => {
    expect(await refused(stripe.paymentIntents.create({ ...sale, amount: 0 }, key))).toMatchObject({
      param: 'amount',
    });
    expect(await stripe.paymentIntents.create(sale, key)).toMatchObject({ status: 'succeeded' });
  });
});

describe('a wrong request', () => {
  it.each([
    ['an unknown parameter', { ...sale, colour: 'red' }, { code: 'parameter_unknown', param: 'colour' }],
    ['a missing parameter', { currency: 'gbp' }, { code: 'parameter_missing', param: 'amount' }],
    [
      'a card number',
      { ...sale, payment_method: '4242' },
      { code: 'parameter_invalid', param: 'payment_method' },
    ],
    ['a misspelt act', { ...sale, payment_method: 'pm_sandbox_hangs' }, { param: 'payment_method' }],
  ])('with %s is refused by name', async (_, form, error) => {
    const create = stripe.paymentIntents.create as (form: object) => Promise<unknown>;
    expect(await refused(create.call(stripe.paymentIntents, form))).toMatchObject({
      statusCode: 400,
      ...error,
    });
  });

  it('with a live key is refused, and the key is not repeated', async () => {
    const error = await refused(sdk('sk_live_secret').paymentIntents.create(sale));
    expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
    expect(String(error)).not.toContain('sk_live_secret');
  });

  it('for what the sandbox does not have says so', async () => {
    expect(await refused(stripe.customers.list())).toMatchObject({ statusCode: 404 });
    expect(await refused(stripe.paymentIntents.retrieve('pi_none'))).toMatchObject({
      code: 'resource_missing',
    });
  });
});

describe('the interface of the sandbox itself', () => {
  it.each([
    ['/sandbox/acts', { operation: 'payment_intents.create', act: 'explode' }, 400, 'body_invalid'],
    ['/sandbox/acts', { operation: 'customers.create', act: 'hang' }, 400, 'body_invalid'],
    ['/sandbox/clock/advance', { ms: -1 }, 400, 'body_invalid'],
    ['/sandbox/nothing', {}, 404, 'not_found'],
  ])('answers %s with %j by a problem', async (path, body, status, code) => {
    const answer = await admin(path, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code, status });
  });

  it('does not turn the clock of the machine', async () => {
    await sandbox.close();
    sandbox = await openSandbox(
      { host: '127.0.0.1', port: 0, clock: 'system', searchLagMs: 0, latencyMs: 0 },
      silentLog,
    );
    expect(await (await advance(1)).json()).toMatchObject({ status: 409, code: 'clock_not_manual' });
  });

  it('orders acts for the next calls only, and notes what was called', async () => {
    await admin('/sandbox/acts', { operation: 'any', act: 'answer_429', times: 2 });
    for (let times = 0; times < 2; times++) {
      expect(await refused(stripe.paymentIntents.create(sale))).toMatchObject({ statusCode: 429 });
    }
    expect(await stripe.paymentIntents.create(sale)).toMatchObject({ status: 'succeeded' });
    const { calls } = (await (await fetch(url('/sandbox/calls'))).json()) as { calls: { status: number }[] };
    expect(calls.map(({ status }) => status)).toEqual([429, 429, 200]);
  });

  it('forgets everything when it is told to', async () => {
    await stripe.paymentIntents.create(sale);
    await admin('/sandbox/reset', {});
    expect((await stripe.paymentIntents.list()).data).toEqual([]);
    expect((await stripe.events.list()).data).toEqual([]);
  });
});
