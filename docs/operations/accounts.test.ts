// The page on accounts is true: its chart is the one that is booked by, its example is what a real store books, and its
// files are taken.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../central/config.ts';
import { readCatalogue } from '../../central/feed/catalogue-csv.ts';
import { publishProducts } from '../../central/feed/publish.ts';
import { byTester, testerAtWork } from '../../central/fixtures/by.ts';
import { bytesOf, checkoutEntry, refundEntry } from '../../central/fixtures/entries.ts';
import { openStoreAt, temporaryFolder } from '../../central/fixtures/in-process-store.ts';
import { createTestJournal, testKeys } from '../../central/fixtures/journal.ts';
import { isAccountName } from '../../central/ledger/postings.ts';
import { portOver } from '../../central/ledger/sqlite/direct-port.ts';
import type { SqliteStore } from '../../central/ledger/sqlite/store.ts';

const page = readFileSync(join(import.meta.dirname, 'accounts.md'), 'utf8');
const block = (language: string) =>
  new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(page)?.[1] ?? expect.fail(`no ${language}`);
const rows = (heading: string) => {
  const [, table = ''] = new RegExp(`^\\| ${heading} \\|.*?\\n.*?\\n(.*?)\\n\\n`, 'ms').exec(page) ?? [];
  return table.split('\n').map((row) =>
    row
      .split('|')
      .map((cell) => cell.trim().replaceAll('`', ''))
      .slice(1, -1),
  );
};
const nowMs = 1_795_000_000_000;
const folder = temporaryFolder();
let store: SqliteStore;
beforeAll(() => {
  store = openStoreAt(join(folder.path, 'central.db'));
});
afterAll(() => {
  store.close();
  folder.remove();
});

it('names accounts of the chart, and every fixed one of them', () => {
  const named = rows('account').map(([account = '']) => account);
  for (const account of named) expect(isAccountName(account.replace(/<\w+>/, 'x')), account).toBe(true);
  for (const account of ['payable:tax', 'suspense', 'income:fee:marketplace', 'expense:dispute_loss']) {
    expect(named).toContain(account);
  }
  expect(new Set(named).size).toBe(15);
});

it('shows a configuration that is taken', () => {
  const path = join(folder.path, 'central.toml');
  writeFileSync(path, `dataFolder = "data"\nidentityFolder = "identity"\n${block('toml')}`);
  expect(readConfig(path).payouts).toEqual({
    bank: 'main',
    keepBackDays: 14,
    minimumMinor: { GBP: 1000 },
    approveOwn: false,
  });
});

it('books its example to the unit', async () => {
  const path = join(folder.path, 'catalogue.csv');
  writeFileSync(path, block('csv'));
  const catalogue = await readCatalogue(path, null);
  if (catalogue.kind === 'refused') return expect.fail(JSON.stringify(catalogue.mistakes));
  const by = byTester(nowMs - 1);
  for (const id of ['acme', 'bolt']) {
    store.transaction(() => store.createPayee({ id, name: id, bankReference: id }, by));
  }
  const { products, splits } = catalogue;
  await publishProducts(
    portOver(store),
    products,
    testerAtWork(() => nowMs),
    splits,
  );

  const judged = products.slice(0, 2).map(({ sku, price }) => ({
    ...{ sku, quantity: 1, price, totalMinor: price.priceMinor, tax: 0 },
  }));
  const tax = { category: 'standard', basisPoints: 2000, prices: 'inclusive' as const };
  const sale = checkoutEntry({
    totalMinor: 2400,
    judged,
    taxes: [{ ...tax, netMinor: 2000, taxMinor: 400 }],
  });
  const { privateKey, publicKeyDer } = testKeys();
  const journal = createTestJournal('box-1', privateKey);
  journal.append(bytesOf(sale), bytesOf(refundEntry(sale.id, 600)));
  const payload = await journal.payload(1, 2);
  const { journalId } = journal;
  store.transaction(() => {
    const facts = { lastSeq: 2, lastHash: journal.hashAt(2), feedId: null, appliedThrough: 0, nowMs };
    store.hello({ applianceId: 'box-1', publicKey: publicKeyDer, journalId, release: 't', ...facts });
    store.receive({ applianceId: 'box-1', payload, nowMs });
    store.bookPiece(10, nowMs);
    const rule = { bank: 'main', keepBackDays: 0, minimumMinor: {} };
    const later = byTester(nowMs + 1);
    store.preparePayout({ payee: 'acme', currency: 'GBP', untilMs: nowMs + 1, rule }, later);
    for (const step of [{ kind: 'approved' }, { kind: 'paid', reference: 'BACS-7' }] as const) {
      store.changePayout({ number: 1, step, rules: { approveOwn: true, secondPersonAboveMinor: {} } }, later);
    }
  });
  const booked = store
    .movements({ cursor: null, limit: 10 })
    .items.flatMap(({ reason, postings }) =>
      postings.map(({ account, amountMinor }) => [reason, account, String(amountMinor)]),
    );
  expect(booked).toEqual(rows('movement'));
});
