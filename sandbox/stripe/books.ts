// What the acted-out processor knows: payments, refunds, balance transactions and events, in memory. A restart begins anew.
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../kit/clock.ts';
import { type ErrorBody, failures } from './answer.ts';

/** All rows together: some hundreds of megabytes at most. */
export const rowsMax = 200_000;

export type Metadata = Record<string, string>;

export interface Payment {
  id: string;
  createdMs: number;
  canceledMs: number | null;
  amount: number;
  currency: string;
  captureMethod: 'automatic' | 'manual';
  paymentMethod: string | null;
  metadata: Metadata;
  status: 'requires_payment_method' | 'requires_confirmation' | 'requires_capture' | 'succeeded' | 'canceled';
  chargeId: string | null;
  amountReceived: number;
  refunded: number;
  lastError: ErrorBody | null;
}

export interface Refund {
  id: string;
  createdMs: number;
  paymentId: string;
  chargeId: string;
  amount: number;
  currency: string;
  metadata: Metadata;
}

export interface BalanceTransaction {
  id: string;
  createdMs: number;
  type: 'charge' | 'refund';
  amount: number;
  fee: number;
  currency: string;
  sourceId: string;
}

export interface Event {
  id: string;
  createdMs: number;
  type: string;
  object: object;
}

export interface Books {
  payments: Map<string, Payment>;
  refunds: Map<string, Refund>;
  balance: Map<string, BalanceTransaction>;
  events: Map<string, Event>;
  nowMs(): number;
  newId(prefix: string): string;
  /** @throws Refusal when there is no room for what one call adds */
  makeRoom(): void;
  record(type: string, object: object): void;
  clear(): void;
}

/** @param happened is told of each event */
export function createBooks(clock: Pick<Clock, 'wallMs'>, happened: (event: Event) => void): Books {
  const books: Books = {
    payments: new Map(),
    refunds: new Map(),
    balance: new Map(),
    events: new Map(),
    nowMs: () => clock.wallMs(),
    newId: (prefix) => `${prefix}_${randomBytes(12).toString('hex')}`,
    makeRoom() {
      const rows = books.payments.size + books.refunds.size + books.balance.size + books.events.size;
      if (rows >= rowsMax) throw failures.full;
    },
    record(type, object) {
      const event = { id: books.newId('evt'), createdMs: clock.wallMs(), type, object };
      books.events.set(event.id, event);
      happened(event);
    },
    clear() {
      for (const rows of [books.payments, books.refunds, books.balance, books.events]) rows.clear();
    },
  };
  return books;
}
