import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAdyenProcessor } from './adyen.ts';
import type { Sightings } from './adyen-sightings.ts';
import { nameAttempt } from './attempt.ts';
import { describeProcessor } from './conformance/processor.ts';
import type { ProcessorUnderTest } from './conformance/under-test.ts';
import {
  type AdyenOnTheSandbox,
  apiKey,
  hmacKey,
  startAdyen,
  webhookUser,
  wrongKey,
} from './fixtures/adyen-on-the-sandbox.ts';
import { chargeInTheEnd } from './fixtures/charge-in-the-end.ts';
import type { ChargeRequest } from './port.ts';
import { afterLookUp } from './retryable.ts';

const impatientMsMax = 300;
const dayMs = 24 * 3_600_000;
const weekMs = 7 * dayMs;

interface Call {
  operation: string;
}

const unknown = (reason: string) => ({ kind: 'unknown', reason });
const mishaps: ProcessorUnderTest['mishaps'] = [
  { name: 'do_then_hang', done: true, outcome: unknown('timed_out') },
  { name: 'do_then_reset', done: true, outcome: unknown('connection_lost') },
  { name: 'half_answer', done: true, outcome: unknown('connection_lost') },
  { name: 'half_then_hang', done: true, outcome: unknown('timed_out') },
  { name: 'drip', done: true, outcome: unknown('timed_out') },
  { name: 'garbage', done: true, outcome: unknown('answer_malformed') },
  { name: 'do_then_500', done: true, outcome: unknown('processor_failed') },
  { name: 'hang', done: false, outcome: unknown('timed_out') },
  { name: 'reset', done: false, outcome: unknown('connection_lost') },
  { name: 'answer_409', done: false, outcome: unknown('in_progress') },
  { name: 'answer_429', done: false, outcome: { kind: 'unavailable', code: 'rate_limited' } },
  { name: 'answer_500', done: false, outcome: unknown('processor_failed') },
];

async function countOf({ sandbox }: AdyenOnTheSandbox): Promise<{ asked: number; taken: number }> {
  const { calls } = await sandbox.admin<{ calls: Call[] }>('GET', '/sandbox/calls');
  const { payments } = await sandbox.admin<{ payments: { capturedValue: number }[] }>(
    'GET',
    '/sandbox/adyen/payments',
  );
  return {
    asked: calls.filter(({ operation }) => operation === 'adyen.payments').length,
    taken: payments.filter(({ capturedValue }) => capturedValue > 0).length,
  };
}

function adyenOnTheSandbox(): ProcessorUnderTest {
  let adyen: AdyenOnTheSandbox;
  return {
    async start() {
      adyen = await startAdyen();
    },
    stop: () => adyen.stop(),
    reset: () => adyen.reset(),
    port: (which) =>
      adyen.port({
        ...(which === 'wrong_secret' && { apiKey: wrongKey }),
        // Port 1 is reserved: nobody listens there.
        ...(which === 'nobody' && { baseUrl: new URL('http://127.0.0.1:1') }),
        ...(which === 'impatient' && { callMsMax: impatientMsMax }),
      }),
    found: 'by_repetition',
    modified: 'later',
    heard: () => adyen.heard(),
    nowMs: () => adyen.nowMs(),
    async advance(ms) {
      await adyen.advance(ms);
      await adyen.heard();
    },
    token: {
      approved: 'M5N7TQ4TG5PFWR50',
      declined: {
        retry_later: { token: 'sandbox_decline_12', code: 'not_enough_balance' },
        do_not_retry: { token: 'sandbox_decline_26', code: 'revocation_of_auth' },
        other_method: { token: 'sandbox_decline_6', code: 'expired_card' },
        fraud: { token: 'sandbox_decline_31', code: 'issuer_suspected_fraud' },
      },
    },
    mishaps,
    async order(operation, act, times) {
      // Adyen cannot be asked for anything: there is no call that could go wrong.
      if (operation === 'look_up') return;
      const name = { charge: 'adyen.payments', refund: 'adyen.refunds', capture: 'adyen.captures' };
      await adyen.sandbox.admin('POST', '/sandbox/acts', { operation: name[operation], act, times });
    },
    count: () => countOf(adyen),
    secrets: [apiKey, wrongKey, hmacKey, webhookUser.password],
    output: () => adyen.sandbox.output(),
  };
}

describeProcessor('adyen', adyenOnTheSandbox());

