// A sale is settled when the bank has shown the payout that it was paid out with: told to its appliance and to the merchant,
// once. Real books, real runs.
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { byTester } from '../fixtures/by.ts';
import { temporaryFolder } from '../fixtures/in-process-store.ts';
import {
  applianceId,
  chargeId,
  chargeReference,
  checkoutId,
  collect,
} from '../fixtures/reports/collected.ts';
import { arrival, paidOut, reported, soldMs } from '../fixtures/reports/days-of-trade.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';
import { openDatabase } from '../ledger/sqlite/open.ts';
import { createSqliteStore, type SqliteStore } from '../ledger/sqlite/store.ts';
import type { FileItem, FileSource } from './port.ts';
import type { BankEntry, ReportRow } from './report-row.ts';
import { MatchRules } from './rules.ts';
import { runReconciliation } from './run.ts';
import { readSides } from './sqlite/sides.ts';

const dayMs = 86_400_000;
let nowMs = soldMs + dayMs;
let folder: ReturnType<typeof temporaryFolder>;
let db: Database.Database;
let store: SqliteStore;
beforeEach(() => {
  nowMs = soldMs + dayMs;
  folder = temporaryFolder();
  db = openDatabase(join(folder.path, 'central.db'));
  store = createSqliteStore(db);
  const sales = [1, 2, 3].map((n) => ({ n, amountMinor: 100 * (n + 1), atMs: soldMs }));
  collect(db, sales);
  const endpoint = { url: 'https://shop.example/', types: ['checkout.settled' as const], note: '' };
  store.transaction(() => store.createEndpoint({ ...endpoint, secret: 's' }, byTester(nowMs)));
});
afterEach(() => {
  store.close();
  folder.remove();
});

async function bring(source: FileSource, items: FileItem[]): Promise<void> {
  const calls = portOver(store);
  const facts = {
    format: source.side === 'bank' ? 'mt940' : 'stripe',
    name: 'f',
    by: 'test',
    nowMs,
  } as const;
  const begun = await calls.beginImport({ ...source, ...facts, sha256: Buffer.alloc(32, `${nowMs++}`) });
  if (begun.kind === 'known') throw new Error('the file was there before');
  await calls.takeItems(begun.file, items);
  await calls.completeImport(begun.file, nowMs);
}

const bringRows = (...rows: ReportRow[]) =>
  bring(
    { side: 'processor', source: 'stripe' },
    rows.map((row, at) => ({ kind: 'row', item: at + 1, row })),
  );
const bringEntries = (...entries: BankEntry[]) =>
  bring(
    { side: 'bank', source: 'main' },
    entries.map((entry, at) => ({ kind: 'entry', item: at + 1, entry })),
  );

const inPayout = (n: number, changes: Partial<ReportRow> = {}) =>
  reported(n, {
    payoutReference: 'po_000001',
    ourReference: chargeReference(n),
    paymentReference: chargeId(n),
    ...changes,
  });

async function run(): Promise<void> {
  nowMs += 1000;
  const way = { by: 'test', nowMs: () => nowMs, rest: async () => {}, progress: () => {} };
  const rules = MatchRules.parse({});
  const read = () => readSides(db, nowMs, rules.collectDaysMax);
  await runReconciliation({ calls: portOver(store), read, rules, asOfMs: nowMs, ...way });
}

function told(): string[] {
  const { items } = store.deliveries({ endpoint: null, state: null, cursor: null, limit: 50 });
  return items.map(({ about }) => about).sort();
}

function outcomes(): string[] {
  const page = store.feedPage({ applianceId, after: 0, itemsMax: 99, bytesMax: 1e6 });
  const items = page?.items.map((item) => JSON.parse(Buffer.from(item).toString())) ?? [];
  return items.filter(({ kind }) => kind === 'outcome').map(({ id, outcome }) => `${outcome} ${id}`);
}

it('is told when the bank has shown the payout, and never again', async () => {
  await bringRows(inPayout(1), inPayout(2), paidOut('po_000001', 480));
  await run();
  expect(told()).toEqual([]);
  await bringEntries(arrival('po_000001', 480));
  await run();
  expect(told()).toEqual([`checkout ${checkoutId(1)}`, `checkout ${checkoutId(2)}`]);
  expect(outcomes()).toEqual([`settled ${checkoutId(1)}`, `settled ${checkoutId(2)}`]);
  await run();
  expect(told()).toHaveLength(2);
});

it('is told of a row that a later report adds to the payout', async () => {
  await bringRows(inPayout(1));
  await bringEntries(arrival('po_000001', 190));
  await run();
  expect(told()).toEqual([`checkout ${checkoutId(1)}`]);
  await bringRows(inPayout(2, { feeMinor: 300 }));
  await run();
  expect(told()).toEqual([`checkout ${checkoutId(1)}`, `checkout ${checkoutId(2)}`]);
});

it('is found by the processor’s own name of the payment where the report lacks ours', async () => {
  await bringRows(inPayout(1, { ourReference: null }));
  await bringEntries(arrival('po_000001', 190));
  await run();
  expect(told()).toEqual([`checkout ${checkoutId(1)}`]);
});

it('is not told of what differs, was voided or is disputed, nor while the bank shows another amount', async () => {
  db.exec(`UPDATE collection SET wanted = 'nothing' WHERE checkout_id = '${checkoutId(2)}'`);
  db.exec(`INSERT INTO dispute (collection_ref, processor, dispute_id, amount_minor, state, opened_ms)
    VALUES ((SELECT ref FROM collection WHERE checkout_id = '${checkoutId(3)}'), 'stripe', 'd', 400, 'open', 0)`);
  await bringRows(inPayout(1, { amountMinor: 201 }), inPayout(2), inPayout(3));
  await bringEntries(arrival('po_000001', 871));
  await run();
  expect(told()).toEqual([]);
  await bringRows(reported(9, { payoutReference: 'po_000002' }));
  await bringEntries(arrival('po_000002', 1));
  await run();
  expect(told()).toEqual([]);
});

it('tells of each part that a person splits a difference into', async () => {
  const types = ['exception.opened' as const];
  store.transaction(() =>
    store.createEndpoint({ url: 'https://b.example/', types, note: '', secret: 's' }, byTester(nowMs)),
  );
  nowMs += 9 * dayMs;
  await bringRows(inPayout(1), inPayout(2), inPayout(3));
  await run();
  const parts = [
    { amountMinor: 500, owner: null },
    { amountMinor: 370, owner: 'finance' },
  ];
  const action = { kind: 'split', note: 'two transfers', parts } as const;
  store.transaction(() =>
    store.actOnException({ ref: 1, action, secondPersonAboveMinor: {} }, byTester(nowMs)),
  );
  expect(told()).toEqual(['exception 1', 'exception 2', 'exception 3']);
});
