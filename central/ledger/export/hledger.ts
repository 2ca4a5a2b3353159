// The ledger as a journal for hledger (https://hledger.org/hledger.html#journal), so that a program of somebody else can
// check our arithmetic: what is declared, whether each transaction balances, and what every account comes to.
import { decimalText } from '../../../contract/money.ts';
import { dayOf, type ExportedBalance, type ExportedMovement, type ExportFormat } from './movement.ts';

export const hledgerFormat: ExportFormat = {
  head(balances) {
    const currencies = [...new Set(balances.map(({ currency }) => currency))].sort();
    const accounts = [...new Set(balances.map(({ account }) => account))].sort();
    return [
      '; The ledger of Holdfast. Debit above zero, credit below; the code of a transaction is its movement.',
      // The decimals of a commodity are those of the amount it is declared with.
      ...currencies.map(
        (currency) => `commodity ${decimalText(100_000, currency)}${point(currency)} ${currency}`,
      ),
      ...accounts.map((account) => `account ${account}  ; type: ${typeOf(account)}`),
      '',
      '',
    ].join('\n');
  },

  movement(movement) {
    const lines = movement.postings.map(
      ({ account, currency, amountMinor }) =>
        `    ${account}  ${decimalText(amountMinor, currency)} ${currency}`,
    );
    const code = movement.id === null ? '' : `(${movement.id}) `;
    const head = `${dayOf(movement.bookedMs)} ${code}${movement.reason}  ; ${tagsOf(movement)}`;
    return `${[head, ...lines, ''].join('\n')}\n`;
  },

  /** The balances that the ledger keeps, asserted against the sum of everything above. */
  foot(closing) {
    if (closing === null || closing.balances.length === 0) return '';
    const lines = closing.balances.map(
      ({ account, currency, balanceMinor }) =>
        `    ${account}  ${decimalText(0, currency)} ${currency} = ${decimalText(balanceMinor, currency)} ${currency}`,
    );
    return `${[`${dayOf(closing.atMs)} closing balances  ; source:ledger`, ...lines, ''].join('\n')}\n`;
  },
};

/** hledger wants a decimal mark in a declared commodity, also where nothing follows it. */
function point(currency: string): string {
  return decimalText(0, currency).includes('.') ? '' : '.';
}

/** hledger's account types: asset, liability, revenue, expense. */
function typeOf(account: ExportedBalance['account']): 'A' | 'L' | 'R' | 'X' {
  if (account.startsWith('payable:')) return 'L';
  if (account.startsWith('income:')) return 'R';
  return account.startsWith('expense:') ? 'X' : 'A';
}

function tagsOf({ source, sourceRef, applianceId, journalId, seq }: ExportedMovement): string {
  const tags = { source, row: sourceRef, appliance: applianceId, journal: journalId, seq };
  return Object.entries(tags)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}:${value}`)
    .join(', ');
}
