import { createHmac, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { nameAttempt } from './attempt.ts';
import { type AdyenOnTheSandbox, hmacKey, startAdyen, webhookUser } from './fixtures/adyen-on-the-sandbox.ts';
import type { ProcessorPort } from './port.ts';

let adyen: AdyenOnTheSandbox;
let port: ProcessorPort;

beforeAll(async () => {
  adyen = await startAdyen();
  port = adyen.port();
});
afterAll(() => adyen.stop());
beforeEach(() => adyen.reset());

const attempt = (purpose: 'charge' | 'capture' | 'void' | 'refund') =>
  nameAttempt({ applianceId: 'box-1', documentId: randomUUID(), purpose, number: 1 });
const gbp = (amountMinor: number) => ({ currency: 'GBP', amountMinor });

async function charge(take: 'authorise' | 'authorise_and_capture' = 'authorise_and_capture') {
  const asked = { ...attempt('charge'), amount: gbp(370), token: 'M5N7TQ4TG5PFWR50', take };
  const outcome = await port.charge(asked);
  if (outcome.kind !== 'approved') throw new Error(outcome.kind);
  return outcome.charge;
}
const types = () => adyen.events().map(({ type }) => type);
const received = () => adyen.receiver.received;
const authorization = `Basic ${Buffer.from(`${webhookUser.username}:${webhookUser.password}`).toString('base64')}`;

describe('webhooks of Adyen', () => {
  it('tell of a charge, a capture and a void with our references', async () => {
    const held = await charge('authorise');
    const capture = attempt('capture');
    await port.capture({ ...capture, chargeId: held.chargeId, amount: gbp(300) });
    const tooLate = attempt('void');
    await port.void({ ...tooLate, chargeId: held.chargeId });
    await adyen.heard();
    expect(types()).toEqual(['AUTHORISATION', 'CAPTURE', 'CANCELLATION']);
    const { chargeId } = held;
    expect(adyen.events()).toMatchObject([
      { happenedMs: adyen.nowMs(), about: { kind: 'charge', charge: { ...held, capturedMinor: 0 } } },
      {
        about: { kind: 'charge', charge: { chargeId, state: 'captured', capturedMinor: 300 } },
        answers: { chargeId, reference: capture.reference, purpose: 'capture', done: true },
      },
      { about: { kind: 'other' }, answers: { reference: tooLate.reference, purpose: 'void', done: false } },
    ]);
  });

  it('tell that a charge was taken at once, and of a refund that fails days later', async () => {
    const { chargeId, reference } = await charge();
    const asked = attempt('refund');
    const outcome = await port.refund({ ...asked, chargeId, amount: gbp(70) });
    if (outcome.kind !== 'approved') throw new Error(outcome.kind);
    const { refundId } = outcome.refund;
    await adyen.advance(3 * 86_400_000);
    await adyen.sandbox.admin('POST', '/sandbox/adyen/refund-failed', { pspReference: refundId });
    await adyen.heard();
    expect(types()).toEqual(['AUTHORISATION', 'REFUND', 'REFUND_FAILED']);
    expect(adyen.events()).toMatchObject([
      { about: { charge: { chargeId, reference, state: 'captured', capturedMinor: 370 } } },
      {
        about: {
          kind: 'refund',
          chargeId,
          refund: { refundId, reference: asked.reference, state: 'refunded' },
        },
      },
      { about: { kind: 'refund', chargeId, refund: { refundId, state: 'failed', amount: gbp(70) } } },
    ]);
    const question = { chargeId, reference: asked.reference, firstSentMs: adyen.nowMs() };
    expect(await port.lookUpRefund(question)).toMatchObject({ found: [{ state: 'failed' }] });
  });

  it('have one id for every copy, and keep the later success of a refused payment apart', async () => {
    await adyen.reset({ copies: 2 });
    await charge();
    for (let tries = 0; received().length < 3 && tries < 200; tries++) await adyen.heard();
    expect(new Set(adyen.events().map(({ eventId }) => eventId)).size).toBe(1);
    expect(adyen.events()[0]?.eventId).toMatch(/^AUTHORISATION:\w{16}:true$/);
  });

  it('are refused when the signature is wrong, by a key or by one byte', async () => {
    await adyen.reset({ signature: 'wrong' });
    await charge();
    await adyen.heard();
    const [wrong] = received();
    const refused = { kind: 'refused', code: 'signature_wrong' };
    expect(port.parseWebhook(wrong?.body ?? Buffer.alloc(0), authorization, 0)).toEqual(refused);
    await adyen.reset();
    await charge();
    await adyen.heard();
    const [{ body } = { body: Buffer.alloc(0) }] = received();
    expect(port.parseWebhook(body, authorization, 0)).toMatchObject({ kind: 'events' });
    const changed = Buffer.from(body.toString().replace('370', '371'));
    expect(port.parseWebhook(changed, authorization, 0)).toEqual(refused);
    for (const header of ['', 'Basic nonsense', authorization.slice(0, -1)]) {
      expect(port.parseWebhook(body, header, 0)).toEqual(refused);
    }
    const open = adyen.port({ webhookUser: null, hmacKeys: ['AB', hmacKey.toLowerCase()] });
    expect(open.parseWebhook(body, '', 0)).toMatchObject({ kind: 'events' });
  });

  it.each([
    'no JSON',
    '{}',
    '{"notificationItems":[]}',
    '{"notificationItems":[{"NotificationRequestItem":{}}]}',
  ])('are refused when they hold %s', (body) => {
    const webhook = port.parseWebhook(Buffer.from(body), authorization, 0);
    expect(webhook).toEqual({ kind: 'refused', code: 'body_malformed' });
  });
});

/** As Adyen's documentation signs, written out once more. */
function signed(change: Record<string, unknown>, key = hmacKey): object {
  const item = {
    amount: { currency: 'GBP', value: 370 },
    eventCode: 'AUTHORISATION',
    eventDate: '2026-11-24T10:00:00+01:00',
    merchantAccountCode: 'HoldfastLeeds',
    merchantReference: 'charge-1',
    pspReference: 'PSP1',
    success: 'true',
    ...change,
  };
  const { amount, eventCode, merchantAccountCode, merchantReference, pspReference, success } = item;
  const original = (change.originalReference as string | undefined) ?? '';
  const text = `${pspReference}:${original}:${merchantAccountCode}:${merchantReference}:${amount.value}:${amount.currency}:${eventCode}:${success}`;
  const hmacSignature = createHmac('sha256', Buffer.from(key, 'hex')).update(text).digest('base64');
  return { NotificationRequestItem: { ...item, additionalData: { hmacSignature } } };
}
const bodyOf = (...items: object[]) =>
  Buffer.from(JSON.stringify({ live: 'false', notificationItems: items }));

describe('a body with several items', () => {
  it('gives an event for each', () => {
    const body = bodyOf(
      signed({}),
      signed({ eventCode: 'CHARGEBACK', originalReference: 'PSP1', pspReference: 'DIS1' }),
      signed({ eventCode: 'REPORT_AVAILABLE', pspReference: 'settlement_detail_report_batch_12.csv' }),
      signed({ eventCode: 'REPORT_AVAILABLE', pspReference: 'received_payments_report_2026_11_24.csv' }),
    );
    expect(port.parseWebhook(body, authorization, 0)).toMatchObject({
      kind: 'events',
      events: [
        { eventId: 'AUTHORISATION:PSP1:true', happenedMs: Date.parse('2026-11-24T09:00:00Z') },
        { about: { kind: 'dispute', chargeId: 'PSP1', dispute: { disputeId: 'DIS1', state: 'opened' } } },
        { type: 'REPORT_AVAILABLE', about: { kind: 'report', batch: 12 } },
        { type: 'REPORT_AVAILABLE', about: { kind: 'other' } },
      ],
    });
  });

  it('is refused whole when one of them is not signed', () => {
    const body = bodyOf(signed({}), signed({ pspReference: 'PSP2' }, 'AB'));
    expect(port.parseWebhook(body, authorization, 0)).toEqual({ kind: 'refused', code: 'signature_wrong' });
  });

  it('says nothing of charges of another merchant account', () => {
    const body = bodyOf(signed({ merchantAccountCode: 'HoldfastYork' }));
    expect(port.parseWebhook(body, authorization, 0)).toMatchObject({
      events: [{ about: { kind: 'other' } }],
    });
  });
});
