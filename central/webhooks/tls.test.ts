// TLS at both ends of webhooks, with real certificates: the door proves who it is, and an endpoint must.
import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { systemClock } from '../../kit/clock.ts';
import { byTester } from '../fixtures/by.ts';
import { openStoreAt, temporaryFolder } from '../fixtures/in-process-store.ts';
import { keptLog } from '../fixtures/site.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';
import type { SqliteStore } from '../ledger/sqlite/store.ts';
import { inFolder, WebhooksConfig } from './config.ts';
import { createTestAuthority, type TestAuthority } from './fixtures/certificates.ts';
import { type MerchantSystem, openMerchantSystem } from './fixtures/receiver.ts';
import { paymentEvent, signStripe, stripeJudge } from './fixtures/stripe-events.ts';
import { type RunningWebhooks, startWebhooks } from './start.ts';

const clock = systemClock();
let authority: TestAuthority;
let folder: ReturnType<typeof temporaryFolder>;
let store: SqliteStore;
let log: ReturnType<typeof keptLog>;
let running: RunningWebhooks | null;
let merchant: MerchantSystem | null;
beforeAll(async () => {
  authority = await createTestAuthority();
});
beforeEach(() => {
  folder = temporaryFolder();
  store = openStoreAt(join(folder.path, 'central.db'));
  log = keptLog();
  running = null;
  merchant = null;
});
afterEach(async () => {
  await merchant?.close();
  await running?.stop();
  store.close();
  folder.remove();
});

async function start(config: object): Promise<RunningWebhooks> {
  const parsed = inFolder(WebhooksConfig.parse({ port: 0, ...config }), folder.path);
  const processors = new Map([['stripe', stripeJudge()]]);
  const onReport = () => {};
  running = await startWebhooks({ config: parsed, processors, store: portOver(store), onReport, clock, log });
  return running;
}

it('opens the door by its certificate, for those alone who trust it', async () => {
  const { cert, key } = await authority.serverOf(['127.0.0.1']);
  writeFileSync(join(folder.path, 'door.crt'), cert);
  writeFileSync(join(folder.path, 'door.key'), key);
  const { port } = await start({ tls: { certFile: 'door.crt', keyFile: 'door.key' } });
  const body = paymentEvent({ id: 'evt_1' });
  const send = (ca?: string) =>
    new Promise<number>((resolve, reject) => {
      const headers = { 'stripe-signature': signStripe(body) };
      const url = `https://127.0.0.1:${port}/webhooks/stripe`;
      request(url, { method: 'POST', headers, agent: false, ...(ca && { ca }) }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      })
        .on('error', reject)
        .end(body);
    });
  expect(await send(authority.ca)).toBe(200);
  await expect(send()).rejects.toMatchObject({ code: expect.stringMatching(/SELF_SIGNED|UNABLE_TO/) });
  await expect(fetch(`http://127.0.0.1:${port}/webhooks/stripe`, { method: 'POST', body })).rejects.toThrow();
});

/** An endpoint with such a certificate is told something; answers the log of the delivery. */
async function told(tls: { cert: string; key: string }, outbound: object) {
  merchant = await openMerchantSystem(tls);
  writeFileSync(join(folder.path, 'own.crt'), authority.ca);
  const { url } = merchant;
  const by = byTester(Date.now());
  store.transaction(() => {
    store.createEndpoint({ url, types: ['payout.made'], note: '', secret: 'hf_whsec_test' }, by);
    store.testEndpoint(1, by);
  });
  await start({ outbound: { privateAddresses: true, ...outbound } });
  for (let tries = 0; tries < 800; tries++) {
    const [delivery] = store.deliveries({ endpoint: 1, state: null, cursor: null, limit: 1 }).items;
    const [attempt] = delivery?.attempts ?? [];
    if (attempt) return { state: delivery?.state, error: attempt.error, status: attempt.status };
    await sleep(10);
  }
  throw new Error('it was never tried');
}

it('delivers to an endpoint whose certificate is of an authority of our own', async () => {
  const tls = await authority.serverOf(['127.0.0.1']);
  expect(await told(tls, { caFile: 'own.crt' })).toEqual({ state: 'delivered', error: null, status: 204 });
  expect(merchant?.delivered).toHaveLength(1);
});

const yearAgoMs = Date.now() - 400 * 86_400_000;
it.each([
  ['of an authority that nobody has named', ['127.0.0.1'], undefined, {}, /SELF_SIGNED|UNABLE_TO/],
  ['of another host', ['shop.example'], undefined, { caFile: 'own.crt' }, /^ERR_TLS_CERT_ALTNAME_INVALID$/],
  ['that is over', ['127.0.0.1'], yearAgoMs, { caFile: 'own.crt' }, /^CERT_HAS_EXPIRED$/],
] as const)('sends nothing to an endpoint with a certificate %s, and says why', async (...row) => {
  const [, hosts, nowMs, outbound, expected] = row;
  const tried = await told(await authority.serverOf(hosts, nowMs), outbound);
  expect(tried).toMatchObject({ state: 'waiting', status: null, error: expect.stringMatching(expected) });
  expect(merchant?.delivered).toEqual([]);
  await log.line('an outbound webhook failed', { error: tried.error });
});

it('does not begin with a file of authorities that is not there', async () => {
  await expect(start({ outbound: { caFile: 'nowhere.crt' } })).rejects.toMatchObject({ code: 'ENOENT' });
});
