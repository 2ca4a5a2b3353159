// `ledger check`: proves the books from their own rows and says so in a few lines.
import type { CheckReport } from '../ledger/port.ts';
import { checkLedger } from '../ledger/sqlite/check.ts';
import { openCentralDatabase, refuseMissing } from './open-store.ts';

/** @throws CommandError database_missing: a ledger that is not there must not pass for a whole one */
export function checkDatabase(dataFolder: string): CheckReport {
  refuseMissing(dataFolder);
  const db = openCentralDatabase(dataFolder);
  try {
    return checkLedger(db);
  } finally {
    db.close();
  }
}

/** The report for a person. */
export function describeReport(report: CheckReport): string {
  const { journals, entries, waiting, movements, parked, totals, failures } = report;
  return [
    `${journals} journals, ${entries} entries (${waiting} not yet settled), ${movements} movements, ${parked} parked`,
    ...totals.flatMap(({ currency, balances }) =>
      balances.map(
        ({ account, balanceMinor }) =>
          `${account.padEnd(24)} ${String(balanceMinor).padStart(20)} ${currency} (minor units)`,
      ),
    ),
    ...failures.map(({ code, detail }) => `FAILED ${code}: ${detail}`),
    failures.length === 0 ? 'The ledger is whole.' : 'The ledger is NOT whole.',
  ].join('\n');
}
