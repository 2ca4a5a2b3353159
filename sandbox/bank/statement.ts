// What a bank statement of a period says, account by account: opening balance, entries, closing balance, with the faults that
// were planted. How it is written down is the business of camt053.ts and mt940.ts.
import type { Fault, Target } from '../faults.ts';
import type { BankAccount, Entry } from './account.ts';

export interface Statement {
  /** The account's name: one a currency. */
  account: string;
  currency: string;
  fromMs: number;
  toMs: number;
  openingMinor: number;
  closingMinor: number;
  entries: Entry[];
}

const dayMs = 86_400_000;

/** One for each currency that ever had an entry. The bank is in agreement with itself, however wrong it is. */
export function statements(
  bank: BankAccount,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  faults: readonly Fault[],
): Statement[] {
  const shown = applied(bank.entries(), faults);
  const currencies = [...new Set(bank.entries().map(({ currency }) => currency))].sort();
  return currencies.map((currency) => {
    const own = shown.filter((entry) => entry.currency === currency);
    const entries = own.filter(({ bookedMs }) => bookedMs >= fromMs && bookedMs < toMs);
    const openingMinor = sum(own.filter(({ bookedMs }) => bookedMs < fromMs));
    const account = `SANDBOX${currency.toUpperCase()}`;
    const closingMinor = openingMinor + sum(entries);
    const first = Math.max(fromMs, Math.min(...own.map(({ bookedMs }) => bookedMs), toMs - dayMs));
    return { account, currency, fromMs: first, toMs, openingMinor, closingMinor, entries };
  });
}

/** The entries that a fault may fall on. */
export function bankTargets(bank: BankAccount, { fromMs, toMs }: { fromMs: number; toMs: number }): Target[] {
  return bank
    .entries()
    .filter(({ bookedMs }) => bookedMs >= fromMs && bookedMs < toMs)
    .map(({ reference, currency }) => ({
      id: reference,
      ourReference: null,
      payout: reference,
      currency,
      isPayout: false,
    }));
}

function applied(entries: readonly Entry[], faults: readonly Fault[]): Entry[] {
  const byTarget = new Map(faults.map((fault) => [fault.target, fault]));
  const joined = new Map(
    faults
      .filter(({ kind }) => kind === 'entries_joined')
      .flatMap(({ also, target }) => also.map((id) => [id, target])),
  );
  const byReference = new Map(entries.map((entry) => [entry.reference, entry]));
  return entries
    .flatMap((entry): Entry[] => {
      if (joined.has(entry.reference)) return [];
      const fault = byTarget.get(entry.reference);
      switch (fault?.kind) {
        case 'entry_missing':
          return [];
        case 'entry_doubled':
          // Booked again under a name of its own, as where a bank books a file twice.
          return [entry, { ...entry, bankReference: `${entry.bankReference}B` }];
        case 'amount_other':
          return [other(entry, entry.amount + fault.offBy)];
        case 'entries_joined': {
          const all = [entry, ...fault.also.flatMap((id) => byReference.get(id) ?? [])];
          const bookedMs = Math.max(...all.map((one) => one.bookedMs));
          return [{ ...entry, bookedMs, amount: sum(all), parts: all }];
        }
        default:
          return [entry];
      }
    })
    .sort((a, b) => a.bookedMs - b.bookedMs);
}

function other(entry: Entry, amount: number): Entry {
  return { ...entry, amount, parts: [{ reference: entry.reference, amount }] };
}

function sum(entries: readonly Entry[]): number {
  return entries.reduce((total, { amount }) => total + amount, 0);
}
