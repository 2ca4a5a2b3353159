// What becomes of payments after they were approved, through the unmodified SDK and with a clock turned by hand.
import Stripe from 'stripe';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../kit/log.ts';
import { openSandbox, type Sandbox } from './server.ts';

const dayMs = 86_400_000;
let sandbox: Sandbox;
let stripe: Stripe;

beforeEach(async () => {
  const options = { host: '127.0.0.1', port: 0, clock: 'manual' as const, searchLagMs: 0, latencyMs: 0 };
  sandbox = await openSandbox(options, silentLog);
  stripe = new Stripe('sk_test_later', {
    host: '127.0.0.1',
    port: sandbox.port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
  });
});
afterEach(() => sandbox.close());

const admin = (path: string, body: unknown, method = 'POST') =>
  fetch(`http://127.0.0.1:${sandbox.port}${path}`, { method, body: JSON.stringify(body) });
const advanceDays = (days: number) => admin('/sandbox/clock/advance', { ms: days * dayMs });
const pay = (paymentMethod = 'pm_card_visa', amount = 1000, currency = 'gbp') =>
  stripe.paymentIntents.create({ amount, currency, payment_method: paymentMethod, confirm: true });
const refused = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: unknown) => error,
  );
const eventTypes = async (prefix: string) => {
  const events = await stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1000 });
  return events
    .map(({ type }) => type)
    .filter((type) => type.startsWith(prefix))
    .reverse();
};
const balance = async () =>
  (await stripe.balanceTransactions.list({ limit: 100 }).autoPagingToArray({ limit: 1000 }))
    .map(({ reporting_category: category, amount, fee, net }) => [category, amount, fee, net])
    .reverse();

describe('a charge', () => {
  it('is shown by its id, by its payment, and as the source of its balance transaction', async () => {
    const metadata = { holdfast_reference: 'box-1.a' };
    const payment = await stripe.paymentIntents.create({
      amount: 1000,
      currency: 'gbp',
      payment_method: 'pm_card_visa',
      confirm: true,
      metadata,
      expand: ['latest_charge'],
    });
    const charge = payment.latest_charge as Stripe.Charge;
    expect(charge).toMatchObject({ paid: true, captured: true, payment_intent: payment.id, metadata });
    expect(await stripe.charges.retrieve(charge.id)).toMatchObject({ id: charge.id, amount_captured: 1000 });
    expect((await stripe.charges.list({ payment_intent: payment.id })).data).toMatchObject([
      { id: charge.id },
    ]);
    const [row] = (await stripe.balanceTransactions.list({ expand: ['data.source'] })).data;
    expect(row).toMatchObject({ source: { id: charge.id, metadata }, fee: 34, net: 966 });
    expect(await stripe.balanceTransactions.retrieve(row?.id ?? '')).toMatchObject({ source: charge.id });
  });

  it('tells of its approval, capture, decline and refund by events of its own', async () => {
    const held = await stripe.paymentIntents.create({
      amount: 500,
      currency: 'gbp',
      payment_method: 'pm_card_visa',
      capture_method: 'manual',
      confirm: true,
    });
    await stripe.paymentIntents.capture(held.id);
    await refused(pay('pm_card_visa_chargeDeclined'));
    await stripe.refunds.create({ payment_intent: held.id });
    expect(await eventTypes('charge.')).toEqual([
      'charge.succeeded',
      'charge.captured',
      'charge.failed',
      'charge.refunded',
    ]);
  });

  it('that was declined before another was made is not found any more', async () => {
    const { id } = await stripe.paymentIntents.create({ amount: 100, currency: 'gbp' });
    const declined = await refused(
      stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa_chargeDeclined' }),
    );
    const first = (declined as Stripe.errors.StripeCardError).charge ?? '';
    expect(await stripe.charges.retrieve(first)).toMatchObject({ status: 'failed', paid: false });
    const { latest_charge: second } = await stripe.paymentIntents.confirm(id, {
      payment_method: 'pm_card_visa',
    });
    expect(second).not.toBe(first);
    expect(await stripe.charges.retrieve(String(second))).toMatchObject({ status: 'succeeded' });
    expect(await refused(stripe.charges.retrieve(first))).toMatchObject({ statusCode: 404 });
  });
});

