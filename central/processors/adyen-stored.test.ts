// Adyen's adapter with the store of webhooks as its only memory: what was asked before a restart is known after it.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStoreAt, temporaryFolder } from '../fixtures/in-process-store.ts';
import type { Sightings } from './adyen-sightings.ts';
import { nameAttempt } from './attempt.ts';
import { type AdyenOnTheSandbox, startAdyen } from './fixtures/adyen-on-the-sandbox.ts';

const eventsMax = 1000;
const folder = temporaryFolder();
const path = join(folder.path, 'central.db');
let adyen: AdyenOnTheSandbox;

beforeAll(async () => {
  adyen = await startAdyen();
});
afterAll(async () => {
  await adyen.stop();
  folder.remove();
});
beforeEach(() => adyen.reset());

/** Opens the store for one thing and closes it again. */
function withStore<T>(use: (store: ReturnType<typeof openStoreAt>) => T): T {
  const store = openStoreAt(path);
  try {
    return use(store);
  } finally {
    store.close();
  }
}

/** Stores what came by webhook, each body as it came. */
async function keep(): Promise<void> {
  await adyen.heard();
  withStore((store) => {
    for (const { body, signature: authorization } of adyen.receiver.received) {
      const webhook = adyen.port().parseWebhook(body, authorization, adyen.nowMs());
      if (webhook.kind !== 'events') throw new Error(webhook.code);
      const { events } = webhook;
      store.storeWebhook({ processor: 'adyen', events, body, signature: null, nowMs: adyen.nowMs() });
    }
  });
}

const sightings: Sightings = {
  about: async (about) =>
    withStore((store) => store.webhookSightings({ processor: 'adyen', about, eventsMax })),
};
const attempt = (purpose: 'charge' | 'capture' | 'void' | 'refund') =>
  nameAttempt({ applianceId: 'box-1', documentId: randomUUID(), purpose, number: 1 });
const gbp = (amountMinor: number) => ({ currency: 'GBP', amountMinor });

describe('Adyen, known by the stored webhooks alone', () => {
  it('finds a charge that was not heard of, its capture, and a refund that failed days later', async () => {
    const port = adyen.port({ callMsMax: 300, sightings });
    const asked = { ...attempt('charge'), amount: gbp(370), token: 'M5N7TQ4TG5PFWR50' };
    await adyen.sandbox.admin('POST', '/sandbox/acts', { operation: 'any', act: 'do_then_reset', times: 1 });
    expect(await port.charge({ ...asked, take: 'authorise' })).toMatchObject({ kind: 'unknown' });
    await keep();
    const firstSentMs = adyen.nowMs();
    const charge = await port.lookUpCharge({ reference: asked.reference, sentMs: firstSentMs, firstSentMs });
    if (charge.kind !== 'found') throw new Error(charge.kind);
    const [{ chargeId }] = charge.found;
    expect(charge.found).toMatchObject([{ state: 'authorised', reference: asked.reference }]);

    const capture = attempt('capture');
    await port.capture({ ...capture, chargeId, amount: gbp(300) });
    const ofCapture = { reference: capture.reference, firstSentMs };
    expect(await port.lookUpChargeById(chargeId, ofCapture)).toEqual({ kind: 'repeat' });
    await keep();
    const captured = { state: 'captured', capturedMinor: 300, amount: gbp(370), reference: asked.reference };
    expect(await port.lookUpChargeById(chargeId, ofCapture)).toMatchObject({ found: [captured] });

    const tooLate = attempt('void');
    await port.void({ ...tooLate, chargeId });
    await keep();
    const ofVoid = { reference: tooLate.reference, firstSentMs };
    expect(await port.lookUpChargeById(chargeId, ofVoid)).toMatchObject({ found: [captured] });

    const refund = attempt('refund');
    const outcome = await port.refund({ ...refund, chargeId, amount: gbp(100) });
    if (outcome.kind !== 'approved') throw new Error(outcome.kind);
    await adyen.advance(2 * 86_400_000);
    const { refundId } = outcome.refund;
    await adyen.sandbox.admin('POST', '/sandbox/adyen/refund-failed', { pspReference: refundId });
    await keep();
    const ofRefund = { chargeId, reference: refund.reference, firstSentMs };
    expect(await port.lookUpRefund(ofRefund)).toMatchObject({ found: [{ refundId, state: 'failed' }] });
  });
});
