// A review from its beginning to its end: a sale that no processor takes is held, a person decides, and the books follow.
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { byTester } from '../../fixtures/by.ts';
import { bytesOf, checkoutEntry } from '../../fixtures/entries.ts';
import { temporaryFolder } from '../../fixtures/in-process-store.ts';
import { createTestJournal, testKeys } from '../../fixtures/journal.ts';
import { openDatabase } from '../../ledger/sqlite/open.ts';
import { createSqliteStore, type SqliteStore } from '../../ledger/sqlite/store.ts';
import { ReviewConfig } from '../review-config.ts';

const nowMs = 1_795_000_000_000;
const { privateKey, publicKeyDer } = testKeys();
const rules = ReviewConfig.parse(undefined);
const sale = checkoutEntry({ totalMinor: 1234 });

let folder: ReturnType<typeof temporaryFolder>;
let store: SqliteStore;
beforeEach(async () => {
  folder = temporaryFolder();
  const routing = { processors: { stripe: { keyLifeMs: 86_400_000, tokenPrefixes: [''] } }, rules: [] };
  store = createSqliteStore(openDatabase(join(folder.path, 'central.db')), { routing });
  const journal = createTestJournal('box-1', privateKey);
  journal.append(bytesOf(sale));
  const payload = await journal.payload(1, 1);
  const facts = { lastSeq: 1, lastHash: journal.hashAt(1), feedId: null, appliedThrough: 0, nowMs };
  store.transaction(() => {
    store.hello({
      applianceId: 'box-1',
      publicKey: publicKeyDer,
      journalId: journal.journalId,
      release: '1',
      ...facts,
    });
    store.receive({ applianceId: 'box-1', payload, nowMs });
    store.bookPiece(10, nowMs);
  });
});
afterEach(() => {
  store.close();
  folder.remove();
});

const waiting = () =>
  store.reviews({ state: 'waiting', kind: null, applianceId: null, cursor: null, limit: 9 }).items;
const balance = (account: string) =>
  Number(store.accounts().find(({ name }) => name === account)?.balanceMinor ?? 0n);

it('is opened by what is held, and its decision is in the books at once', () => {
  expect(waiting()).toMatchObject([
    { number: 1, kind: 'held_money', documentId: sale.id, amountMinor: 1234, reason: 'no_route' },
  ]);
  expect(balance('receivable:customer')).toBe(1234);
  const said = { number: 1, decision: 'decline' as const, note: 'it was a trial', rules };
  expect(store.transaction(() => store.decideReview(said, byTester(nowMs))).kind).toBe('decided');
  expect(waiting()).toEqual([]);
  expect(store.collection({ applianceId: 'box-1', checkoutId: sale.id })?.state).toBe('written_off');
  expect([balance('receivable:customer'), balance('expense:offline_loss')]).toEqual([0, 1234]);
});
