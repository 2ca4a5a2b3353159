// Objects and lists as Stripe shows them (API version 2026-10-28.endive), with the fields an integration of card payments
// reads; times are whole seconds.
import type { BalanceTransaction, Event, Payment, Refund } from './books.ts';

export const apiVersion = '2026-10-28.endive';

const seconds = (ms: number) => Math.floor(ms / 1000);

export function showPayment(payment: Payment): object {
  return {
    id: payment.id,
    object: 'payment_intent',
    allowed_payment_method_types: null,
    amount: payment.amount,
    amount_capturable: payment.status === 'requires_capture' ? payment.amount : 0,
    amount_received: payment.amountReceived,
    canceled_at: payment.canceledMs === null ? null : seconds(payment.canceledMs),
    capture_method: payment.captureMethod,
    confirmation_method: 'automatic',
    created: seconds(payment.createdMs),
    currency: payment.currency,
    description: null,
    last_payment_error: payment.lastError,
    latest_charge: payment.chargeId,
    livemode: false,
    metadata: { ...payment.metadata },
    next_action: null,
    payment_method: payment.paymentMethod,
    payment_method_types: ['card'],
    status: payment.status,
  };
}

export function showRefund(refund: Refund): object {
  return {
    id: refund.id,
    object: 'refund',
    amount: refund.amount,
    charge: refund.chargeId,
    created: seconds(refund.createdMs),
    currency: refund.currency,
    metadata: refund.metadata,
    payment_intent: refund.paymentId,
    reason: null,
    status: 'succeeded',
  };
}

export function showBalance(row: BalanceTransaction): object {
  return {
    id: row.id,
    object: 'balance_transaction',
    amount: row.amount,
    available_on: seconds(row.createdMs) + 2 * 86_400,
    created: seconds(row.createdMs),
    currency: row.currency,
    description: null,
    exchange_rate: null,
    fee: row.fee,
    fee_details: [],
    net: row.amount - row.fee,
    reporting_category: row.type,
    source: row.sourceId,
    status: 'pending',
    type: row.type,
  };
}

export function showEvent(event: Event): object {
  return {
    id: event.id,
    object: 'event',
    api_version: apiVersion,
    created: seconds(event.createdMs),
    data: { object: event.object },
    livemode: false,
    pending_webhooks: 0,
    request: { id: null, idempotency_key: null },
    type: event.type,
  };
}

export interface Paging {
  limit: number;
  starting_after?: string | undefined;
  created?: Partial<Record<'gt' | 'gte' | 'lt' | 'lte', number | undefined>> | undefined;
}

/** A page of what is kept in the order of its making, the newest first. */
export function showPage<Row extends { id: string; createdMs: number }>(
  rows: Iterable<Row>,
  { limit, starting_after, created }: Paging,
  show: (row: Row) => object,
  url: string,
): object {
  const within = [...rows].reverse().filter(({ createdMs }) => {
    const at = seconds(createdMs);
    const { gt = -1, gte = 0, lt = Infinity, lte = Infinity } = created ?? {};
    return at > gt && at >= gte && at < lt && at <= lte;
  });
  const from = starting_after === undefined ? 0 : within.findIndex(({ id }) => id === starting_after) + 1;
  const page = within.slice(from, from + limit);
  return { object: 'list', data: page.map(show), has_more: within.length > from + limit, url };
}
