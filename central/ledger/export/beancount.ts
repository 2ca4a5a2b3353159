// The ledger for beancount. Its accounts begin with one of five roots, and each part of a name with a capital letter:
// receivable, transit, bank → Assets; payable → Liabilities; income → Income; expense → Expenses; exchange, suspense →
// Equity. Source: https://beancount.github.io/docs/beancount_language_syntax.html
import { decimalText } from '../../../contract/money.ts';
import { dayOf, type ExportedMovement, type ExportFormat } from './movement.ts';

const roots: Record<string, string> = {
  receivable: 'Assets:Receivable',
  transit: 'Assets:Transit',
  bank: 'Assets:Bank',
  payable: 'Liabilities:Payable',
  income: 'Income',
  expense: 'Expenses',
  exchange: 'Equity:Exchange',
  suspense: 'Equity:Suspense',
};
const dayMs = 86_400_000;

/** The account as beancount spells it. */
export function beancountAccount(account: string): string {
  const [first = '', ...rest] = account.split(':');
  return [roots[first] ?? `Equity:${spelt(first)}`, ...rest.map(spelt)].join(':');
}

export const beancountFormat: ExportFormat = {
  head(balances) {
    const accounts = [...new Set(balances.map(({ account }) => beancountAccount(account)))].sort();
    return [
      '; The ledger of Holdfast. Debit above zero, credit below.',
      ...accounts.map((account) => `1970-01-01 open ${account}`),
      '',
      '',
    ].join('\n');
  },

  movement(movement) {
    const lines = movement.postings.map(
      ({ account, currency, amountMinor }) =>
        `  ${beancountAccount(account)}  ${decimalText(amountMinor, currency)} ${currency}`,
    );
    const head = `${dayOf(movement.bookedMs)} * "${movement.reason}"`;
    return `${[head, ...metadataOf(movement), ...lines, ''].join('\n')}\n`;
  },

  /** A balance is asserted at the beginning of its day: that of the day after. Exactly: else a cent would pass. */
  foot(closing) {
    if (closing === null) return '';
    const day = dayOf(closing.atMs + dayMs);
    return closing.balances
      .map(
        ({ account, currency, balanceMinor }) =>
          `${day} balance ${beancountAccount(account)}  ${decimalText(balanceMinor, currency)} ~ 0 ${currency}\n`,
      )
      .join('');
  },
};

function metadataOf({ id, source, sourceRef, applianceId, journalId, seq }: ExportedMovement): string[] {
  const said = { movement: id, source, row: sourceRef, appliance: applianceId, journal: journalId, seq };
  return Object.entries(said).flatMap(([name, value]) => (value === null ? [] : [`  ${name}: "${value}"`]));
}

/** A capital first, and no character that beancount does not take. */
function spelt(part: string): string {
  return `${part.slice(0, 1).toUpperCase()}${part.slice(1)}`.replace(/[^A-Za-z0-9-]/g, '-');
}
