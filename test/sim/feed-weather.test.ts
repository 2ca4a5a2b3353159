// The way down in bad weather: whatever central's feed goes through on its way (repeated, reordered, cut short, with
// restarts between), the appliance comes to where it would have come in order. Central's own feed, the appliance's own store.

import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defaultPolicy } from '../../central/feed/default-policy.ts';
import { publishProducts } from '../../central/feed/publish.ts';
import { byTester, testerAtWork } from '../../central/fixtures/by.ts';
import { openStoreAt, temporaryFolder } from '../../central/fixtures/in-process-store.ts';
import { portOver } from '../../central/ledger/sqlite/direct-port.ts';
import { FeedItem, type Product } from '../../contract/feed.ts';
import { limits } from '../../contract/limits.ts';
import { feedId, type TemporaryStore, temporaryStore } from '../../daemon/store/temporary-store.ts';

const nowMs = 1_795_000_000_000;
/** Two pieces of a snapshot. */
const productsTotal = limits.catalogueProductsPerPieceMax + 20;
const products = Array.from(
  { length: productsTotal },
  (_, i): Product => ({
    sku: `S${i}`,
    name: `Product ${i}`,
    price: { priceMinor: 100 + i, baseQuantity: 1 },
    sellable: true,
  }),
);
let items: FeedItem[];
let expected: object;
const opened: TemporaryStore[] = [];

/** What central says to one appliance, of every kind. */
async function centralsFeed(): Promise<FeedItem[]> {
  const folder = temporaryFolder();
  const store = openStoreAt(`${folder.path}/central.db`);
  const port = portOver(store);
  await port.ensurePolicy(defaultPolicy);
  await port.registerAppliance({ id: 'leeds-1', site: null }, byTester(nowMs));
  await publishProducts(
    port,
    products,
    testerAtWork(() => nowMs),
  );
  const stock = (change: 'set' | 'add', quantity: number) =>
    port.sendStock('leeds-1', [{ sku: 'S1', change, quantity }], byTester(nowMs));
  await stock('set', 5);
  await port.changeHotList({ fingerprint: 'fp_1', change: 'add' }, byTester(nowMs));
  await publishProducts(
    port,
    [...products.slice(2), { ...products[1], name: 'Other' } as Product],
    testerAtWork(() => nowMs),
  );
  await stock('add', 2);
  await port.publishPolicy(
    { ...defaultPolicy, stock: { ...defaultPolicy.stock, uncounted: 'refuse' } },
    byTester(nowMs),
  );
  await port.changeHotList({ fingerprint: 'fp_1', change: 'remove' }, byTester(nowMs));
  await port.changeHotList({ fingerprint: 'fp_2', change: 'add' }, byTester(nowMs));
  const page = await port.feedPage({ applianceId: 'leeds-1', after: 0, itemsMax: 1000, bytesMax: 1e9 });
  store.close();
  folder.remove();
  const said = (page?.items ?? []).map((item) => FeedItem.parse(JSON.parse(Buffer.from(item).toString())));
  // And what nobody can match: an outcome of a checkout that this appliance never had.
  const stranger: FeedItem = { kind: 'outcome', id: randomUUID(), outcome: 'booked', atMs: nowMs };
  return [...said.slice(0, 4), stranger, ...said.slice(4), stranger];
}

const open = (): TemporaryStore => {
  const store = temporaryStore([]);
  opened.push(store);
  return store;
};
/** A frame with so many items after a position, as many as there are. */
const send = (store: TemporaryStore, after: number, count: number) => {
  const some = items.slice(after, after + count);
  if (some.length > 0) store.ask('feed', { feedId, firstPosition: after + 1, items: some });
};

/** What the appliance would tell a kiosk, by all that the feed says. */
function judgement(store: TemporaryStore): object {
  const { feed, catalogue, policy, stockLow } = store.ask('status', {});
  const quotes = ['fp_1', 'fp_2'].map((fingerprint) => {
    const payment = { token: 'tok_1', fingerprint, scheme: 'visa', last4: '4242' };
    const lines = ['S0', 'S1', 'S2', `S${productsTotal - 1}`].map((sku) => ({ sku, quantity: 8 }));
    return store.ask('quote', { asked: { lines, currency: 'GBP', payment, mode: 'offline_ok' } });
  });
  return {
    appliedThrough: feed.appliedThrough,
    catalogue: [catalogue.version, catalogue.products],
    policy: policy.version,
    stockLow,
    quotes,
  };
}

beforeAll(async () => {
  items = await centralsFeed();
  const inOrder = open();
  send(inOrder, 0, items.length);
  expected = judgement(inOrder);
});
afterAll(() => {
  for (const store of opened) store.remove();
});

it('the feed tells of everything', () => {
  expect(new Set(items.map(({ kind }) => kind))).toEqual(
    new Set(['policy', 'catalogue', 'catalogue_delta', 'stock', 'hot_list', 'outcome']),
  );
  expect(expected).toMatchObject({
    appliedThrough: items.length,
    catalogue: [2, productsTotal - 1],
    policy: 2,
  });
  const said = JSON.stringify(expected);
  for (const reason of ['product_unknown', 'out_of_stock', 'card_not_taken', 'stock_unknown']) {
    expect(said).toContain(reason);
  }
  expect(said).toContain('"left":7');
});

it('comes to the same, whatever is repeated, reordered, cut short or restarted', () => {
  const frame = fc.record({
    after: fc.nat(20),
    count: fc.integer({ min: 1, max: 6 }),
    restart: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 25 }), (weather) => {
      const store = open();
      for (const { after, count, restart } of weather) {
        send(store, after, count);
        if (restart) store.reopen();
      }
      // Central goes on from where the appliance says that it stands.
      send(store, store.ask('position', {}).appliedThrough, items.length);
      expect(judgement(store)).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});