describe('Adyen, when no webhook comes', () => {
  let adyen: AdyenOnTheSandbox;
  const blind: Sightings = { about: async () => [] };
  beforeAll(async () => {
    adyen = await startAdyen();
  });
  afterAll(() => adyen.stop());

  const time = () => ({ nowMs: () => adyen.nowMs(), advance: (ms: number) => adyen.advance(ms) });
  const request = (): ChargeRequest => ({
    ...nameAttempt({ applianceId: 'box-1', documentId: randomUUID(), purpose: 'charge', number: 1 }),
    amount: { currency: 'GBP', amountMinor: 370 },
    token: 'M5N7TQ4TG5PFWR50',
    take: 'authorise_and_capture',
  });

  it.each(mishaps)('charges once in the end after $name, or gives it to a person', async ({ name }) => {
    await adyen.reset(null);
    await adyen.sandbox.admin('POST', '/sandbox/acts', { operation: 'adyen.payments', act: name, times: 1 });
    const port = adyen.port({ callMsMax: impatientMsMax, sightings: blind });
    const charge = await chargeInTheEnd(port, 'M5N7TQ4TG5PFWR50', time());
    // A failure that is kept under the key tells nothing, however often it is asked for.
    if (name === 'do_then_500') expect(charge).toBeNull();
    else expect(charge).toMatchObject({ state: 'captured' });
    expect(await countOf(adyen)).toMatchObject({ taken: 1 });
  });

  it('sends nothing any more once the key may be forgotten since the first sending', async () => {
    await adyen.reset(null);
    await adyen.sandbox.admin('POST', '/sandbox/acts', {
      operation: 'adyen.payments',
      act: 'do_then_hang',
      times: 1,
    });
    const asked = request();
    const firstSentMs = adyen.nowMs();
    const impatient = adyen.port({ callMsMax: impatientMsMax, sightings: blind });
    expect(await impatient.charge(asked)).toEqual({ kind: 'unknown', reason: 'timed_out' });
    await adyen.advance(weekMs);
    const question = { reference: asked.reference, sentMs: adyen.nowMs() - 1000, firstSentMs };
    const found = await impatient.lookUpCharge(question);
    expect(found).toEqual({ kind: 'unavailable', code: 'key_forgotten' });
    expect(afterLookUp(found, 'timed_out', 0)).toMatchObject({ kind: 'look_up' });
    expect(afterLookUp(found, 'timed_out', 9)).toEqual({ kind: 'person' });
  });

  it('charges once though an outage outlives the key of a charge that was made and not heard of', async () => {
    await adyen.reset(null);
    const order = { operation: 'adyen.payments', act: 'do_then_reset', times: 1 };
    await adyen.sandbox.admin('POST', '/sandbox/acts', order);
    const there = adyen.port({ sightings: blind });
    const nobody = adyen.port({ sightings: blind, baseUrl: new URL('http://127.0.0.1:1') });
    const beganMs = adyen.nowMs();
    const port = {
      ...there,
      charge: (asked: ChargeRequest) => {
        const sinceMs = adyen.nowMs() - beganMs;
        return (sinceMs === 0 || sinceMs > weekMs + dayMs ? there : nobody).charge(asked);
      },
    };
    expect(await chargeInTheEnd(port, 'M5N7TQ4TG5PFWR50', time())).toBeNull();
    expect(await countOf(adyen)).toMatchObject({ taken: 1 });
  });
});

describe('what Adyen cannot be told', () => {
  const adyen = (shopperReference: string | null = 'leeds-1') =>
    createAdyenProcessor({
      apiKey,
      merchantAccount: 'HoldfastLeeds',
      shopperReference,
      hmacKeys: [hmacKey],
      webhookUser: null,
      reports: null,
      // Port 1 is reserved: nobody listens there.
      baseUrl: new URL('http://127.0.0.1:1'),
      callMsMax: 1000,
      clock: { wallMs: () => 0 },
      sightings: { about: async () => [] },
    });
  const request: ChargeRequest = {
    reference: 'box-1.a.charge.1',
    idempotencyKey: 'a',
    amount: { currency: 'GBP', amountMinor: 370 },
    token: 'M5N7TQ4TG5PFWR50',
    take: 'authorise',
  };

  it('is rejected before anything is sent', async () => {
    const part = { ...request, amount: { currency: 'IDR', amountMinor: 5124 } };
    expect(await adyen().charge(part)).toMatchObject({ kind: 'rejected', code: 'amount_not_representable' });
    const long = { ...request, reference: 'x'.repeat(81) };
    expect(await adyen().charge(long)).toMatchObject({ kind: 'rejected', field: 'reference' });
    expect(await adyen(null).charge(request)).toMatchObject({ kind: 'rejected', field: 'shopperReference' });
    const named = { ...request, token: 'leeds-1/M5N7TQ4TG5PFWR50' };
    expect(await adyen(null).charge(named)).toMatchObject({ kind: 'unavailable', code: 'not_reached' });
  });
});
