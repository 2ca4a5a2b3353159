// What the acted-out processor knows: payments, refunds, disputes, payouts and the balance they make, in memory. A restart
// begins anew.
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../kit/clock.ts';
import type { Agenda } from '../agenda.ts';
import { failures } from './answer.ts';
import { type BalanceBooks, bookBalance } from './balance.ts';
import { createEvents, type Event, type Events } from './events.ts';
import { MoneyRules } from './money.ts';
import type { BalanceTransaction, Dispute, Movement, Payment, Payout, Refund } from './rows.ts';

/** All rows together: 200,000 captured payments are 400,000 of them. See bench/sandbox.ts for what they weigh. */
export const rowsMax = 500_000;

export interface Books extends BalanceBooks {
  payments: Map<string, Payment>;
  /** Payments by each value of their metadata, so that a search need not read them all. */
  byMetadata: Map<string, Payment[]>;
  /** @param values of its metadata that were not known before */
  index(payment: Payment, values: readonly string[]): void;
  refunds: Map<string, Refund>;
  disputes: Map<string, Dispute>;
  payouts: Map<string, Payout>;
  events: Events;
  agenda: Agenda;
  /** @throws Refusal when there is no room for what one call adds */
  makeRoom(): void;
  /** Moves the balance. */
  book(movement: Movement): BalanceTransaction;
  record(type: string, object: object): void;
  clear(): void;
}

/** @param happened is told of each event */
export function createBooks(
  clock: Pick<Clock, 'wallMs'>,
  agenda: Agenda,
  happened: (event: Event) => void,
): Books {
  const events = createEvents();
  const newId = createIds();
  const books: Books = {
    payments: new Map(),
    byMetadata: new Map(),
    index(payment, values) {
      for (const value of new Set(values)) {
        const known = books.byMetadata.get(value);
        if (known) known.push(payment);
        else books.byMetadata.set(value, [payment]);
      }
    },
    refunds: new Map(),
    disputes: new Map(),
    payouts: new Map(),
    balance: new Map(),
    unpaid: [],
    events,
    rules: MoneyRules.parse({}),
    agenda,
    nowMs: () => clock.wallMs(),
    newId,
    makeRoom() {
      const rows = books.payments.size + books.refunds.size + books.balance.size + books.disputes.size;
      if (rows >= rowsMax) throw failures.full;
    },
    book: (movement) => bookBalance(books, movement),
    record(type, object) {
      happened(events.add({ createdMs: clock.wallMs(), type, object }));
    },
    clear() {
      for (const rows of [books.payments, books.refunds, books.disputes, books.payouts, books.balance])
        rows.clear();
      books.byMetadata.clear();
      books.unpaid = [];
      books.rules = MoneyRules.parse({});
      events.clear();
      agenda.clear();
    },
  };
  return books;
}

/** Ids that no other run gives: chance once, then counted. */
function createIds(): (prefix: string) => string {
  const run = randomBytes(8).toString('hex');
  let number = 0;
  return (prefix) => `${prefix}_${run}${(number++).toString(36).padStart(8, '0')}`;
}
