// Against the real store: everything that was told, or word that there is more.
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openStoreAt, temporaryFolder } from '../fixtures/in-process-store.ts';
import { createAdyenProcessor } from '../processors/adyen.ts';
import type { ChargeState, ProcessorEvent } from '../processors/port.ts';
import { createSightings, sightingsMax } from './sightings.ts';

const folder = temporaryFolder();
const store = openStoreAt(join(folder.path, 'central.db'));
afterAll(() => {
  store.close();
  folder.remove();
});

const nowMs = 1_795_000_000_000;
const reference = 'box-1.a.charge.1';
const charge: ChargeState = {
  chargeId: 'psp1',
  reference,
  state: 'captured',
  amount: { currency: 'GBP', amountMinor: 370 },
  capturedMinor: 370,
  decline: null,
};
function hear(count: number, from: number): void {
  const events = Array.from({ length: count }, (_, i): ProcessorEvent => {
    return {
      eventId: `e${from + i}`,
      type: 'AUTHORISATION',
      happenedMs: nowMs,
      about: { kind: 'charge', charge },
    };
  });
  store.storeWebhook({ processor: 'adyen', events, body: Buffer.from('{}'), signature: null, nowMs });
}
const sightingsOf = (processor: string) =>
  createSightings(processor, () => ({
    webhookSightings: async (question) => store.webhookSightings(question),
  }));

it('tells all of what was told to this processor, and never a part of it', async () => {
  hear(sightingsMax, 0);
  expect(await sightingsOf('adyen').about({ reference })).toHaveLength(sightingsMax);
  expect(await sightingsOf('other').about({ reference })).toEqual([]);
  hear(1, sightingsMax);
  expect(await sightingsOf('adyen').about({ chargeId: 'psp1' })).toBeNull();
});

it('leaves the adapter to say that it does not know', async () => {
  const port = createAdyenProcessor({
    ...{ apiKey: 'test_any', merchantAccount: 'HoldfastLeeds', shopperReference: null, hmacKeys: [] },
    // Port 1 is reserved: nobody listens there.
    ...{ webhookUser: null, reports: null, baseUrl: new URL('http://127.0.0.1:1'), callMsMax: 1000 },
    clock: { wallMs: () => nowMs },
    sightings: sightingsOf('adyen'),
  });
  const tooMany = { kind: 'unavailable', code: 'events_too_many' };
  const sent = { reference, firstSentMs: nowMs, sentMs: nowMs };
  expect(await port.lookUpCharge(sent)).toEqual(tooMany);
  expect(await port.lookUpChargeById('psp1', sent)).toEqual(tooMany);
  expect(await port.lookUpRefund({ ...sent, chargeId: 'psp1' })).toEqual(tooMany);
});
