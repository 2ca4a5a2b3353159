// The door over real HTTP: which key, from where, and for what.

import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import { byTester } from '../fixtures/by.ts';
import { openStoreAt, temporaryFolder } from '../fixtures/in-process-store.ts';
import { noEnrolment } from '../fixtures/no-enrolment.ts';
import { noFleet } from '../fixtures/no-fleet.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';
import { PayoutsConfig } from '../payouts/config.ts';
import { hashApiKey, newApiKey } from '../people/keys.ts';
import type { NewKey } from '../people/port.ts';
import { ReviewConfig } from '../people/review-config.ts';
import { type HttpServer, openHttpServer } from './server.ts';

const nowMs = 1_795_000_000_000;
const by = byTester(nowMs);
const folder = temporaryFolder();
const store = openStoreAt(join(folder.path, 'central.db'));
const secrets = new Map<string, string>();
let direct: HttpServer;
let proxied: HttpServer;

function make(name: string, more: Partial<NewKey> = {}): void {
  const secret = newApiKey();
  secrets.set(name, secret);
  const key = { name, owner: null, role: 'viewer' as const, scopes: null, addresses: null, expiresMs: null };
  store.createKey({ ...key, hash: hashApiKey(secret), ...more }, by);
}

const opened = (trustedProxies: string[]) =>
  openHttpServer({
    host: '127.0.0.1',
    port: 0,
    trustedProxies,
    store: portOver(store),
    ignoredFrames: () => [],
    processors: () => [],
    reviews: ReviewConfig.parse(undefined),
    payouts: PayoutsConfig.parse(undefined),
    enrolment: noEnrolment,
    fleet: noFleet,
    nowMs: () => nowMs,
    log: silentLog,
  });

beforeAll(async () => {
  make('viewer');
  make('admin', { role: 'admin' });
  make('narrow', { role: 'admin', scopes: ['ledger.read'] });
  make('over', { expiresMs: nowMs });
  make('gone');
  make('office', { addresses: ['203.0.113.0/24'] });
  make('local', { addresses: ['127.0.0.1'] });
  store.revokeKey({ name: 'gone', reason: 'lost' }, by);
  direct = await opened([]);
  proxied = await opened(['127.0.0.0/8']);
});
afterAll(async () => {
  await direct.close();
  await proxied.close();
  store.close();
  folder.remove();
});

async function asked(key: string, path: string, forwarded?: string, server = direct) {
  const headers = {
    authorization: `Bearer ${secrets.get(key)}`,
    ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }),
  };
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { headers });
  const { code, detail } = (await answer.json()) as { code?: string; detail?: string };
  return { status: answer.status, code, detail, challenge: answer.headers.get('www-authenticate') };
}

describe('the gate', () => {
  it.each([
    ['viewer', '/v1/appliances', 200, undefined],
    ['viewer', '/v1/keys', 403, 'action_not_allowed'],
    ['viewer', '/v1/audit', 403, 'action_not_allowed'],
    ['admin', '/v1/keys', 200, undefined],
    ['narrow', '/v1/ledger/accounts', 200, undefined],
    ['narrow', '/v1/keys', 403, 'action_not_allowed'],
    ['over', '/v1/appliances', 401, 'key_expired'],
    ['gone', '/v1/appliances', 401, 'key_revoked'],
    ['office', '/v1/appliances', 403, 'address_not_allowed'],
    ['local', '/v1/appliances', 200, undefined],
  ])('answers the key %s at %s with %i', async (key, path, status, code) => {
    expect(await asked(key, path)).toMatchObject({ status, code });
  });

  it('says in words and in the challenge what is missing', async () => {
    const { detail, challenge } = await asked('viewer', '/v1/keys');
    expect(detail).toContain('key.manage');
    expect(challenge).toContain('insufficient_scope');
    expect((await asked('over', '/v1/keys')).challenge).toContain('invalid_token');
  });

  it('believes X-Forwarded-For of its own proxies only', async () => {
    const office = ['office', '/v1/appliances', '203.0.113.9'] as const;
    expect((await asked(...office)).status).toBe(403);
    expect((await asked(...office, proxied)).status).toBe(200);
    expect((await asked('office', '/v1/appliances', '203.0.113.9, 198.51.100.1', proxied)).status).toBe(403);
    expect((await asked('local', '/v1/appliances', '203.0.113.9', proxied)).status).toBe(403);
  });

  it('writes down whose key a change came from', async () => {
    make('laptop', { role: 'admin', owner: 'ann' });
    const answer = await fetch(`http://127.0.0.1:${direct.port}/v1/keys`, {
      method: 'POST',
      headers: { authorization: `Bearer ${secrets.get('laptop')}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'phone', role: 'viewer', owner: 'ann' }),
    });
    expect(await answer.json()).toMatchObject({
      key: { owner: 'ann', createdBy: 'key laptop (ann, admin)' },
    });
    const { items } = store.auditRecords({ action: null, about: 'key phone', cursor: null, limit: 1 });
    expect(items).toMatchObject([{ actor: { name: 'laptop', owner: 'ann' }, detail: { owner: 'ann' } }]);
  });

  it('writes down the address a change came from', async () => {
    const answer = await fetch(`http://127.0.0.1:${proxied.port}/v1/keys`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${secrets.get('admin')}`,
        'content-type': 'application/json',
        'x-forwarded-for': '198.51.100.7',
      },
      body: JSON.stringify({ name: 'made', role: 'viewer' }),
    });
    expect(answer.status).toBe(201);
    const { items } = store.auditRecords({ action: null, about: 'key made', cursor: null, limit: 1 });
    expect(items).toMatchObject([
      { actor: { kind: 'key', name: 'admin', role: 'admin', from: '198.51.100.7' } },
    ]);
  });
});
