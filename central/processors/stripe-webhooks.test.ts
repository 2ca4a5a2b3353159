import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nameAttempt } from './attempt.ts';
import { openReceiver, type Receiver, type SandboxProcess, startSandbox } from './fixtures/sandbox.ts';
import type { ProcessorPort, Webhook } from './port.ts';
import { createStripeProcessor } from './stripe.ts';

const secret = 'whsec_new';
const secretBefore = 'whsec_old';

let sandbox: SandboxProcess;
let receiver: Receiver;
let port: ProcessorPort;
let nowMs = 0;

beforeAll(async () => {
  sandbox = await startSandbox();
  receiver = await openReceiver();
  port = createStripeProcessor({
    secretKey: 'sk_test_webhooks',
    webhookSecrets: [secret, secretBefore],
    baseUrl: sandbox.url,
    callMsMax: 5000,
    clock: { wallMs: () => nowMs },
  });
});
afterAll(async () => {
  await sandbox.stop();
  await receiver.close();
});
beforeEach(async () => {
  await sandbox.admin('POST', '/sandbox/reset');
  receiver.received.length = 0;
  ({ nowMs } = await sandbox.admin<{ nowMs: number }>('GET', '/sandbox/clock'));
});

const listen = (manner: object = {}) => {
  const events = [created, succeeded, 'refund.created'];
  return sandbox.admin('PUT', '/sandbox/webhooks', { url: receiver.url, secret, events, ...manner });
};
const advance = async (ms: number) => {
  ({ nowMs } = await sandbox.admin<{ nowMs: number }>('POST', '/sandbox/clock/advance', { ms }));
};
async function charge() {
  const attempt = nameAttempt({
    applianceId: 'box-1',
    documentId: randomUUID(),
    purpose: 'charge',
    number: 1,
  });
  const amount = { currency: 'GBP', amountMinor: 370 };
  const outcome = await port.charge({
    ...attempt,
    amount,
    token: 'pm_card_visa',
    take: 'authorise_and_capture',
  });
  if (outcome.kind !== 'approved') throw new Error(outcome.kind);
  return outcome.charge;
}
async function arrived(count: number): Promise<void> {
  for (let tries = 0; receiver.received.length < count; tries++) {
    if (tries > 250) throw new Error(`only ${receiver.received.length} of ${count} webhooks came`);
    await sleep(20);
  }
}
const parsed = (): Webhook[] =>
  receiver.received.map(({ body, signature }) => port.parseWebhook(body, signature, nowMs));
const events = () => parsed().flatMap((webhook) => (webhook.kind === 'events' ? webhook.events : []));
const types = () => events().map(({ type }) => type);
const created = 'payment_intent.created';
const succeeded = 'payment_intent.succeeded';

