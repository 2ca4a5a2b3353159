// The books for beancount. Its accounts begin with one of five roots, and each part with a capital:
// receivable, transit, bank → Assets; payable → Liabilities; income → Income; expense → Expenses; suspense → Equity.
// Source: https://beancount.github.io/docs/beancount_language_syntax.html
import { decimalOf } from './amount-words.ts';
import {
  dayOf,
  type ExportBalance,
  type ExportedBooks,
  type ExportMovement,
  emptyWhenSettled,
} from './export-rows.ts';

const roots: Record<string, string> = {
  receivable: 'Assets:Receivable',
  transit: 'Assets:Transit',
  bank: 'Assets:Bank',
  payable: 'Liabilities:Payable',
  income: 'Income',
  expense: 'Expenses',
  suspense: 'Equity:Suspense',
};
const dayMs = 86_400_000;

/** The account as beancount spells it. */
export function beancountAccount(account: string): string {
  const [first = '', ...rest] = account.split(':');
  return [roots[first] ?? `Equity:${capital(first)}`, ...rest.map(capital)].join(':');
}

/** @param settled also claims that every account is empty that has to be when everything is settled */
export function* beancountLedger(books: ExportedBooks, settled: boolean): Generator<string> {
  yield '; Holdfast ledger. Debit above zero, credit below.\n';
  for (const account of new Set(books.closing.map((balance) => balance.account))) {
    yield `1970-01-01 open ${beancountAccount(account)}\n`;
  }
  let last = 0;
  let opened = false;
  for (const movement of books.movements()) {
    last = Math.max(last, movement.bookedMs);
    if (!opened) yield opening(movement.bookedMs, books.opening);
    opened = true;
    yield transaction(movement);
  }
  if (!opened) yield opening(last, books.opening);
  // A balance is asserted at the beginning of its day.
  yield assertions(dayOf(last + dayMs), books.closing, settled);
}

function opening(ms: number, balances: readonly ExportBalance[]): string {
  const lines = balances
    .filter(({ balanceMinor }) => balanceMinor !== 0n)
    .map(({ account, currency, balanceMinor }) => posting(account, balanceMinor, currency));
  return lines.length === 0 ? '' : `\n${dayOf(ms)} * "opening balances"\n${lines.join('')}`;
}

function transaction(movement: ExportMovement): string {
  const { id, source, applianceId, journalId, seq, sourceRef, documentId, reason, postings } = movement;
  const said = {
    movement: id,
    source,
    appliance: applianceId,
    journal: journalId,
    seq,
    ref: sourceRef,
    document: documentId,
  };
  const metadata = Object.entries(said).flatMap(([name, value]) =>
    value === null ? [] : [`  ${name}: "${value}"\n`],
  );
  const lines = postings.map(({ account, amountMinor, currency }) => posting(account, amountMinor, currency));
  return `\n${dayOf(movement.bookedMs)} * "${reason}"\n${metadata.join('')}${lines.join('')}`;
}

function posting(account: string, amountMinor: number | bigint, currency: string): string {
  return `  ${beancountAccount(account)}  ${decimalOf(amountMinor, currency)} ${currency}\n`;
}

function assertions(day: string, balances: readonly ExportBalance[], settled: boolean): string {
  const lines = balances.map(({ account, currency, balanceMinor }) => {
    const expected = settled && emptyWhenSettled(account) ? 0n : balanceMinor;
    return `${day} balance ${beancountAccount(account)}  ${decimalOf(expected, currency)} ${currency}\n`;
  });
  return `\n${lines.join('')}`;
}

function capital(part: string): string {
  return `${part.slice(0, 1).toUpperCase()}${part.slice(1).replaceAll('_', '-')}`;
}
