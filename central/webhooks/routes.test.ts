import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import { openStoreAt, temporaryFolder } from '../fixtures/in-process-store.ts';
import { noEnrolment } from '../fixtures/no-enrolment.ts';
import { noFleet } from '../fixtures/no-fleet.ts';
import { type HttpServer, openHttpServer } from '../http/server.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';
import type { SqliteStore } from '../ledger/sqlite/store.ts';
import { PayoutsConfig } from '../payouts/config.ts';
import { hashApiKey, newApiKey } from '../people/keys.ts';
import { ReviewConfig } from '../people/review-config.ts';
import type { Role } from '../people/roles.ts';
import type { ProcessorEvent } from '../processors/port.ts';

const nowMs = 1_795_000_000_000;
const by = { actor: { kind: 'central' as const, rule: 'test' }, nowMs };
let folder: ReturnType<typeof temporaryFolder>;
let store: SqliteStore;
let http: HttpServer;
const keys = { viewer: newApiKey(), support: newApiKey(), admin: newApiKey() };

beforeEach(async () => {
  folder = temporaryFolder();
  store = openStoreAt(join(folder.path, 'central.db'));
  store.transaction(() => {
    for (const [role, key] of Object.entries(keys)) {
      const hash = hashApiKey(key);
      const unbound = { owner: null, scopes: null, addresses: null, expiresMs: null };
      store.createKey({ name: role, role: role as Role, hash, ...unbound }, by);
    }
    const event: ProcessorEvent = {
      eventId: 'AUTH:1',
      type: 'AUTH',
      happenedMs: 1,
      about: { kind: 'other' },
    };
    const body = Buffer.from('{"as":"it came"}');
    store.storeWebhook({ processor: 'adyen', events: [event], body, signature: null, nowMs });
    const refused = { processor: 'adyen', code: 'signature_wrong' as const };
    store.noteRefusedWebhooks({
      counts: [{ ...refused, count: 1, lastMs: nowMs }],
      last: [{ ...refused, address: '203.0.113.9', atMs: nowMs, bodyBytes: 0, bodyHash: Buffer.alloc(32) }],
    });
  });
  http = await openHttpServer({
    host: '127.0.0.1',
    port: 0,
    trustedProxies: [],
    nowMs: () => nowMs,
    store: portOver(store),
    ignoredFrames: () => [],
    processors: () => [],
    reviews: ReviewConfig.parse(undefined),
    payouts: PayoutsConfig.parse(undefined),
    enrolment: noEnrolment,
    fleet: noFleet,
    log: silentLog,
  });
});
afterEach(async () => {
  await http.close();
  store.close();
  folder.remove();
});

