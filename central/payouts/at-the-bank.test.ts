// A payout to a payee from the books to the bank's statement and back: real books, real runs, of this release and the one before.
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { byTester } from '../fixtures/by.ts';
import { temporaryFolder } from '../fixtures/in-process-store.ts';
import { move } from '../ledger/postings.ts';
import { createBooks } from '../ledger/sqlite/books.ts';
import { checkLedger } from '../ledger/sqlite/check.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';
import { openDatabase } from '../ledger/sqlite/open.ts';
import { createSqliteStore, type SqliteStore } from '../ledger/sqlite/store.ts';
import type { BankEntry } from '../reconciliation/report-row.ts';
import { MatchRules } from '../reconciliation/rules.ts';
import { runReconciliation } from '../reconciliation/run.ts';
import { readSides } from '../reconciliation/sqlite/sides.ts';
import type { PayoutStep } from './port.ts';

const dayMs = 86_400_000;
const startMs = Date.UTC(2026, 10, 3, 12);
let nowMs = startMs;
let folder: ReturnType<typeof temporaryFolder>;
let db: Database.Database;
let store: SqliteStore;
beforeEach(() => {
  nowMs = startMs;
  folder = temporaryFolder();
  db = openDatabase(join(folder.path, 'central.db'));
  store = createSqliteStore(db);
  store.transaction(() => {
    store.createPayee({ id: 'acme', name: 'Acme Foods', bankReference: 'GB29' }, byTester(nowMs));
    // What was sold for them, in a movement that has a source of its own.
    db.exec(`INSERT INTO reconciliation_run (ref, as_of_ms, state, begun_by, begun_ms, touched_ms)
      VALUES (1, 0, 'complete', 'test', 0, 0)`);
    db.exec(`INSERT INTO reconciled_step (ref, key, run_ref) VALUES (1, 'sold before', 1)`);
    const books = createBooks(db);
    const owed = move('GBP', 900, 'receivable:customer', 'payable:payee:acme');
    books.piece(() => books.addMovement({ kind: 'report_row', ref: 1 }, 'adjustment', owed, nowMs));
  });
});
afterEach(() => {
  expect(checkLedger(db).failures).toEqual([]);
  store.close();
  folder.remove();
});

const rules = { approveOwn: true, secondPersonAboveMinor: {} };
const step = (next: PayoutStep) =>
  store.transaction(() => store.changePayout({ number: 1, step: next, rules }, byTester(nowMs)));
const prepare = () =>
  store.transaction(() => {
    const rule = { bank: 'main', keepBackDays: 0, minimumMinor: {} };
    return store.preparePayout(
      { payee: 'acme', currency: 'GBP', untilMs: nowMs + 1, rule },
      byTester(nowMs + 1),
    );
  });

function pay(): void {
  expect(prepare()).toMatchObject({ kind: 'prepared', payout: { amountMinor: 900 } });
  step({ kind: 'approved' });
  step({ kind: 'paid', reference: 'BACS-7001' });
}

/** As the release before booked it: straight from the bank. */
function payAsBefore(): void {
  prepare();
  step({ kind: 'approved' });
  store.transaction(() => {
    db.exec(`UPDATE payout SET state = 'paid', reference = 'BACS-7001'`);
    db.exec(`INSERT INTO payout_event (payout_ref, number, kind, note, actor, at_ms)
      VALUES (1, 3, 'paid', 'BACS-7001', 'anna@desk', ${nowMs})`);
    const books = createBooks(db);
    const paid = move('GBP', 900, 'payable:payee:acme', 'bank:main');
    books.piece(() => books.addMovement({ kind: 'payout', ref: 1 }, 'payee_paid', paid, nowMs));
  });
}

async function statement(...entries: [name: string, minor: number][]): Promise<void> {
  const calls = portOver(store);
  const sha256 = Buffer.alloc(32, `${nowMs} ${entries}`);
  const facts = { side: 'bank', source: 'main', format: 'camt053', name: 's.xml', by: 'test' } as const;
  const begun = await calls.beginImport({ ...facts, sha256, nowMs });
  if (begun.kind === 'known') throw new Error('the statement was there before');
  const bookedOn = new Date(nowMs).toISOString().slice(0, 10);
  const items = entries.map(([bankReference, amountMinor], at) => {
    const named = { account: 'GB1', bankReference, references: ['BACS-7001'], text: '' };
    const entry: BankEntry = {
      ...named,
      ...{ amountMinor, currency: 'GBP', bookedOn, valueOn: bookedOn, line: at + 1 },
    };
    return { kind: 'entry' as const, item: at + 1, entry };
  });
  await calls.takeItems(begun.file, items);
  await calls.completeImport(begun.file, nowMs);
}