describe('a dispute', () => {
  const oneDispute = async () => (await stripe.disputes.list()).data[0];

  it('comes days later by its token, takes the money, and is lost when nobody answers', async () => {
    await pay('pm_sandbox_dispute_later');
    await advanceDays(2.9);
    expect(await oneDispute()).toBeUndefined();
    await advanceDays(0.2);
    const dispute = await oneDispute();
    expect(dispute).toMatchObject({ status: 'needs_response', amount: 1000, reason: 'fraudulent' });
    await advanceDays(7);
    expect(await stripe.disputes.retrieve(dispute?.id ?? '')).toMatchObject({
      status: 'lost',
      evidence_details: { past_due: true, submission_count: 0 },
    });
    expect((await balance()).filter(([category]) => category !== 'payout')).toEqual([
      ['charge', 1000, 34, 966],
      ['dispute', -1000, 2000, -3000],
    ]);
    expect(await eventTypes('charge.dispute')).toEqual([
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.closed',
    ]);
  });

  it.each([
    ['won', ['dispute', 'dispute_reversal']],
    ['lost', ['dispute']],
  ])('goes through its stages by itself and is %s where its token says so', async (ends, categories) => {
    await pay(`pm_sandbox_dispute_${ends}`);
    const statuses: (string | undefined)[] = [];
    for (const days of [3, 2, 5]) {
      await advanceDays(days);
      statuses.push((await oneDispute())?.status);
    }
    expect(statuses).toEqual(['needs_response', 'under_review', ends]);
    const rows = (await balance()).map(([category]) => String(category));
    expect(rows.filter((category) => category.startsWith('dispute'))).toEqual(categories);
  });

  it('is decided by the words that Stripe has for tests', async () => {
    await pay('pm_card_createDispute');
    const { id = '' } = (await oneDispute()) ?? {};
    const evidence = { uncategorized_text: 'winning_evidence' };
    expect(await stripe.disputes.update(id, { evidence, submit: true })).toMatchObject({ status: 'won' });
    expect(await eventTypes('charge.dispute')).toEqual([
      'charge.dispute.created',
      'charge.dispute.funds_withdrawn',
      'charge.dispute.updated',
      'charge.dispute.closed',
      'charge.dispute.funds_reinstated',
    ]);
    expect(await refused(stripe.disputes.close(id))).toMatchObject({ statusCode: 400 });
  });

  it('is opened and moved by the interface of the sandbox, once, and refuses refunds', async () => {
    const { id } = await pay();
    const opened = await admin('/sandbox/disputes', { payment_intent: id, amount: 400, reason: 'duplicate' });
    const dispute = (await opened.json()) as { id: string };
    expect(dispute).toMatchObject({ amount: 400, reason: 'duplicate', status: 'needs_response' });
    expect((await admin('/sandbox/disputes', { payment_intent: id })).status).toBe(409);
    expect(await refused(stripe.refunds.create({ payment_intent: id }))).toMatchObject({
      code: 'charge_disputed',
    });
    expect((await admin('/sandbox/disputes/move', { dispute: dispute.id, to: 'under_review' })).status).toBe(
      200,
    );
    expect((await admin('/sandbox/disputes/move', { dispute: dispute.id, to: 'won' })).status).toBe(200);
    expect((await admin('/sandbox/disputes/move', { dispute: dispute.id, to: 'lost' })).status).toBe(409);
    expect(await stripe.refunds.create({ payment_intent: id })).toMatchObject({ amount: 1000 });
  });

  it('of what was given back in the meantime is not opened', async () => {
    const { id } = await pay('pm_sandbox_dispute_later');
    await stripe.refunds.create({ payment_intent: id });
    await advanceDays(4);
    expect(await oneDispute()).toBeUndefined();
  });
});

describe('a refund', () => {
  it('fails a day later by its token, and its money is in the balance again', async () => {
    const { id } = await pay('pm_sandbox_refund_fails_later');
    const refund = await stripe.refunds.create({ payment_intent: id, amount: 300 });
    expect(refund.status).toBe('succeeded');
    await advanceDays(1);
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({
      status: 'failed',
      failure_reason: 'expired_or_canceled_card',
    });
    expect((await balance()).slice(1)).toEqual([
      ['refund', -300, 0, -300],
      ['refund_failure', 300, 0, 300],
    ]);
    expect(await eventTypes('refund.')).toEqual(['refund.created', 'refund.failed']);
    const [charge] = (await stripe.charges.list({ payment_intent: id })).data;
    expect(charge).toMatchObject({ amount_refunded: 0 });
  });

  it('waits for a day by its token', async () => {
    const { id } = await pay('pm_card_pendingRefund');
    const refund = await stripe.refunds.create({ payment_intent: id });
    expect(refund.status).toBe('pending');
    await advanceDays(1);
    expect(await stripe.refunds.retrieve(refund.id)).toMatchObject({ status: 'succeeded' });
  });

  it('fails by the interface of the sandbox, once', async () => {
    const { id } = await pay();
    const refund = await stripe.refunds.create({ payment_intent: id });
    expect((await admin('/sandbox/refunds/fail', { refund: refund.id })).status).toBe(200);
    expect((await admin('/sandbox/refunds/fail', { refund: refund.id })).status).toBe(409);
    expect(await stripe.refunds.create({ payment_intent: id })).toMatchObject({ amount: 1000 });
  });
});

