// What the acted-out Adyen knows: payments, refunds and what is to be settled, in memory. A restart begins anew.
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../kit/clock.ts';
import { failures, Refusal } from './answer.ts';

/** All rows together. */
export const rowsMax = 200_000;

export interface Money {
  currency: string;
  value: number;
}

export interface Payment {
  pspReference: string;
  merchantAccount: string;
  reference: string;
  amount: Money;
  metadata: Record<string, string>;
  /** Captured at once, without a webhook of its own. */
  automatic: boolean;
  status: 'authorised' | 'captured' | 'cancelled' | 'refused';
  capturedValue: number;
  refundedValue: number;
}

export interface Refund {
  pspReference: string;
  reference: string;
  payment: Payment;
  amount: Money;
  failed: boolean;
}

/** A line of the settlement details report to come. */
export interface Movement {
  atMs: number;
  type: 'Settled' | 'Refunded' | 'RefundedReversed';
  payment: Payment;
  modificationReference: string;
  modificationMerchantReference: string;
  amount: Money;
  /** The number of the batch it was settled in; null until then. */
  batch: number | null;
}

/** A batch that was closed, as its report says it. */
export interface SettledBatch {
  merchantAccount: string;
  batch: number;
  currency: string;
  /** Of the file. */
  name: string;
  rows: number;
  csv: string;
  /** From then on it can be downloaded. */
  readyMs: number;
}

/** What a webhook tells. */
export interface Notification {
  eventCode:
    | 'AUTHORISATION'
    | 'CAPTURE'
    | 'CANCELLATION'
    | 'REFUND'
    | 'REFUND_FAILED'
    | 'CAPTURE_FAILED'
    | 'REPORT_AVAILABLE';
  success: boolean;
  pspReference: string;
  originalReference: string | null;
  merchantReference: string;
  amount: Money;
  reason: string | null;
  payment: Pick<Payment, 'merchantAccount' | 'metadata'>;
  eventMs: number;
}

export interface Books {
  payments: Map<string, Payment>;
  refunds: Map<string, Refund>;
  movements: Movement[];
  batches: SettledBatch[];
  nowMs(): number;
  newReference(): string;
  /** @throws Refusal when there is no room for what one call adds */
  makeRoom(): void;
  notify(notification: Omit<Notification, 'eventMs'>): void;
  settle(movement: Omit<Movement, 'atMs' | 'batch'>): void;
  clear(): void;
}

/** @param happened is told of each notification */
export function createBooks(
  clock: Pick<Clock, 'wallMs'>,
  happened: (notification: Notification) => void,
): Books {
  const books: Books = {
    payments: new Map(),
    refunds: new Map(),
    movements: [],
    batches: [],
    nowMs: () => clock.wallMs(),
    newReference: () => randomBytes(8).toString('hex').toUpperCase(),
    makeRoom() {
      const rows = books.payments.size + books.refunds.size + books.movements.length;
      if (rows >= rowsMax) throw new Refusal(failures.full);
    },
    notify: (notification) => happened({ ...notification, eventMs: clock.wallMs() }),
    settle: (movement) => void books.movements.push({ ...movement, atMs: clock.wallMs(), batch: null }),
    clear() {
      books.payments.clear();
      books.refunds.clear();
      books.movements.length = 0;
      books.batches.length = 0;
    },
  };
  return books;
}
