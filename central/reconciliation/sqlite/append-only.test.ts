// What was read, counted and posted is history: no code may edit it, and nothing of reconciliation may be taken away.
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openStoreAt, temporaryFolder } from '../../fixtures/in-process-store.ts';
import { findOneDifference } from '../../fixtures/reports/one-difference.ts';
import { portOver } from '../../ledger/sqlite/direct-port.ts';
import { openDatabase } from '../../ledger/sqlite/open.ts';

let folder: ReturnType<typeof temporaryFolder>;
let db: Database.Database;
beforeEach(async () => {
  folder = temporaryFolder();
  const path = join(folder.path, 'central.db');
  const store = openStoreAt(path);
  const port = portOver(store);
  await findOneDifference(port, 1000);
  store.close();
  db = openDatabase(path);
  db.pragma('foreign_keys = OFF');
  db.exec(`INSERT INTO bank_statement VALUES (1, 9, 1, 'DE1', 's', 'GBP', 0, 0, 0, 0, 0, 1);
    INSERT INTO bank_entry VALUES (1, 8, 1, 'DE1', 'b', '[]', '', 1, 'GBP', '2026-11-02', '2026-11-02');
    INSERT INTO reconciled VALUES ('k', 'suspense', 'GBP', 1, 1);
    INSERT INTO reconciled_step (key, run_ref) VALUES ('k', 1);
    INSERT INTO parked VALUES (1, 1, 'kind_unknown', NULL, NULL, 0);
    INSERT INTO dispute (collection_ref, processor, dispute_id, amount_minor, state, opened_ms)
      VALUES (1, 'stripe', 'dp_1', 5, 'open', 0);
    INSERT INTO attempt (collection_ref, appliance_ref, document_id, purpose, number, processor, reference, idempotency_key,
      currency, amount_minor, state, first_sent_ms, sent_ms)
      VALUES (1, 1, 'd', 'refund', 1, 'stripe', 'r', 'k', 'GBP', 5, 'sent', 0, 0);`);
});
afterEach(() => {
  db.close();
  folder.remove();
});

it.each([
  ['report_row', 'line = 5'],
  ['bank_entry', 'line = 5'],
  ['bank_statement', 'agrees = 0'],
  ['set_aside', 'line = 5'],
  ['reconciliation_total', 'rows = 5'],
  ['reconciled_step', "key = 'other'"],
  ['exception_event', "note = 'other'"],
  ['parked', 'parked_ms = 5'],
])('refuses to edit or to delete a row of %s', (table, change) => {
  expect(() => db.exec(`UPDATE ${table} SET ${change}`)).toThrow(/never edited/);
  expect(() => db.exec(`DELETE FROM ${table}`)).toThrow(/never deleted/);
});

it.each(['report_file', 'reconciliation_run', 'exception', 'reconciled', 'attempt', 'dispute'])(
  'refuses to delete a row of %s, which moves on',
  (table) => {
    expect(() => db.exec(`DELETE FROM ${table}`)).toThrow(/never (deleted|forgotten)/);
  },
);
