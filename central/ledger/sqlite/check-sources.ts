// That every movement has its source, every account is in the chart, and what is never edited is guarded by the file itself.
import type Database from 'better-sqlite3';
import { isAccountName } from '../postings.ts';
import type { CheckFailure } from '../views.ts';
import type { OtherSource } from './books.ts';

/** The row each kind of source names, as table and key. */
const sources: Record<OtherSource | 'opening', { table: string; key: string }> = {
  attempt: { table: 'attempt', key: 'ref' },
  write_off: { table: 'collection', key: 'ref' },
  dispute: { table: 'dispute', key: 'ref' },
  // Reconciliation posts in steps, each for a row or an entry.
  report_row: { table: 'reconciled_step', key: 'ref' },
  bank_entry: { table: 'reconciled_step', key: 'ref' },
  exception: { table: 'exception_event', key: 'ref' },
  payout: { table: 'payout', key: 'ref' },
  reversal: { table: 'correction', key: 'movement_id' },
  // The one movement a currency by which the books of the releases before were carried over.
  opening: { table: 'movement', key: 'source_ref' },
};

/** Tables whose rows are never edited or deleted, by two triggers each. */
const appendOnly = [
  'entry',
  'movement',
  'posting',
  'attempt_event',
  'review_event',
  'report_row',
  'bank_entry',
  'bank_statement',
  'set_aside',
  'reconciliation_total',
  'reconciled_step',
  'settled_checkout',
  'parked',
  'exception_event',
  'audit',
  'product_split',
  'payout_event',
  'correction',
  'salvage',
  'known',
  'synthetic',
] as const;

/** Accounts of the releases before, carried over: they may be there, at zero. */
const carriedOver: ReadonlySet<string> = new Set(['receivable:processor', 'payable:payee']);

const toldMax = 20;

export function sourceFailures(db: Database.Database): CheckFailure[] {
  const unknown = Object.entries(sources).map(
    ([kind, { table, key }]) =>
      `SELECT id, source, source_ref AS ref FROM movement WHERE source = '${kind}' AND source <> 'entry'
       AND NOT EXISTS (SELECT 1 FROM ${table} AS origin WHERE origin.${key} = movement.source_ref)`,
  );
  return db
    .prepare<[], { id: number; source: string; ref: number }>(
      `${unknown.join(' UNION ALL ')} LIMIT ${toldMax}`,
    )
    .all()
    .map(({ id, source, ref }) => ({
      code: 'movement_without_source',
      detail: `movement ${id} comes from ${source} ${ref}, which is not there`,
    }));
}

export function accountFailures(db: Database.Database): CheckFailure[] {
  const accounts = db
    .prepare<[], { name: string; currency: string; balance: bigint }>(
      'SELECT name, currency, balance_minor AS balance FROM account ORDER BY name, currency',
    )
    .safeIntegers()
    .all();
  return accounts.flatMap(({ name, currency, balance }) => {
    if (isAccountName(name) || (carriedOver.has(name) && balance === 0n)) return [];
    const detail = `${name} has ${balance} ${currency}, and the chart has no such account`;
    return [{ code: 'account_unknown', detail }];
  });
}

export function guardFailures(db: Database.Database): CheckFailure[] {
  const triggers = db
    .prepare<[], { name: string; sql: string; tableName: string }>(
      `SELECT name, sql, tbl_name AS tableName FROM sqlite_schema WHERE type = 'trigger'`,
    )
    .all();
  return appendOnly.flatMap((table) =>
    (['UPDATE', 'DELETE'] as const).flatMap((change) => {
      const guard = new RegExp(`BEFORE ${change} ON "?${table}"? BEGIN SELECT RAISE\\(ABORT`);
      const found = triggers.some(({ sql, tableName }) => tableName === table && guard.test(sql));
      const detail = `nothing in the file refuses ${change} on ${table}`;
      return found ? [] : [{ code: 'append_only_unguarded', detail }];
    }),
  );
}