async function run() {
  const way = { by: 'test', nowMs: () => nowMs, rest: async () => {}, progress: () => {} };
  const asked = MatchRules.parse({});
  const read = () => readSides(db, nowMs, asked.collectDaysMax);
  return runReconciliation({ calls: portOver(store), read, rules: asked, asOfMs: nowMs, ...way });
}

const balances = () =>
  Object.fromEntries(
    store
      .accounts()
      .filter(({ name, balanceMinor }) => balanceMinor !== 0n && name !== 'receivable:customer')
      .map(({ name, balanceMinor }) => [name, Number(balanceMinor)]),
  );
const open = () =>
  store
    .exceptions({ state: 'open', status: null, processor: null, owner: null, cursor: null, limit: 9 })
    .items.map(({ status, processor, amountMinor }) => `${status} ${processor} ${amountMinor}`);

it('leaves the bank when the bank shows it, once', async () => {
  pay();
  expect(balances()).toEqual({ 'transit:payee': -900 });
  const awaited = await run();
  expect(awaited.totals).toContainEqual({
    ...{ side: 'payout', currency: 'GBP', status: 'expected', rows: 1, amountMinor: -900n },
  });
  await statement(['b1', -900]);
  await run();
  expect(balances()).toEqual({ 'bank:main': -900 });
  expect(await run()).toMatchObject({ movements: 0 });
  expect(open()).toEqual([]);
});

it('is missing when the bank has not shown it in time, and gone when it does', async () => {
  pay();
  nowMs += 6 * dayMs;
  await run();
  expect(open()).toEqual(['missing payee:acme -900']);
  await statement(['b1', -900]);
  await run();
  expect(open()).toEqual([]);
});

it('owes it again when the bank shows that it came back, and awaits nothing more', async () => {
  pay();
  await statement(['b1', -900], ['b2', 900]);
  await run();
  expect(balances()).toEqual({ 'payable:payee:acme': -900 });
  expect(store.payout(1)).toMatchObject({ state: 'returned', reference: 'BACS-7001' });
  expect(store.payout(1)?.events.at(-1)).toMatchObject({
    actor: 'central, reconciliation',
    note: expect.stringMatching(/^the bank shows it in line 2 of file \d+$/),
  });
  expect(await run()).toMatchObject({ movements: 0 });
  expect(open()).toEqual([]);
  nowMs += dayMs;
  expect(prepare()).toMatchObject({ kind: 'prepared', payout: { number: 2, amountMinor: 900 } });
});

it('misses the money of which somebody said that it came back', async () => {
  pay();
  step({ kind: 'returned', reason: 'their bank says so' });
  await statement(['b1', -900]);
  nowMs += 6 * dayMs;
  await run();
  expect(open()).toEqual(['missing payee:acme 900']);
  expect(balances()).toEqual({ 'payable:payee:acme': -900, 'bank:main': -900, 'transit:payee': 900 });
});

it('keeps the difference on its way, for a person to settle', async () => {
  pay();
  await statement(['b1', -890]);
  await run();
  expect(open()).toEqual(['amount_differs payee:acme -900']);
  expect(balances()).toEqual({ 'bank:main': -890, 'transit:payee': -10 });
});

it('counts a payout of the release before once, also when its entry lay in suspense', async () => {
  payAsBefore();
  nowMs += 99 * dayMs;
  await run();
  expect(open()).toEqual([]);
  expect(balances()).toEqual({ 'bank:main': -900 });
  await statement(['b1', -900]);
  await run();
  expect(balances()).toEqual({ 'bank:main': -900 });
  expect(open()).toEqual([]);
  expect(await run()).toMatchObject({ movements: 0 });
  await statement(['b2', 900]);
  await run();
  expect(balances()).toEqual({ 'payable:payee:acme': -900 });
  expect(await run()).toMatchObject({ movements: 0 });
});
