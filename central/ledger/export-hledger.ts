// The books as an hledger journal: every account and currency declared, so that `hledger check --strict` holds, and every
// balance asserted, so that hledger's arithmetic must come to ours. Source: https://hledger.org/1.25/hledger.html
import { decimalOf } from './amount-words.ts';
import {
  dayOf,
  type ExportBalance,
  type ExportedBooks,
  type ExportMovement,
  emptyWhenSettled,
} from './export-rows.ts';

const types: readonly [prefix: string, type: string][] = [
  ['receivable', 'A'],
  ['transit', 'A'],
  ['bank', 'C'],
  ['payable', 'L'],
  ['income', 'R'],
  ['expense', 'X'],
  ['suspense', 'E'],
];

/** @param settled also claims that every account is empty that has to be when everything is settled */
export function* hledgerJournal(books: ExportedBooks, settled: boolean): Generator<string> {
  yield '; Holdfast ledger. Debit above zero, credit below.\n';
  for (const currency of new Set(books.closing.map((balance) => balance.currency))) {
    // The point must be there also where nothing follows it.
    const sample = decimalOf(10n ** 6n, currency);
    yield `commodity ${sample.includes('.') ? sample : `${sample}.`} ${currency}\n`;
  }
  for (const [prefix, type] of types) yield `account ${prefix}  ; type: ${type}\n`;
  for (const account of new Set(books.closing.map((balance) => balance.account)))
    yield `account ${account}\n`;
  let day = '1970-01-01';
  let opened = false;
  for (const movement of books.movements()) {
    // A clock that was set back must not make a day end before its balances are asserted.
    const on = dayOf(movement.bookedMs);
    if (on > day) day = on;
    if (!opened) yield opening(on, books.opening);
    opened = true;
    yield transaction(on, movement);
  }
  if (!opened) yield opening(day, books.opening);
  yield assertions(day, books.closing, settled);
}

function opening(day: string, balances: readonly ExportBalance[]): string {
  const lines = balances
    .filter(({ balanceMinor }) => balanceMinor !== 0n)
    .map(
      ({ account, currency, balanceMinor }) =>
        `    ${account}  ${decimalOf(balanceMinor, currency)} ${currency}\n`,
    );
  return lines.length === 0 ? '' : `\n${day} opening balances\n${lines.join('')}`;
}

function transaction(day: string, movement: ExportMovement): string {
  const { id, source, applianceId, journalId, seq, sourceRef, documentId, reason, postings } = movement;
  const tags = {
    source,
    appliance: applianceId,
    journal: journalId,
    seq,
    ref: sourceRef,
    document: documentId,
  };
  const said = Object.entries(tags).flatMap(([name, value]) => (value === null ? [] : [`${name}:${value}`]));
  const lines = postings.map(
    ({ account, currency, amountMinor }) =>
      `    ${account}  ${decimalOf(amountMinor, currency)} ${currency}\n`,
  );
  return `\n${day} (${id}) ${reason}  ; ${said.join(', ')}\n${lines.join('')}`;
}

function assertions(day: string, balances: readonly ExportBalance[], settled: boolean): string {
  const lines = balances.map(({ account, currency, balanceMinor }) => {
    const expected = settled && emptyWhenSettled(account) ? 0n : balanceMinor;
    return `    ${account}  ${decimalOf(0, currency)} ${currency} = ${decimalOf(expected, currency)} ${currency}\n`;
  });
  return lines.length === 0 ? '' : `\n${day} balances\n${lines.join('')}`;
}
