// Payouts: each midnight (UTC) all that is available goes to the bank, one payout a currency, and arrives a day later.
import type { BankAccount } from '../bank/account.ts';
import { missing } from './answer.ts';
import { netOf, reverseOf, startOfDay } from './balance.ts';
import type { Books } from './books.ts';
import type { BalanceTransaction, Payout } from './rows.ts';
import { showPayout } from './shapes.ts';

const dayMs = 86_400_000;

/** Pays out each day from now on. */
export function payOutDaily(books: Books, bank: BankAccount): void {
  books.agenda.at(startOfDay(books.nowMs()) + dayMs, () => {
    payOut(books, bank, true);
    payOutDaily(books, bank);
  });
}

/** Pays out what is available now. A balance that is not above zero waits for the next time. */
export function payOut(books: Books, bank: BankAccount, automatic: boolean): Payout[] {
  const nowMs = books.nowMs();
  const byPart = new Map<string, BalanceTransaction[]>();
  for (const row of books.unpaid) {
    if (row.availableMs > nowMs) continue;
    // What came back from the bank is paid out by itself, so that a payout is the sum of what was earned.
    push(byPart, row.category === 'payout_reversal' ? row.id : row.currency, row);
  }
  const payouts: Payout[] = [];
  for (const rows of byPart.values()) {
    const amount = rows.reduce((sum, row) => sum + netOf(row), 0);
    if (amount > 0) payouts.push(payOutRows(books, bank, { rows, amount, automatic }));
  }
  books.unpaid = books.unpaid.filter(({ payout }) => payout === null);
  return payouts;
}

function payOutRows(
  books: Books,
  bank: BankAccount,
  { rows, amount, automatic }: Pick<Payout, 'rows' | 'amount' | 'automatic'>,
): Payout {
  const createdMs = books.nowMs();
  const currency = rows[0]?.currency ?? books.rules.currency;
  const payout: Payout = {
    id: books.newId('po'),
    createdMs,
    arrivalMs: startOfDay(createdMs) + dayMs,
    amount,
    currency,
    automatic,
    status: 'in_transit',
    rows,
    balance: null,
    failure: null,
  };
  const source = { kind: 'payout' as const, payout };
  const settled = { amount: -amount, currency, exchange: null };
  payout.balance = books.book({ ...settled, category: 'payout', fee: 0, source });
  for (const row of [...rows, payout.balance]) row.payout = payout;
  books.payouts.set(payout.id, payout);
  books.record('payout.created', showPayout(payout));
  books.agenda.at(payout.arrivalMs, () => arrive(books, bank, payout));
  return payout;
}

function arrive(books: Books, bank: BankAccount, payout: Payout): void {
  if (payout.status !== 'in_transit') return;
  payout.status = 'paid';
  const { id, amount, currency, arrivalMs } = payout;
  bank.credit({ reference: id, words: 'STRIPE PAYOUT', amount, currency, bookedMs: arrivalMs });
  books.record('payout.paid', showPayout(payout));
}

/** The bank does not take it: the money is in the balance again. @returns false when it arrived or failed before */
export function failPayout(books: Books, payout: Payout): boolean {
  if (payout.status !== 'in_transit' || payout.balance === null) return false;
  payout.status = 'failed';
  const source = { kind: 'payout' as const, payout };
  payout.failure = books.book({ ...reverseOf(payout.balance), category: 'payout_reversal', fee: 0, source });
  books.record('payout.failed', showPayout(payout));
  return true;
}

export function payoutOf(books: Books, id: string): Payout {
  const payout = books.payouts.get(id);
  if (!payout) throw missing('payout', 'payout', id);
  return payout;
}

function push<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const known = lists.get(key);
  if (known) known.push(value);
  else lists.set(key, [value]);
}
