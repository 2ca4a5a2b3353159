// Payees, and what the books say each is owed.
import type Database from 'better-sqlite3';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { Payee, PayeeOwed, PayoutCalls } from '../port.ts';

export type PayeeTable = Pick<PayoutCalls, 'createPayee' | 'payees' | 'payee' | 'payeeAccounts'>;

const columns = 'id, name, bank_reference AS bankReference, created_ms AS createdMs FROM payee';

export function createPayeeTable(db: Database.Database, audit: Audit): PayeeTable {
  const insert = db.prepare(
    'INSERT INTO payee (id, name, bank_reference, created_ms) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING',
  );
  const all = db.prepare<[], Payee>(`SELECT ${columns} ORDER BY id`);
  const one = db.prepare<[string], Payee>(`SELECT ${columns} WHERE id = ?`);
  const owed = db
    .prepare<[string], PayeeOwed>(
      `SELECT currency, -balance_minor AS owedMinor FROM account WHERE name = 'payable:payee:' || ? ORDER BY currency`,
    )
    .safeIntegers();
  const accounts = db.prepare<[], { payee: string; currency: string }>(
    `SELECT payee.id AS payee, account.currency FROM payee
     JOIN account ON account.name = 'payable:payee:' || payee.id
     WHERE account.balance_minor <> 0 ORDER BY payee.id, account.currency`,
  );

  return {
    createPayee({ id, name, bankReference }, by) {
      if (insert.run(id, name, bankReference, by.nowMs).changes === 0) return false;
      audit(by, 'payee.create', `payee ${id}`, { name });
      return true;
    },
    payees: () => all.all(),
    payee(id) {
      const found = one.get(id);
      return found ? { ...found, owed: owed.all(id) } : null;
    },
    payeeAccounts: () => accounts.all(),
  };
}
