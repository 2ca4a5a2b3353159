import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bytesOf, checkoutEntry, voidEntry } from '../../fixtures/entries.ts';
import { temporaryFolder } from '../../fixtures/in-process-store.ts';
import { createTestJournal, testKeys } from '../../fixtures/journal.ts';
import type { By } from '../../people/actor.ts';
import { checkLedger } from './check.ts';
import { openDatabase } from './open.ts';
import { createSqliteStore } from './store.ts';

const nowMs = 1_795_000_000_000;
const { privateKey, publicKeyDer } = testKeys();
const by: By = { actor: { kind: 'central', rule: 'test' }, nowMs };

describe('the ledger check', () => {
  const state: { folder: ReturnType<typeof temporaryFolder>; db: Database.Database | null } = {
    folder: temporaryFolder(),
    db: null,
  };

  beforeEach(async () => {
    state.folder = temporaryFolder();
    const db = openDatabase(join(state.folder.path, 'central.db'));
    state.db = db;
    const store = createSqliteStore(db);
    const journal = createTestJournal('box-1', privateKey);
    const sale = checkoutEntry();
    journal.append(...[sale, checkoutEntry(), voidEntry(sale.id)].map(bytesOf), Buffer.from('{'));
    journal.append(bytesOf(checkoutEntry({ verdict: 'refused' })), bytesOf(checkoutEntry()));
    const facts = { lastSeq: 6, lastHash: journal.hashAt(6), feedId: null, appliedThrough: 0 };
    const { journalId } = journal;
    const payload = await journal.payload(1, 6);
    store.transaction(() => {
      store.hello({
        applianceId: 'box-1',
        publicKey: publicKeyDer,
        journalId,
        release: 't',
        nowMs,
        ...facts,
      });
      store.createPayee({ id: 'acme', name: 'Acme', bankReference: 'x' }, by);
      store.receive({ applianceId: 'box-1', payload, nowMs });
      // The last one is received and not yet booked: that is no failure.
      store.bookPiece(5, nowMs);
      const half = (account: 'payable:payee:house' | 'payable:payee:acme', amountMinor: number) => ({
        account,
        currency: 'GBP',
        amountMinor,
      });
      // Movements 4 and 5, payout 1 and its movement 6.
      const replacement = [half('payable:payee:house', 1500), half('payable:payee:acme', -1500)];
      store.correctMovement({ movementId: 2, reason: 'x', replacement }, by);
      const rule = { bank: 'main', keepBackDays: 0, minimumMinor: {} };
      const later = { ...by, nowMs: nowMs + 1 };
      store.preparePayout({ payee: 'acme', currency: 'GBP', untilMs: nowMs + 1, rule }, later);
      for (const step of [{ kind: 'approved' }, { kind: 'paid', reference: 'r' }] as const) {
        store.changePayout(
          { number: 1, step, rules: { approveOwn: true, secondPersonAboveMinor: {} } },
          later,
        );
      }
    });
  });
  afterEach(() => {
    state.db?.close();
    state.folder.remove();
  });

  /** Spoils the database as no code of ours can: without its triggers and foreign keys. */
  const spoil = (sql: string) => {
    const db = state.db as Database.Database;
    db.pragma('foreign_keys = OFF');
    const triggers = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all();
    for (const name of triggers) db.exec(`DROP TRIGGER ${name}`);
    db.exec(sql);
    return checkLedger(db).failures.map(({ code }) => code);
  };

  it('finds nothing in a ledger that is whole', () => {
    const report = checkLedger(state.db as Database.Database);
    expect(report).toMatchObject({
      journals: 1,
      entries: 6,
      waiting: 1,
      movements: 6,
      parked: 1,
      failures: [],
    });
    expect(report.totals).toMatchObject([
      {
        currency: 'GBP',
        balances: [
          { account: 'payable:payee:acme', balanceMinor: 0n },
          { account: 'payable:payee:house', balanceMinor: 1500n },
          { account: 'receivable:customer', balanceMinor: 0n },
          { account: 'transit:payee', balanceMinor: -1500n },
        ],
      },
    ]);
  });

  it('says which part it is at', () => {
    const said: string[] = [];
    checkLedger(state.db as Database.Database, (part, at, of) => said.push(`${at}/${of} ${part}`));
    expect(said.at(0)).toMatch(/^1\/\d+ guards$/);
    expect(said.at(-1)).toBe(`${said.length}/${said.length} chains`);
  });

  const damages: [string, string, string][] = [
    [
      'a changed amount',
      'UPDATE posting SET amount_minor = 7 WHERE movement_id = 1 AND line = 0',
      'movement_unbalanced',
    ],
    ['a lost posting', 'DELETE FROM posting WHERE movement_id = 1', 'movement_empty'],
    ['a lost movement', 'DELETE FROM movement WHERE id = 2', 'document_without_movement'],
    [
      'a movement from nowhere',
      "INSERT INTO movement VALUES (9, 'entry', 1, 99, NULL, 'sale', 0)",
      'movement_without_entry',
    ],
    ['a lost document', "DELETE FROM document WHERE state = 'recorded'", 'entry_not_once'],
    ['an entry booked and parked', "INSERT INTO parked VALUES (1, 1, 'x', NULL, NULL, 0)", 'entry_not_once'],
    [
      'a changed balance',
      "UPDATE account SET balance_minor = 3 WHERE name = 'payable:payee:house'",
      'balance_differs',
    ],
    ['a lost account', "DELETE FROM account WHERE name = 'payable:payee:house'", 'currency_unbalanced'],
    ['a changed byte of an entry', "UPDATE entry SET body = x'7b7d' WHERE seq = 6", 'chain_broken'],
    ['a lost entry', 'DELETE FROM entry WHERE seq = 6', 'journal_short'],
    ['a lost source', 'DELETE FROM correction', 'movement_without_source'],
    ['a lost payout', 'DELETE FROM payout', 'movement_without_source'],
    [
      'a movement of a row that is not there',
      "INSERT INTO movement VALUES (9, 'bank_entry', NULL, NULL, 1, 'paid_in', 0)",
      'movement_without_source',
    ],
    ['another total', 'UPDATE document SET total_minor = 1499 WHERE seq = 2', 'sale_differs'],
    [
      'a fee that nobody paid',
      "UPDATE posting SET account = 'income:fee:marketplace' WHERE movement_id = 2 AND line = 1",
      'fee_differs',
    ],
    ['a payout of another amount', 'UPDATE payout SET amount_minor = 1', 'payout_differs'],
    [
      'lines that are paid twice',
      `INSERT INTO payout SELECT 2, payee, currency, amount_minor, after_movement, through_movement, bank, state,
         reference, prepared_ms FROM payout`,
      'payouts_overlap',
    ],
    ['a payout that moved nothing', "UPDATE payout SET state = 'returned'", 'payout_unmoved'],
    [
      'an account nobody knows',
      "UPDATE account SET name = 'pocket' WHERE name = 'transit:payee'",
      'account_unknown',
    ],
    ['a lost guard', '', 'append_only_unguarded'],
    ['a hole in a journal', 'DELETE FROM entry WHERE seq = 4', 'journal_gap'],
  ];
  it.each(damages)('finds %s', (_, sql, code) => {
    expect(spoil(sql)).toContain(code);
  });
});
