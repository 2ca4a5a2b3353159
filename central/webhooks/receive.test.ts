import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { temporaryFolder } from '../fixtures/in-process-store.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';
import { openDatabase } from '../ledger/sqlite/open.ts';
import { createSqliteStore, type SqliteStore } from '../ledger/sqlite/store.ts';
import { paymentEvent, signStripe, stripeJudge } from './fixtures/stripe-events.ts';
import { openWebhookDoor, type WebhookDoor, webhookBytesMax } from './receive.ts';
import { createRefusals, type Refusals } from './refusals.ts';
import { createWebhookWorker, type WebhookWorker } from './worker.ts';

const clock = systemClock();
let folder: ReturnType<typeof temporaryFolder>;
let db: Database.Database;
let store: SqliteStore;
let door: WebhookDoor;
let worker: WebhookWorker;
let refusals: Refusals;

async function open(change: { sources?: Record<string, string[]>; trustedProxies?: string[] } = {}) {
  db = openDatabase(join(folder.path, 'central.db'));
  store = createSqliteStore(db);
  const port = portOver(store);
  worker = createWebhookWorker({ store: port, onReport: () => undefined, clock, log: silentLog });
  refusals = createRefusals({ store: port, clock, log: silentLog });
  door = await openWebhookDoor({
    host: '127.0.0.1',
    port: 0,
    trustedProxies: [],
    sources: {},
    processors: new Map([['stripe', stripeJudge()]]),
    store: port,
    refusals,
    clock,
    log: silentLog,
    onStored: worker.wake,
    ...change,
  });
}
async function close() {
  await door.close();
  await refusals.stop();
  await worker.stop();
  store.close();
}

beforeEach(async () => {
  folder = temporaryFolder();
  await open();
});
afterEach(async () => {
  await close();
  folder.remove();
});

const send = (body: string, headers: Record<string, string> = {}, path = '/webhooks/stripe') =>
  fetch(`http://127.0.0.1:${door.port}${path}`, {
    method: 'POST',
    body,
    headers: { 'stripe-signature': signStripe(body), 'content-type': 'application/json', ...headers },
  });
const events = () =>
  store.webhookEvents({ processor: null, state: null, type: null, cursor: null, limit: 100 }).items;
async function until(happened: () => boolean) {
  for (let tries = 0; !happened(); tries++) {
    if (tries > 500) throw new Error('it did not come about');
    await sleep(10);
  }
}