describe('webhooks of Stripe', () => {
  it('tell of a charge and a refund with our references', async () => {
    await listen();
    const { chargeId, reference } = await charge();
    const attempt = nameAttempt({
      applianceId: 'box-1',
      documentId: randomUUID(),
      purpose: 'refund',
      number: 1,
    });
    await port.refund({ ...attempt, chargeId, amount: { currency: 'GBP', amountMinor: 70 } });
    await arrived(3);
    expect(types()).toEqual([created, succeeded, 'refund.created']);
    expect(events()[1]).toMatchObject({
      happenedMs: nowMs,
      about: { kind: 'charge', charge: { chargeId, reference, state: 'captured', capturedMinor: 370 } },
    });
    expect(events()[2]).toMatchObject({
      about: { kind: 'refund', chargeId, refund: { reference: attempt.reference, state: 'refunded' } },
    });
  });

  it('are taken with the secret before while it is being replaced', async () => {
    await listen({ secret: secretBefore });
    await charge();
    await arrived(2);
    expect(types()).toEqual([created, succeeded]);
  });

  it.each([
    ['wrong', 'signature_wrong'],
    ['old', 'timestamp_old'],
  ])('are refused when their signature is %s', async (signature, code) => {
    await listen({ signature });
    await charge();
    await arrived(2);
    expect(parsed()).toEqual([
      { kind: 'refused', code },
      { kind: 'refused', code },
    ]);
  });

  it('are refused when one byte was changed, or the header is missing or nonsense', async () => {
    await listen();
    await charge();
    await arrived(1);
    const [{ body, signature } = { body: Buffer.alloc(0), signature: '' }] = receiver.received;
    const changed = Buffer.from(body.toString().replace('370', '371'));
    for (const [bytes, header] of [
      [changed, signature],
      [body, ''],
      [body, 'nonsense'],
      [body, 't=now,v1=00'],
      [Buffer.alloc(0), signature],
    ] as const) {
      expect(port.parseWebhook(bytes, header, nowMs)).toEqual({ kind: 'refused', code: 'signature_wrong' });
    }
    expect(port.parseWebhook(body, signature, nowMs + 301_000)).toEqual({
      kind: 'refused',
      code: 'timestamp_old',
    });
  });

  it.each(['no JSON', '{"id":"evt_1"}'])('are refused when they are signed but hold %s', (body) => {
    expect(parseSigned(body)).toEqual({ kind: 'refused', code: 'body_malformed' });
  });

  it.each([
    ['warning_needs_response', 'inquiry'],
    ['warning_closed', 'closed'],
    ['needs_response', 'opened'],
    ['under_review', 'under_review'],
    ['won', 'won'],
    ['lost', 'lost'],
  ])('tell of a dispute that %s', (status, state) => {
    const object = {
      id: 'du_1',
      object: 'dispute',
      amount: 370,
      currency: 'gbp',
      status,
      reason: 'fraudulent',
      metadata: {},
      payment_intent: 'pi_1',
    };
    const event = { id: 'evt_1', type: 'charge.dispute.updated', created: 1_795_000_000, data: { object } };
    const dispute = {
      disputeId: 'du_1',
      reference: null,
      state,
      amount: { currency: 'GBP', amountMinor: 370 },
      reason: 'fraudulent',
    };
    const about = { kind: 'dispute', chargeId: 'pi_1', dispute };
    expect(parseSigned(JSON.stringify(event))).toMatchObject({ kind: 'events', events: [{ about }] });
    const unknown = JSON.stringify({ ...event, data: { object: { ...object, status: 'new' } } });
    expect(parseSigned(unknown)).toMatchObject({ kind: 'events', events: [{ about: { kind: 'other' } }] });
  });

  function parseSigned(body: string): Webhook {
    const at = Math.floor(nowMs / 1000);
    const signed = createHmac('sha256', secret).update(`${at}.${body}`).digest('hex');
    return port.parseWebhook(Buffer.from(body), `t=${at},v1=${signed}`, nowMs);
  }
});

describe('the sandbox', () => {
  it('sends copies with the same event id', async () => {
    await listen({ copies: 2 });
    await charge();
    await arrived(6);
    const ids = events().map(({ eventId }) => eventId);
    expect(new Set(ids).size).toBe(2);
    expect(types()).toEqual([created, created, created, succeeded, succeeded, succeeded]);
  });

  it('sends late, when its clock has come so far', async () => {
    await listen({ delayMs: 60_000 });
    await charge();
    await advance(59_000);
    const quiet = await sandbox.admin<{ deliveries: unknown[] }>('GET', '/sandbox/webhooks');
    expect(quiet.deliveries).toEqual([]);
    await advance(1000);
    await arrived(2);
    expect(types()).toEqual([created, succeeded]);
  });

  it('sends what is asked for and nothing else, several at once where that is asked for too', async () => {
    await listen({ events: [succeeded], parallel: 8 });
    for (let times = 0; times < 20; times++) await charge();
    await arrived(20);
    expect(types()).toEqual(Array.from({ length: 20 }, () => succeeded));
  });

  it('sends two by two in the wrong order', async () => {
    await listen({ reorder: true });
    await charge();
    await arrived(2);
    expect(types()).toEqual([succeeded, created]);
  });

  it('sends again what was not taken, and says so', async () => {
    await listen();
    receiver.fail(2);
    await charge();
    await arrived(2);
    const deliveries = async () =>
      (await sandbox.admin<{ deliveries: { status: number; attempt: number }[] }>('GET', '/sandbox/webhooks'))
        .deliveries;
    while ((await deliveries()).length < 2) await sleep(10);
    await advance(60_000);
    await arrived(4);
    while ((await deliveries()).length < 4) await sleep(10);
    const told = (await deliveries()).map(({ status, attempt }) => [status, attempt]);
    expect(told).toEqual([
      [500, 1],
      [500, 1],
      [200, 2],
      [200, 2],
    ]);
  });
});
