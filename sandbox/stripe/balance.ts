// The balance: a row for each movement, signed as the merchant sees it, in the currency it is settled in.
import { type MoneyRules, settle } from './money.ts';
import type { BalanceTransaction, Movement, Payment, Settled } from './rows.ts';

/** The part of the books that a movement touches. */
export interface BalanceBooks {
  balance: Map<string, BalanceTransaction>;
  /** What no payout has taken yet. */
  unpaid: BalanceTransaction[];
  rules: MoneyRules;
  nowMs(): number;
  newId(prefix: string): string;
}

const dayMs = 86_400_000;

/** What a customer's payment of that amount comes to in the balance. */
export function settledOf({ rules }: Pick<BalanceBooks, 'rules'>, amount: number, currency: string): Settled {
  const settled = settle(amount, currency, rules);
  const { rate } = settled;
  const exchange = rate === null ? null : { rate, amount, currency };
  return { amount: settled.amount, currency: settled.currency, exchange };
}

/** The same money the other way, at the rate it had then. */
export function reverseOf({ amount, currency, exchange }: BalanceTransaction): Settled {
  const back = exchange === null ? null : { ...exchange, amount: -exchange.amount };
  return { amount: -amount, currency, exchange: back };
}

export function bookBalance(
  books: BalanceBooks,
  { category, amount, currency, exchange, fee, source }: Movement,
): BalanceTransaction {
  const createdMs = books.nowMs();
  const row: BalanceTransaction = {
    id: books.newId('txn'),
    createdMs,
    availableMs:
      category === 'charge' ? startOfDay(createdMs) + books.rules.availableDays * dayMs : createdMs,
    category,
    amount,
    fee,
    currency,
    exchange,
    source,
    payout: null,
  };
  books.balance.set(row.id, row);
  if (category !== 'payout') books.unpaid.push(row);
  return row;
}

export function netOf({ amount, fee }: BalanceTransaction): number {
  return amount - fee;
}

export function startOfDay(ms: number): number {
  return Math.floor(ms / dayMs) * dayMs;
}

export function sourceIdOf({ source }: BalanceTransaction): string {
  switch (source.kind) {
    case 'charge':
      return source.payment.chargeId ?? source.payment.id;
    case 'refund':
      return source.refund.id;
    case 'dispute':
      return source.dispute.id;
    case 'payout':
      return source.payout.id;
  }
}

/** The payment a row belongs to; payouts belong to none. */
export function paymentOfRow({ source }: BalanceTransaction): Payment | null {
  switch (source.kind) {
    case 'charge':
      return source.payment;
    case 'refund':
      return source.refund.payment;
    case 'dispute':
      return source.dispute.payment;
    case 'payout':
      return null;
  }
}