describe('a payout', () => {
  it('takes at midnight what is available, with every row of it, and arrives a day later', async () => {
    const first = await pay();
    await stripe.refunds.create({ payment_intent: first.id, amount: 100 });
    await pay('pm_card_visa', 500);
    expect(await stripe.balance.retrieve()).toMatchObject({
      pending: [{ amount: 966 + 473, currency: 'gbp' }],
    });
    await advanceDays(2);
    const [payout] = (await stripe.payouts.list()).data;
    expect(payout).toMatchObject({ status: 'in_transit', amount: 966 - 100 + 473, automatic: true });
    const rows = await stripe.balanceTransactions.list({ payout: payout?.id ?? '' });
    expect(rows.data.map(({ net }) => net)).toEqual([-1339, 473, -100, 966]);
    await advanceDays(1);
    expect(await stripe.payouts.retrieve(payout?.id ?? '')).toMatchObject({ status: 'paid' });
    expect(await eventTypes('payout.')).toEqual(['payout.created', 'payout.paid']);
  });

  it('waits where less was taken than was given back', async () => {
    const { id } = await pay();
    await advanceDays(2);
    await stripe.refunds.create({ payment_intent: id });
    await advanceDays(3);
    expect((await stripe.payouts.list()).data).toHaveLength(1);
    await pay('pm_card_visa', 2000);
    await advanceDays(3);
    const [second] = (await stripe.payouts.list()).data;
    expect(second?.amount).toBe(2000 - 48 - 1000);
  });

  it('that the bank sends back is paid out again by itself', async () => {
    await pay();
    await advanceDays(2);
    const [payout] = (await stripe.payouts.list()).data;
    const failed = await admin('/sandbox/payouts/fail', { payout: payout?.id });
    expect(await failed.json()).toMatchObject({ status: 'failed' });
    await advanceDays(1);
    const [again] = (await stripe.payouts.list()).data;
    expect(again).toMatchObject({ amount: payout?.amount, status: 'in_transit' });
    expect((await admin('/sandbox/payouts/fail', { payout: payout?.id })).status).toBe(409);
  });

  it('is made at once when it is asked for', async () => {
    await pay();
    await admin('/sandbox/money', { availableDays: 0 }, 'PUT');
    await pay('pm_card_visa', 700);
    const answer = await admin('/sandbox/payouts', {});
    expect(await answer.json()).toMatchObject({ payouts: [{ amount: 700 - 30, automatic: false }] });
  });
});

describe('another currency', () => {
  it('is converted where there is a rate, and comes back at the rate it had', async () => {
    await admin('/sandbox/money', { rates: { eur: '0.85' } }, 'PUT');
    await pay('pm_sandbox_dispute_won', 1000, 'eur');
    await advanceDays(4);
    await admin('/sandbox/money', { rates: { eur: '0.9' } }, 'PUT');
    await advanceDays(7);
    const rows = await stripe.balanceTransactions.list({ limit: 10 });
    const mine = rows.data.filter(({ type }) => type !== 'payout').reverse();
    expect(mine.map(({ amount, currency, exchange_rate: rate }) => [amount, currency, rate])).toEqual([
      [850, 'gbp', 0.85],
      [-850, 'gbp', 0.85],
      [850, 'gbp', 0.85],
    ]);
  });

  it('without a rate has a balance and payouts of its own', async () => {
    await pay();
    await pay('pm_card_visa', 800, 'usd');
    await advanceDays(2);
    const payouts = (await stripe.payouts.list()).data.map(({ amount, currency }) => [amount, currency]);
    expect(payouts.reverse()).toEqual([
      [966, 'gbp'],
      [769, 'usd'],
    ]);
  });
});

describe('acts by share', () => {
  it('make a share of all charges go otherwise', async () => {
    await admin('/sandbox/acts', {
      operation: 'payment_intents.create',
      act: 'decline_insufficient_funds',
      share: 0.3,
      seed: 4,
    });
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, at) =>
        refused(
          stripe.paymentIntents.create(
            { amount: 100, currency: 'gbp', payment_method: 'pm_card_visa', confirm: true },
            { idempotencyKey: `key-${at}` },
          ),
        ),
      ),
    );
    const declined = outcomes.filter((error) => error !== null);
    expect(declined.length).toBeGreaterThan(5);
    expect(declined.length).toBeLessThan(25);
    expect(declined[0]).toMatchObject({ decline_code: 'insufficient_funds' });
  });

  it('give tokens of any name a dispute', async () => {
    await admin('/sandbox/acts', { operation: 'payment_intents.create', act: 'dispute_later' });
    await pay();
    await pay();
    await advanceDays(3);
    expect((await stripe.disputes.list()).data).toHaveLength(1);
  });
});
