import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import { defaultPolicy } from '../feed/default-policy.ts';
import { publishProducts, writeDraft } from '../feed/publish.ts';
import { byTester, testerAtWork } from '../fixtures/by.ts';
import { bytesOf, checkoutEntry, refundEntry } from '../fixtures/entries.ts';
import { openStoreAt, temporaryFolder } from '../fixtures/in-process-store.ts';
import { createTestJournal, testKeys } from '../fixtures/journal.ts';
import { noEnrolment } from '../fixtures/no-enrolment.ts';
import { noFleet } from '../fixtures/no-fleet.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';
import type { SqliteStore } from '../ledger/sqlite/store.ts';
import { PayoutsConfig } from '../payouts/config.ts';
import { hashApiKey, newApiKey } from '../people/keys.ts';
import { ReviewConfig } from '../people/review-config.ts';
import { exactJson } from './exact-json.ts';
import { type HttpServer, openHttpServer } from './server.ts';

const nowMs = 1_795_000_000_000;
const { privateKey, publicKeyDer } = testKeys();

describe('the operator HTTP', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let store: SqliteStore;
  let http: HttpServer;
  const key = newApiKey();
  let logged: [level: string, message: string][] = [];
  const note = (level: string) => (_: object, message: string) => void logged.push([level, message]);
  const sales = [100, 200, 300, 400, 500].map((totalMinor) => checkoutEntry({ totalMinor }));
  const journal = createTestJournal('box-1', privateKey);
  journal.append(...sales.map(bytesOf), bytesOf(refundEntry(sales[0]?.id ?? '', 40)), Buffer.from('{'));
  journal.append(Buffer.from('}'));

  beforeEach(async () => {
    logged = [];
    folder = temporaryFolder();
    store = openStoreAt(join(folder.path, 'central.db'));
    const payload = await journal.payload(1, 8);
    const { journalId } = journal;
    const facts = { lastSeq: 8, lastHash: journal.hashAt(8), feedId: null, appliedThrough: 0, nowMs };
    store.transaction(() => {
      store.ensureFirstKey(hashApiKey(key), nowMs);
      store.registerAppliance({ id: 'box-1', site: 'Leeds' }, byTester(nowMs));
      store.hello({ applianceId: 'box-1', publicKey: publicKeyDer, journalId, release: '1.0', ...facts });
      store.receive({ applianceId: 'box-1', payload, nowMs });
      store.bookPiece(100, nowMs);
    });
    http = await openHttpServer({
      host: '127.0.0.1',
      port: 0,
      store: portOver(store),
      trustedProxies: [],
      ignoredFrames: () => [],
      processors: () => [],
      reviews: ReviewConfig.parse(undefined),
      payouts: PayoutsConfig.parse(undefined),
      enrolment: noEnrolment,
      fleet: noFleet,
      nowMs: () => nowMs,
      log: { ...silentLog, debug: note('debug'), error: note('error') },
    });
  });
  afterEach(async () => {
    await http.close();
    store.close();
    folder.remove();
  });

  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${http.port}${path}`, { headers: { authorization: `Bearer ${key}` }, ...init });
  const read = async (path: string) => (await ask(path)).json() as Promise<Record<string, never>>;
  type Paged = { items: Record<string, unknown>[]; nextCursor: string | number | null };
  const readAll = async (path: string) => {
    const items: Record<string, unknown>[] = [];
    let cursor: string | number | null = null;
    do {
      const more: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const page = (await read(`${path}?limit=2${more}`)) as unknown as Paged;
      expect(page.items.length).toBeLessThanOrEqual(2);
      items.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return items;
  };

  it('makes no alarm of somebody who leaves while an answer is on its way', async () => {
    const reader = connect(http.port, '127.0.0.1');
    // So much that it cannot all be on the way at once.
    reader.write('GET /openapi.json HTTP/1.1\r\nHost: central\r\n\r\n'.repeat(10));
    await once(reader, 'data');
    reader.pause();
    reader.resetAndDestroy();
    await expect.poll(() => logged).toContainEqual(['debug', 'whoever asked has left']);
    expect(logged).not.toContainEqual(['error', expect.anything()]);
    expect((await ask('/livez')).status).toBe(200);
  });

  const strangers: [string, Record<string, string>][] = [
    ['no key', {}],
    ['another key', { authorization: `Bearer ${newApiKey()}` }],
    ['another scheme', { authorization: `Basic ${key}` }],
    ['a key that is only a part', { authorization: `Bearer ${key.slice(0, -1)}` }],
  ];
  it.each(strangers)('answers a request with %s by a problem', async (_, headers) => {
    const answer = await ask('/v1/appliances', { headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(await answer.json()).toMatchObject({ code: 'unauthorised', status: 401 });
  });

  it('answers the probes without a key', async () => {
    for (const path of ['/livez', '/readyz']) expect((await ask(path, { headers: {} })).status).toBe(200);
    expect((await ask('/livez', { method: 'POST', headers: {} })).status).toBe(405);
  });

  it('shows where each appliance stands', async () => {
    expect(await read('/v1/appliances')).toMatchObject({
      items: [
        {
          id: 'box-1',
          site: 'Leeds',
          release: '1.0',
          lastHeardMs: nowMs,
          journals: [{ journalId: journal.journalId, receivedThrough: 8, bookedThrough: 8, conditions: [] }],
          feed: { head: 6, appliedThrough: 0 },
        },
      ],
      nextCursor: null,
    });
    expect(await read('/v1/appliances/box-1')).toMatchObject({ id: 'box-1' });
    expect((await ask('/v1/appliances/box-9')).status).toBe(404);
  });

  it('pages through checkouts, the newest first', async () => {
    const ids = (await readAll('/v1/checkouts')).map(({ id }) => id);
    expect(ids).toEqual(sales.map(({ id }) => id).reverse());
    expect(await read('/v1/checkouts?appliance=box-9')).toEqual({ items: [], nextCursor: null });
  });

  it('shows a checkout with its movements', async () => {
    expect(await read(`/v1/checkouts/${sales[0]?.id}`)).toMatchObject({
      applianceId: 'box-1',
      journalId: journal.journalId,
      seq: 1,
      totalMinor: 100,
      refundedMinor: 40,
      movements: [
        {
          reason: 'sale',
          postings: [{ account: 'receivable:customer', amountMinor: 100 }, { amountMinor: -100 }],
        },
        { reason: 'refund', postings: [{ amountMinor: 40 }, { amountMinor: -40 }] },
      ],
    });
  });

  it('shows accounts, postings, parked entries and every entry of a journal', async () => {
    expect(await read('/v1/ledger/accounts')).toEqual({
      items: [
        { name: 'payable:payee:house', currency: 'GBP', balanceMinor: -1460 },
        { name: 'payable:refund', currency: 'GBP', balanceMinor: -40 },
        { name: 'receivable:customer', currency: 'GBP', balanceMinor: 1500 },
      ],
    });
    expect((await readAll('/v1/ledger/postings')).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect((await readAll('/v1/ledger/parked')).map(({ seq, reason }) => [seq, reason])).toEqual([
      [7, 'entry_unreadable'],
      [8, 'entry_unreadable'],
    ]);
    const { items } = (await read(
      `/v1/ledger/entries?journal=${journal.journalId}&after=4&limit=3`,
    )) as unknown as Paged;
    expect(items).toMatchObject([
      {
        applianceId: 'box-1',
        seq: 5,
        documentId: sales[4]?.id,
        kind: 'checkout',
        totalMinor: 500,
        state: 'booked',
      },
      { seq: 6, kind: 'refund', totalMinor: 40, currency: 'GBP', verdict: 'approved_offline' },
      { seq: 7, documentId: null, state: 'parked', reason: 'entry_unreadable' },
    ]);
  });

  it('shows the catalogue, the policy and the hot list, and says so when there is nothing', async () => {
    expect(await read('/v1/catalogue')).toEqual({ inForce: null, drafts: [] });
    expect(await read('/v1/catalogue/products')).toEqual({ items: [], nextCursor: null });
    expect(await read('/v1/hot-list')).toEqual({ items: [], nextCursor: null });
    expect((await ask('/v1/policy')).status).toBe(404);
    const products = ['A', 'B', 'Ü&=+', 'Z 9'].map((sku) => ({
      sku,
      name: sku,
      price: { priceMinor: 1, baseQuantity: 1 as const },
      sellable: true,
    }));
    await publishProducts(
      portOver(store),
      products,
      testerAtWork(() => nowMs),
    );
    await writeDraft(portOver(store), { source: 'next.csv', products: [], nowMs: () => nowMs });
    store.transaction(() => {
      store.ensurePolicy(defaultPolicy);
      for (const fingerprint of ['fp_b', 'fp_c', 'fp_a']) {
        store.changeHotList({ fingerprint, change: 'add' }, byTester(nowMs));
      }
    });
    expect(await read('/v1/catalogue')).toEqual({
      inForce: { version: 1, products: 4, publishedMs: nowMs },
      drafts: [{ number: 2, source: 'next.csv', products: 0, madeMs: nowMs }],
    });
    expect((await readAll('/v1/catalogue/products')).map(({ sku }) => sku).sort()).toEqual(
      products.map(({ sku }) => sku).sort(),
    );
    expect(await read('/v1/policy')).toEqual({ version: 1, policy: defaultPolicy });
    expect((await readAll('/v1/hot-list')).map(({ fingerprint }) => fingerprint)).toEqual([
      'fp_a',
      'fp_b',
      'fp_c',
    ]);
  });

  it.each([
    '/v1/hot-list?limit=0',
    '/v1/catalogue?cursor=1',
    '/v1/checkouts?limit=0',
    '/v1/checkouts?limit=101',
    '/v1/checkouts?cursor=x',
    '/v1/checkouts?limit=1&limit=2',
    '/v1/checkouts?colour=red',
    '/v1/ledger/entries',
    '/v1/ledger/entries?journal=x',
    '/v1/ledger/parked?cursor=7',
  ])('refuses the query of %s', async (path) => {
    const answer = await ask(path);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'query_malformed' });
  });

  it('answers what is not there, and what cannot be done, by a problem', async () => {
    expect(await (await ask('/v1/nothing')).json()).toMatchObject({ code: 'not_found', status: 404 });
    const answer = await ask('/v1/checkouts', { method: 'DELETE' });
    expect(await answer.json()).toMatchObject({ code: 'method_not_allowed', status: 405 });
    expect(answer.headers.get('allow')).toContain('GET');
  });

  it('writes a sum beyond 2^53 with all its digits', () => {
    expect(exactJson({ balanceMinor: 9_007_199_254_740_993n })).toBe('{"balanceMinor":9007199254740993}');
  });
});
