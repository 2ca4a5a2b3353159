// Proves the ledger from its own rows: sums, sources, completeness, balances and every chain from the raw bytes.
import type Database from 'better-sqlite3';
import { collectionChecks } from '../../charging/sqlite/check-collections.ts';
import type { CheckFailure, CheckReport } from '../views.ts';
import { chainFailures } from './check-chains.ts';
import { accountFailures, guardFailures, sourceFailures } from './check-sources.ts';
import { mustBeEmpty, statementFailures } from './check-statements.ts';

/** One part of the check, by the name it is told under. */
interface Part {
  name: string;
  failures(db: Database.Database): CheckFailure[];
}

const parts: readonly Part[] = [
  { name: 'guards', failures: guardFailures },
  { name: 'accounts', failures: accountFailures },
  { name: 'sources', failures: sourceFailures },
  ...[...collectionChecks, ...mustBeEmpty].map((statement) => ({
    name: statement.code,
    failures: (db: Database.Database) => statementFailures(db, statement),
  })),
  { name: 'chains', failures: chainFailures },
];

/**
 * Reads everything in one snapshot: a service that runs beside it is not disturbed.
 * @param begun is told of each part before it begins: of a long ledger they take their time
 */
export function checkLedger(
  db: Database.Database,
  begun: (part: string, at: number, of: number) => void = () => {},
): CheckReport {
  return db.transaction(() => {
    const count = (table: string) =>
      db.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0;
    return {
      journals: count('journal'),
      entries: count('entry'),
      waiting: waiting(db),
      movements: count('movement'),
      parked: count('parked'),
      known: count('known'),
      totals: totals(db),
      failures: parts.flatMap(({ name, failures }, i) => {
        begun(name, i + 1, parts.length);
        return failures(db);
      }),
    };
  })();
}

function waiting(db: Database.Database): number {
  const sum = 'SELECT coalesce(sum(received_through - booked_through), 0) FROM journal';
  return db.prepare<[], number>(sum).pluck().get() ?? 0;
}

function totals(db: Database.Database): CheckReport['totals'] {
  const rows = db
    .prepare<[], { account: string; currency: string; balanceMinor: bigint }>(
      'SELECT name AS account, currency, balance_minor AS balanceMinor FROM account ORDER BY currency, name',
    )
    .safeIntegers()
    .all();
  return [...Map.groupBy(rows, ({ currency }) => currency)].map(([currency, balances]) => ({
    currency,
    balances: balances.map(({ account, balanceMinor }) => ({ account, balanceMinor })),
  }));
}
