import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../kit/clock.ts';
import { openStoreAt, temporaryFolder } from '../fixtures/in-process-store.ts';
import { keptLog } from '../fixtures/site.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';
import type { SqliteStore } from '../ledger/sqlite/store.ts';
import { type MerchantSystem, openMerchantSystem } from './fixtures/receiver.ts';
import { signBody } from './outbound.ts';
import { createOutboundSender, type OutboundSender, senderLimits } from './sender.ts';

const clock = systemClock();
let folder: ReturnType<typeof temporaryFolder>;
let store: SqliteStore;
let log: ReturnType<typeof keptLog>;
let sender: OutboundSender;
let merchants: MerchantSystem[];

beforeEach(async () => {
  folder = temporaryFolder();
  store = openStoreAt(join(folder.path, 'central.db'));
  log = keptLog();
  merchants = [await openMerchantSystem(), await openMerchantSystem()];
  sender = createOutboundSender({ store: portOver(store), privateAddresses: false, clock, log });
});
afterEach(async () => {
  await Promise.all(merchants.map((merchant) => merchant.close()));
  await sender.stop();
  store.close();
  folder.remove();
});

const by = () => ({ actor: { kind: 'command' as const, user: 'ada', from: 'desk' }, nowMs: Date.now() });
const merchant = (i: number) => {
  const found = merchants[i];
  if (!found) throw new Error('two merchants');
  return found;
};
const endpointAt = (i: number) => {
  const made = store.transaction(() =>
    store.createEndpoint(
      { url: merchant(i).url, types: ['payout.made'], note: '', secret: 'hf_whsec_test' },
      by(),
    ),
  );
  if (made.kind !== 'created') throw new Error(made.kind);
  return made.endpoint.number;
};
const test = (number: number) => store.transaction(() => store.testEndpoint(number, by()));
const deliveries = () => store.deliveries({ endpoint: null, state: null, cursor: null, limit: 100 }).items;
async function until(happened: () => boolean) {
  for (let tries = 0; !happened(); tries++) {
    if (tries > 800) throw new Error('it did not come about');
    await sleep(10);
  }
}

it('delivers what waits, signed over the exact bytes, with the id by which copies are known', async () => {
  const sent = test(endpointAt(0));
  if (sent.kind !== 'sent') throw new Error(sent.kind);
  await until(() => deliveries()[0]?.state === 'delivered');
  const [{ headers, body, path } = { headers: {}, body: '', path: '' }] = merchant(0).delivered;
  const signature = String(headers['holdfast-signature']);
  const seconds = Number(/^t=(\d+)/.exec(signature)?.[1]);
  expect(signature).toBe(signBody(Buffer.from(body), ['hf_whsec_test'], seconds * 1000));
  expect(Math.abs(Date.now() / 1000 - seconds)).toBeLessThan(30);
  expect([path, headers['holdfast-event-id'], headers['content-type']]).toEqual([
    '/holdfast',
    sent.eventId,
    'application/json',
  ]);
  expect(JSON.parse(body)).toMatchObject({ id: sent.eventId, type: 'endpoint.test' });
});

it('keeps of each try how it ended, and tries again later', async () => {
  merchant(0).answer((response) => response.writeHead(503).end('closed'));
  test(endpointAt(0));
  await until(() => (deliveries()[0]?.attempts.length ?? 0) > 0);
  expect(deliveries()).toMatchObject([
    { state: 'waiting', tries: 1, attempts: [{ status: 503, error: null, answer: 'closed' }] },
  ]);
  expect(deliveries()[0]?.dueMs).toBeGreaterThan(Date.now() + 50_000);
  await log.line('an outbound webhook failed', { status: 503 });
});

it('lets an endpoint that hangs hold up no other, and gives it no more than its share', async () => {
  const held: (() => void)[] = [];
  merchant(0).answer((response) => held.push(() => response.writeHead(204).end()));
  const [slow, quick] = [endpointAt(0), endpointAt(1)];
  for (let i = 0; i < 10; i++) test(slow);
  for (let i = 0; i < 10; i++) test(quick);
  await until(() => merchant(1).delivered.length === 10);
  expect(merchant(0).delivered).toHaveLength(senderLimits.perEndpointMax);
  merchant(0).answer((response) => response.writeHead(204).end());
  for (const release of held) release();
  await until(() => deliveries().every(({ state }) => state === 'delivered'));
  expect(merchant(0).delivered).toHaveLength(10);
});

it('stops at once in the middle of a delivery, and counts that as no try', async () => {
  merchant(0).answer(() => {});
  test(endpointAt(0));
  await until(() => merchant(0).delivered.length === 1);
  const startMs = performance.now();
  await sender.stop();
  expect(performance.now() - startMs).toBeLessThan(1000);
  expect(deliveries()).toMatchObject([{ state: 'waiting', tries: 0, attempts: [] }]);
});
