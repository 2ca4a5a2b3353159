// Names of processors and bank accounts: they become parts of account names in the ledger.

export function isSourceName(text: string): boolean {
  // `transit:payee` is where payouts to payees are.
  return /^[a-z0-9][a-z0-9_.-]{0,49}$/.test(text) && text !== 'payee';
}

export const sourceNameHint =
  'Use small letters, digits, dots and dashes, at most 50, such as stripe or main; not payee.';
