// What the page reads of money, out of a real store: a checkout's whole story, and the postings of one account in bounded pages.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bookEntries } from '../../fixtures/book-entries.ts';
import { checkoutEntry, refundEntry } from '../../fixtures/entries.ts';
import { openStoreAt, temporaryFolder } from '../../fixtures/in-process-store.ts';
import { createTestJournal, testKeys } from '../../fixtures/journal.ts';
import type { SqliteStore } from '../../ledger/sqlite/store.ts';
import { readSearch } from '../find-checkouts.ts';
import type { AccountPosting } from '../port.ts';

const nowMs = 1_795_000_000_000;
const { privateKey, publicKeyDer } = testKeys();
const sold = checkoutEntry({ totalMinor: 900 });
const others = Array.from({ length: 9 }, (_, i) => checkoutEntry({ totalMinor: i + 1, slip: i + 2 }));
const back = refundEntry(sold.id, 400);

let folder: ReturnType<typeof temporaryFolder>;
let store: SqliteStore;
beforeEach(async () => {
  folder = temporaryFolder();
  store = openStoreAt(join(folder.path, 'central.db'));
  const journal = createTestJournal('box-1', privateKey);
  await bookEntries(store, journal, publicKeyDer, [sold, ...others, back], nowMs);
});
afterEach(() => {
  store.close();
  folder.remove();
});

it('tells of a checkout and what followed it, and of no other', () => {
  const story = store.checkoutStory({ applianceId: 'box-1', checkoutId: sold.id });
  expect(story?.entries.map(({ kind, seq }) => `${kind} ${seq}`)).toEqual(['checkout 1', 'refund 11']);
  expect(story?.movements.map(({ reason, seq }) => `${reason} ${seq}`)).toEqual(['sale 1', 'refund 11']);
  expect(store.checkoutStory({ applianceId: 'box-2', checkoutId: sold.id })).toBeNull();
});

it('tells what the merchant’s own systems were told of it, and of no other', async () => {
  const by = { actor: { kind: 'command', user: 'ann', from: 'desk' }, nowMs } as const;
  const types = ['checkout.booked'] as const;
  store.transaction(() =>
    store.createEndpoint(
      { url: 'https://shop.example/hooks?key=secret', types: [...types], note: '', secret: 's' },
      by,
    ),
  );
  const another = checkoutEntry({ totalMinor: 500, slip: 91 });
  const journal = createTestJournal('box-1', privateKey);
  await bookEntries(store, journal, publicKeyDer, [another, checkoutEntry({ totalMinor: 1 })], nowMs);
  const told = () => store.checkoutStory({ applianceId: 'box-1', checkoutId: another.id })?.told;
  const sent = { endpoint: 1, host: 'shop.example', type: 'checkout.booked', toldMs: nowMs };
  expect(told()).toEqual([
    { ...sent, number: 1, state: 'waiting', tries: 0, endedMs: null, status: null, error: null },
  ]);
  const tried = { delivery: 1, atMs: nowMs + 5, durationMs: 20, answer: null };
  store.transaction(() => store.deliveryTried({ ...tried, status: null, error: 'ECONNREFUSED' }));
  expect(told()).toMatchObject([{ state: 'waiting', tries: 1, error: 'ECONNREFUSED' }]);
  store.transaction(() => store.deliveryTried({ ...tried, status: 204, error: null }));
  expect(told()).toMatchObject([
    { state: 'delivered', tries: 2, endedMs: nowMs + 25, status: 204, error: null },
  ]);
  expect(store.checkoutStory({ applianceId: 'box-1', checkoutId: sold.id })?.told).toEqual([]);
});

it('finds an amount in the decimals of its currency alone', async () => {
  const pounds = checkoutEntry({ totalMinor: 900, slip: 90 });
  const yen = { ...pounds, checkout: { ...pounds.checkout, currency: 'JPY' as const } };
  const journal = createTestJournal('box-1', privateKey);
  await bookEntries(store, journal, publicKeyDer, [yen], nowMs);
  const slips = (text: string) =>
    readSearch(text)
      .filter(({ by }) => by === 'total')
      .flatMap((wanted) => store.findCheckouts({ wanted, limit: 9 }))
      .map(({ slip }) => slip);
  expect(slips('9.00')).toEqual([1]);
  expect(slips('900')).toEqual([90]);
  expect(slips('¥900')).toEqual([90]);
  expect(slips('£9')).toEqual([1]);
});

it('finds what was put right of a checkout afterwards', () => {
  const [sale] = store.checkoutStory({ applianceId: 'box-1', checkoutId: sold.id })?.movements ?? [];
  const by = { actor: { kind: 'command', user: 'ann', from: 'desk' }, nowMs } as const;
  store.transaction(() =>
    store.correctMovement({ movementId: sale?.id ?? 0, reason: 'wrong', replacement: [] }, by),
  );
  const story = store.checkoutStory({ applianceId: 'box-1', checkoutId: sold.id });
  expect(story?.movements.map(({ reason }) => reason)).toEqual(['sale', 'refund', 'correction']);
});

it.each([
  ['pages of three', { limit: 3, movementsMax: 1000 }],
  ['pages that look at two movements', { limit: 50, movementsMax: 2 }],
])('gives each posting of an account once, the newest first, in %s', (_, bounds) => {
  const account = { account: 'receivable:customer', currency: 'GBP' };
  const read: AccountPosting[] = [];
  let cursor: number | null = null;
  let pages = 0;
  do {
    const page: ReturnType<SqliteStore['accountPostings']> = store.accountPostings({
      ...account,
      ...bounds,
      cursor,
    });
    read.push(...page.items);
    cursor = page.nextCursor;
    pages++;
  } while (cursor !== null && pages < 20);
  expect(read.map(({ amountMinor }) => amountMinor)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1, 900]);
  expect(pages).toBeGreaterThan(3);
  expect(read.at(-1)).toMatchObject({ applianceId: 'box-1', documentId: sold.id, source: 'entry' });
});