describe('a webhook', () => {
  it('is stored, answered, and worked afterwards', async () => {
    const answer = await send(paymentEvent({ id: 'evt_1', chargeId: 'pi_1', reference: 'box.sale' }));
    expect([answer.status, await answer.text()]).toEqual([200, '']);
    await until(() => events()[0]?.state === 'done');
    expect(store.processorObjects({ processor: 'stripe', reference: 'box.sale' })).toMatchObject([
      { id: 'pi_1', state: 'captured', amountMinor: 370 },
    ]);
  });

  it('that comes fifty times at once is stored once, and every copy is answered 200', async () => {
    const body = paymentEvent({ id: 'evt_1' });
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(body)));
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200));
    expect(events()).toMatchObject([{ eventId: 'evt_1', copies: 49 }]);
  });

  it('is refused when its signature is wrong, counted, and nothing of it is stored', async () => {
    const body = paymentEvent({});
    const wrong = await send(body, { 'stripe-signature': signStripe(body, 'whsec_another') });
    expect(wrong.status).toBe(400);
    expect(wrong.headers.get('content-type')).toBe('application/problem+json');
    expect(await wrong.json()).toMatchObject({ code: 'signature_wrong' });
    const old = await send(body, { 'stripe-signature': signStripe(body, undefined, Date.now() - 301_000) });
    expect(await old.json()).toMatchObject({ code: 'timestamp_old' });
    const nonsense = '{"id":"evt"}';
    expect(await (await send(nonsense)).json()).toMatchObject({ code: 'body_malformed' });
    await refusals.stop();
    expect(events()).toEqual([]);
    expect(store.webhookSources()).toMatchObject([
      {
        processor: 'stripe',
        counts: [
          { what: 'body_malformed' },
          { what: 'signature_wrong', count: 1 },
          { what: 'timestamp_old' },
        ],
        refused: [{ code: 'body_malformed', address: '127.0.0.1', bodyBytes: 12 }, {}, {}],
      },
    ]);
  });

  it('is refused above the largest size, with and without a length', async () => {
    const large = 'x'.repeat(webhookBytesMax + 1);
    expect(await (await send(large)).json()).toMatchObject({ code: 'body_too_large', status: 413 });
    const asking = request({ port: door.port, path: '/webhooks/stripe', method: 'POST' });
    asking.on('error', () => {});
    for (let i = 0; i < 9; i++) asking.write(large.slice(0, webhookBytesMax / 8));
    const [answer] = await once(asking, 'response');
    expect(answer.statusCode).toBe(413);
    asking.destroy();
  });

  it.each([
    ['/webhooks/nobody', 'POST', 404, 'processor_unknown'],
    ['/webhooks', 'POST', 404, 'not_found'],
    ['/v1/webhooks/stripe', 'POST', 404, 'not_found'],
    ['/webhooks/stripe', 'GET', 405, 'method_not_allowed'],
  ])('to %s by %s is answered %i %s', async (path, method, status, code) => {
    const answer = await fetch(`http://127.0.0.1:${door.port}${path}`, { method });
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
  });

  it('is taken only from the addresses of its processor, seen through our own proxy', async () => {
    await close();
    await open({ sources: { stripe: ['192.0.2.0/24'] }, trustedProxies: ['127.0.0.1'] });
    const body = paymentEvent({ id: 'evt_1' });
    expect((await send(body)).status).toBe(403);
    const spoofed = await send(body, { 'x-forwarded-for': '192.0.2.7, 203.0.113.9' });
    expect(await spoofed.json()).toMatchObject({ code: 'address_refused' });
    expect((await send(body, { 'x-forwarded-for': '203.0.113.9, 192.0.2.7' })).status).toBe(200);
  });

  it('that cannot be stored for want of space is answered 503, and is taken when there is room again', async () => {
    const pages = Number(db.pragma('page_count', { simple: true }));
    db.pragma(`max_page_count = ${pages}`);
    const body = paymentEvent({ id: 'evt_1' });
    const filling = Array.from({ length: 40 }, (_, i) =>
      paymentEvent({ id: `evt_fill_${i}`, reference: 'x'.repeat(400) }),
    );
    const answers = [];
    for (const one of [...filling, body]) answers.push((await send(one)).status);
    expect(answers.at(-1)).toBe(503);
    const stored = answers.filter((status) => status === 200).length;
    expect(events().length).toBe(stored);
    db.pragma('max_page_count = 1000000');
    expect((await send(body)).status).toBe(200);
    await until(() => events()[0]?.state === 'done');
    expect(events()[0]).toMatchObject({ eventId: 'evt_1', copies: 0 });
  });

  it('whose answer was lost with the process is worked after the next start, once, however often it comes again', async () => {
    await close();
    const child = spawn(
      process.execPath,
      [join(import.meta.dirname, 'fixtures/killed.ts'), join(folder.path, 'central.db')],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    const body = paymentEvent({ id: 'evt_1' });
    const ended = once(child, 'exit');
    const answer = fetch(`http://127.0.0.1:${line}/webhooks/stripe`, {
      method: 'POST',
      body,
      headers: { 'stripe-signature': signStripe(body) },
    });
    await expect(answer).rejects.toThrow();
    expect((await ended)[1]).toBe('SIGKILL');
    await open();
    worker.wake();
    await until(() => events()[0]?.state === 'done');
    expect((await send(body)).status).toBe(200);
    expect(events()).toMatchObject([{ eventId: 'evt_1', state: 'done', copies: 1, replays: 0 }]);
  });
});
