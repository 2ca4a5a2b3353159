// `ledger check`: proves the books from their own rows and says so in a few lines.
import type { Command } from 'commander';
import { decimalText } from '../../contract/money.ts';
import { exitCodes } from '../errors.ts';
import { checkLedger } from '../ledger/sqlite/check.ts';
import type { CheckReport } from '../ledger/views.ts';
import { databaseCommand } from './command.ts';
import { openCentralDatabase, refuseMissing } from './open-store.ts';

const quietMs = 2000;

export function ledgerCheck(): Command {
  return databaseCommand(
    {
      name: 'check',
      description: 'prove sums, sources, completeness, balances and chains; exit 1 when one fails',
      examples: ['ledger check --config central.toml --json'],
    },
    (dataFolder) => {
      const report = checkDatabase(dataFolder);
      const exitCode = report.failures.length > 0 ? exitCodes.ledger_broken : 0;
      return { result: report, words: describeReport(report), exitCode };
    },
  );
}

/** @throws CommandError database_missing: a ledger that is not there must not pass for a whole one */
function checkDatabase(dataFolder: string): CheckReport {
  refuseMissing(dataFolder);
  const db = openCentralDatabase(dataFolder);
  try {
    return checkLedger(db, sayProgress());
  } finally {
    db.close();
  }
}

/** The report for a person. */
function describeReport(report: CheckReport): string {
  const { journals, entries, waiting, movements, parked, known, totals, failures } = report;
  const brought = known === 0 ? '' : `, ${known} known from another journal`;
  return [
    `${journals} journals, ${entries} entries (${waiting} not yet settled), ${movements} movements, ${parked} parked${brought}`,
    ...totals.flatMap(({ currency, balances }) =>
      balances.map(
        ({ account, balanceMinor }) =>
          `${account.padEnd(28)} ${decimalText(balanceMinor, currency).padStart(20)} ${currency}`,
      ),
    ),
    ...failures.map(({ code, detail }) => `FAILED ${code}: ${detail}`),
    failures.length === 0 ? 'The ledger is whole.' : 'The ledger is NOT whole.',
  ].join('\n');
}

/** What part it is at, on stderr, once the check takes longer than somebody likes to wait without a word. */
function sayProgress(): (part: string, at: number, of: number) => void {
  const startMs = performance.now();
  return (part, at, of) => {
    if (performance.now() - startMs > quietMs) process.stderr.write(`${at}/${of} ${part}\n`);
  };
}
