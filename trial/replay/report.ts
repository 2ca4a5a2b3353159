// What a replay says: a report for people, one line of JSON for programs, and a bar while it goes on.
import { formatMoney } from '../money-text.ts';
import { currency } from './basket.ts';
import type { SettledDay } from './reconcile.ts';
import type { ReplayResult } from './replay.ts';
import type { Progress } from './trading.ts';

const differencesShownMax = 20;

export function reportLines(result: ReplayResult): string[] {
  const { comparison, differences, rejected } = result;
  const money = (minor: number) => formatMoney(minor, currency).padStart(18);
  const counted = (count: number) => count.toLocaleString('en').padStart(9);
  const reasons = Object.entries(rejected).sort(([a], [b]) => (a < b ? -1 : 1));
  const shown = differences.slice(0, differencesShownMax);
  const more = differences.length - shown.length;
  return [
    `${counted(result.invoices)} invoices in ${result.files} ${result.files === 1 ? 'file' : 'files'}`,
    `${counted(result.checkouts)} checkouts  ${money(comparison.journalTotalMinor)}`,
    `${counted(result.refunds)} refunds    ${money(comparison.refundTotalMinor)}`,
    ...reasons.map(([reason, count]) => `${counted(count)} ${reason}`),
    '',
    `journal ${money(comparison.journalTotalMinor)}   ${comparison.entries} entries`,
    `ledger  ${money(comparison.ledgerTotalMinor)}   ${comparison.duplicates} duplicates, ${result.missing} missing`,
    ...(result.settled === null ? [] : settledLines(result.settled)),
    ...shown.map((difference) => `  ${difference}`),
    ...(more > 0 ? [`  and ${more} more differences`] : []),
    result.balanced ? `balanced in ${result.seconds} s` : `NOT BALANCED after ${result.seconds} s`,
    ...(result.keptFolder === null ? [] : [`databases and logs: ${result.keptFolder}`]),
  ];
}

/** The four sides as reconciliation left them, and what was planted against what was found. */
function settledLines({ sides, captured, writtenOff, held, planted, exceptions }: SettledDay): string[] {
  const money = (minor: number) => formatMoney(minor, currency).padStart(18);
  const counted = (count: number) => count.toLocaleString('en').padStart(9);
  return [
    '',
    `${counted(captured.count)} at the processor ${money(captured.minor)}`,
    `${counted(writtenOff.count)} written off      ${money(writtenOff.minor)}`,
    `${counted(held.count)} with a person    ${money(held.minor)}`,
    ...sides.map(
      ({ side, status, rows, amountMinor }) =>
        `${side.padEnd(8)}${status.padEnd(20)}${counted(rows)} ${money(amountMinor)}`,
    ),
    `${counted(planted)} faults planted in the report and at the bank, ${exceptions} exceptions found`,
  ];
}

/** One line with exactly these fields; others rely on them. */
export function reportJson({ comparison, ...result }: ReplayResult): string {
  return JSON.stringify({
    files: result.files,
    invoices: result.invoices,
    checkouts: result.checkouts,
    refunds: result.refunds,
    rejected: result.rejected,
    journalTotalMinor: comparison.journalTotalMinor,
    ledgerTotalMinor: comparison.ledgerTotalMinor,
    refundTotalMinor: comparison.refundTotalMinor,
    entries: comparison.entries,
    duplicates: comparison.duplicates,
    missing: result.missing,
    balanced: result.balanced,
    seconds: result.seconds,
    ...(result.settled !== null && {
      settled: {
        capturedMinor: result.settled.captured.minor,
        writtenOffMinor: result.settled.writtenOff.minor,
        held: result.settled.held.count,
        planted: result.settled.planted,
        exceptions: result.settled.exceptions,
      },
    }),
  });
}

/** Such as "selling   ██████░░░░  57 %  81/143  link cut"; a step without an end shows its name alone. */
export function progressLine({ step, done, total, note }: Progress, columns: number): string {
  if (total === 0) return `${step} …`.slice(0, columns - 1);
  const width = 24;
  const full = Math.round((done / total) * width);
  const bar = '█'.repeat(full) + '░'.repeat(width - full);
  const percent = `${Math.floor((done / total) * 100)} %`.padStart(5);
  return `${step.padEnd(8)} ${bar} ${percent}  ${done}/${total}  ${note}`.slice(0, columns - 1);
}
