import { describe, expect, it } from 'vitest';
import { describeProcessor } from './conformance/processor.ts';
import type { ProcessorUnderTest } from './conformance/under-test.ts';
import { type SandboxProcess, startSandbox } from './fixtures/sandbox.ts';
import { createStripeProcessor } from './stripe.ts';

const secretKey = 'sk_test_0123456789notForTheLog';
const wrongKey = 'sk_wrong_9876543210norThisOne';
const webhookSecret = 'whsec_alsoNotForTheLog';
const callMsMax = 10_000;
const impatientMsMax = 300;

interface Call {
  operation: string;
}

function stripeOnTheSandbox(): ProcessorUnderTest {
  let sandbox: SandboxProcess;
  let nowMs = 0;
  const unknown = (reason: string) => ({ kind: 'unknown', reason });
  return {
    async start() {
      sandbox = await startSandbox();
      ({ nowMs } = await sandbox.admin<{ nowMs: number }>('GET', '/sandbox/clock'));
    },
    stop: () => sandbox.stop(),
    reset: () => sandbox.admin('POST', '/sandbox/reset'),
    port: (which) =>
      createStripeProcessor({
        secretKey: which === 'wrong_secret' ? wrongKey : secretKey,
        webhookSecrets: [webhookSecret],
        // Port 1 is reserved: nobody listens there.
        baseUrl: which === 'nobody' ? new URL('http://127.0.0.1:1') : sandbox.url,
        callMsMax: which === 'impatient' ? impatientMsMax : callMsMax,
        clock: { wallMs: () => nowMs },
      }),
    found: 'by_reference',
    modified: 'at_once',
    heard: async () => undefined,
    nowMs: () => nowMs,
    async advance(ms) {
      ({ nowMs } = await sandbox.admin<{ nowMs: number }>('POST', '/sandbox/clock/advance', { ms }));
    },
    token: {
      approved: 'pm_card_visa',
      declined: {
        retry_later: { token: 'pm_card_visa_chargeDeclinedInsufficientFunds', code: 'insufficient_funds' },
        do_not_retry: { token: 'pm_sandbox_decline_stop_payment_order', code: 'stop_payment_order' },
        other_method: { token: 'pm_card_chargeDeclinedExpiredCard', code: 'expired_card' },
        fraud: { token: 'pm_card_visa_chargeDeclinedStolenCard', code: 'stolen_card' },
      },
    },
    mishaps: [
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
    ],
    async order(operation, act, times) {
      const name = {
        charge: 'payment_intents.create',
        refund: 'refunds.create',
        look_up: 'payment_intents.search',
        capture: 'payment_intents.capture',
      };
      await sandbox.admin('POST', '/sandbox/acts', { operation: name[operation], act, times });
    },
    async count() {
      const { calls } = await sandbox.admin<{ calls: Call[] }>('GET', '/sandbox/calls');
      const headers = { Authorization: 'Bearer sk_test_count' };
      const listed = await fetch(new URL('/v1/payment_intents?limit=100', sandbox.url), { headers });
      const { data } = (await listed.json()) as { data: { status: string }[] };
      return {
        asked: calls.filter(({ operation }) => operation === 'payment_intents.create').length,
        taken: data.filter(({ status }) => status === 'succeeded').length,
      };
    },
    secrets: [secretKey, wrongKey, webhookSecret],
    output: () => sandbox.output(),
  };
}

describeProcessor('stripe', stripeOnTheSandbox());

describe('an amount that Stripe cannot be told', () => {
  it('is rejected before anything is sent', async () => {
    const port = createStripeProcessor({
      secretKey,
      webhookSecrets: [],
      baseUrl: new URL('http://127.0.0.1:1'),
      callMsMax,
      clock: { wallMs: () => 0 },
    });
    const outcome = await port.charge({
      reference: 'box-1.a.charge.1',
      idempotencyKey: 'a',
      amount: { currency: 'KWD', amountMinor: 5124 },
      token: 'pm_card_visa',
      take: 'authorise',
    });
    expect(outcome).toMatchObject({ kind: 'rejected', code: 'amount_not_representable' });
  });
});