type As = keyof typeof keys;
async function ask(as: As, method: string, path: string, body?: object) {
  const answer = await fetch(`http://127.0.0.1:${http.port}/v1/${path}`, {
    method,
    headers: { authorization: `Bearer ${keys[as]}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: the tests look into answers of every kind.
  return { status: answer.status, body: (await answer.json()) as any };
}

describe('webhooks over HTTP', () => {
  it('shows events, one of them whole, and the processors', async () => {
    const page = await ask('viewer', 'GET', 'webhooks/events?state=waiting&processor=adyen');
    expect(page.body).toMatchObject({ items: [{ eventId: 'AUTH:1', state: 'waiting' }], nextCursor: null });
    expect((await ask('viewer', 'GET', 'webhooks/events?state=dead')).body.items).toEqual([]);
    const one = await ask('viewer', 'GET', 'webhooks/events/AUTH%3A1');
    expect(one.body).toMatchObject({ body: '{"as":"it came"}', event: { type: 'AUTH' } });
    expect((await ask('viewer', 'GET', 'webhooks/events/none')).status).toBe(404);
    expect((await ask('viewer', 'GET', 'webhooks/sources')).body.items).toMatchObject([
      { processor: 'adyen', refused: [{ address: '203.0.113.9', bodySha256: '00'.repeat(32) }] },
    ]);
  });

  it('puts events back for those who may, with a reason', async () => {
    const reason = 'the charge is known now';
    const path = 'webhooks/events/AUTH%3A1/replays';
    expect((await ask('viewer', 'POST', path, { reason })).status).toBe(403);
    expect((await ask('support', 'POST', path, {})).body).toMatchObject({ code: 'body_malformed' });
    expect(await ask('support', 'POST', path, { reason })).toEqual({ status: 202, body: { events: 1 } });
    expect((await ask('support', 'POST', 'webhooks/events/none/replays', { reason })).status).toBe(404);
    const time = { which: 'received', fromMs: nowMs, untilMs: nowMs + 1, reason };
    expect((await ask('support', 'POST', 'webhooks/replays', time)).body).toEqual({ events: 1 });
    expect((await ask('support', 'POST', 'webhooks/replays', { which: 'dead', reason })).body).toEqual({
      events: 0,
    });
    const { items } = store.auditRecords({ action: 'webhook.replay', about: null, cursor: null, limit: 9 });
    expect(items[2]).toMatchObject({ actor: { kind: 'key', name: 'support' }, detail: { reason } });
  });

  it('asks for the processor where two used one id', async () => {
    const event: ProcessorEvent = { eventId: 'AUTH:1', type: 'x', happenedMs: 1, about: { kind: 'other' } };
    store.transaction(() =>
      store.storeWebhook({
        processor: 'stripe',
        events: [event],
        body: Buffer.alloc(0),
        signature: null,
        nowMs,
      }),
    );
    expect((await ask('viewer', 'GET', 'webhooks/events/AUTH%3A1')).body).toMatchObject({
      code: 'processor_needed',
    });
    expect((await ask('viewer', 'GET', 'webhooks/events/AUTH%3A1?processor=stripe')).status).toBe(200);
  });
});

describe('outbound webhooks over HTTP', () => {
  it('are managed by administrators, from the first endpoint to the log', async () => {
    const made = { url: 'https://shop.example/', types: ['payout.made'] };
    expect((await ask('support', 'POST', 'outbound/endpoints', made)).status).toBe(403);
    const created = await ask('admin', 'POST', 'outbound/endpoints', made);
    expect(created).toMatchObject({ status: 201, body: { endpoint: { number: 1, note: '' } } });
    expect(created.body.secret).toMatch(/^hf_whsec_/);
    const rotated = await ask('admin', 'POST', 'outbound/endpoints/1/secrets', { overlapHours: 1 });
    expect(rotated.body.endpoint.secrets).toHaveLength(2);
    const { eventId } = (await ask('admin', 'POST', 'outbound/endpoints/1/tests')).body;
    const log = await ask('viewer', 'GET', 'outbound/deliveries?endpoint=1&state=waiting');
    expect(log.body.items).toMatchObject([{ eventId, type: 'endpoint.test', attempts: [] }]);
    const reason = 'it moves';
    expect(
      (await ask('admin', 'PUT', 'outbound/endpoints/1/state', { state: 'disabled', reason })).body,
    ).toMatchObject({
      state: 'disabled',
    });
    expect((await ask('admin', 'POST', 'outbound/endpoints/1/resends', { eventId, reason })).body).toEqual({
      deliveries: 1,
    });
    const list = await ask('viewer', 'GET', 'outbound/endpoints');
    expect(list.body.items).toMatchObject([{ number: 1, state: 'disabled', waiting: 1 }]);
    expect(JSON.stringify(list.body)).not.toContain('hf_whsec_');
  });

  it.each([
    [{ url: 'http://shop.example/', types: ['payout.made'] }, 'url: use https'],
    [{ url: 'https://shop.example/', types: ['nothing'] }, 'types.0'],
    [{ url: 'https://shop.example/', types: [] }, 'types'],
  ])('refuse %j and name the field', async (body, words) => {
    const answer = await ask('admin', 'POST', 'outbound/endpoints', body);
    expect(answer.body).toMatchObject({ code: 'body_malformed', detail: expect.stringContaining(words) });
  });

  it('say so when there is no such endpoint', async () => {
    for (const [path, body] of [
      ['secrets', {}],
      ['tests', undefined],
      ['resends', { reason: 'x' }],
    ] as const) {
      expect((await ask('admin', 'POST', `outbound/endpoints/9/${path}`, body)).status).toBe(404);
    }
  });
});
