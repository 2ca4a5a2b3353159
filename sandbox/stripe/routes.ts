// Which part of Stripe's API there is: each operation with its path and what carries it out.
import * as z from 'zod';
import { missing } from './answer.ts';
import { netOf, sourceIdOf } from './balance.ts';
import type { Books } from './books.ts';
import { closeDispute, disputeOf, UpdateDisputeForm, updateDispute } from './disputes.ts';
import { type parseForm, readParameters } from './form.ts';
import { showPage } from './pages.ts';
import {
  CancelForm,
  CaptureForm,
  ConfirmForm,
  CreateForm,
  cancelPayment,
  capturePayment,
  chargeOf,
  confirmPayment,
  createPayment,
  paymentOf,
  RetrieveForm,
} from './payments.ts';
import { payoutOf } from './payouts.ts';
import { createRefund, RefundForm, refundOf } from './refunds.ts';
import type { BalanceTransaction } from './rows.ts';
import { searchPayments } from './search.ts';
import {
  balanceType,
  type Expansion,
  showBalance,
  showCharge,
  showDispute,
  showEvent,
  showPayment,
  showPayout,
  showRefund,
} from './shapes.ts';

export type Form = ReturnType<typeof parseForm>;

export interface Operation {
  name: string;
  method: 'GET' | 'POST';
  /** `:id` is one part of the path. */
  path: string;
  run(books: Books, form: Form, id: string): object;
}

export interface Operations {
  names: readonly string[];
  /** The operation for a request, with the id in its path. */
  find(method: string, path: string): { operation: Operation; id: string } | null;
}

const Second = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number);
const Limit = z
  .string()
  .regex(/^([1-9]\d?|100)$/, { error: 'use 1 to 100' })
  .transform(Number)
  .default(10);
const Between = z.strictObject({ gt: Second, gte: Second, lt: Second, lte: Second }).partial();
const PageForm = z.strictObject({
  limit: Limit,
  starting_after: z.string().optional(),
  created: Between.optional(),
});
const OfPaymentForm = PageForm.extend({
  payment_intent: z.string().optional(),
  charge: z.string().optional(),
});
const ChargesForm = PageForm.extend({ payment_intent: z.string().optional() });
const EventsForm = PageForm.extend({ type: z.string().optional() });
const PayoutsForm = PageForm.extend({ status: z.enum(['in_transit', 'paid', 'failed']).optional() });
const ExpandSource = z
  .record(z.string(), z.enum(['data.source', 'source', 'data.source.charge', 'source.charge']))
  .optional();
const BalanceForm = PageForm.extend({
  type: z.enum(['charge', 'refund', 'refund_failure', 'adjustment', 'payout', 'payout_failure']).optional(),
  source: z.string().optional(),
  payout: z.string().optional(),
  currency: z.string().optional(),
  expand: ExpandSource,
});
const SearchForm = z.strictObject({ query: z.string().min(1).max(2000), limit: Limit });
const NoForm = z.strictObject({});

export function createOperations(searchLagMs: number): Operations {
  const operations = [
    on('payment_intents.create', 'POST', '/v1/payment_intents', CreateForm, createPayment),
    on('payment_intents.search', 'GET', '/v1/payment_intents/search', SearchForm, (books, { query, limit }) =>
      searchPayments(books, query, limit, searchLagMs),
    ),
    on('payment_intents.list', 'GET', '/v1/payment_intents', PageForm, (books, form) =>
      showPage([...books.payments.values()], form, (row) => showPayment(row), '/v1/payment_intents'),
    ),
    on('payment_intents.retrieve', 'GET', '/v1/payment_intents/:id', RetrieveForm, (books, form, id) =>
      showPayment(paymentOf(books, id), form.expand !== undefined),
    ),
    on('payment_intents.confirm', 'POST', '/v1/payment_intents/:id/confirm', ConfirmForm, (books, form, id) =>
      confirmPayment(books, id, form),
    ),
    on('payment_intents.capture', 'POST', '/v1/payment_intents/:id/capture', CaptureForm, (books, form, id) =>
      capturePayment(books, id, form),
    ),
    on('payment_intents.cancel', 'POST', '/v1/payment_intents/:id/cancel', CancelForm, (books, _, id) =>
      cancelPayment(books, id),
    ),
    on('charges.retrieve', 'GET', '/v1/charges/:id', NoForm, (books, _, id) =>
      showCharge(chargeOf(books, id)),
    ),
    on('charges.list', 'GET', '/v1/charges', ChargesForm, (books, form) => {
      const { payment_intent: wanted } = form;
      const one = wanted === undefined ? [...books.payments.values()] : [paymentOf(books, wanted)];
      const rows = one.filter(({ chargeId }) => chargeId !== null);
      return showPage(rows, form, showCharge, '/v1/charges');
    }),
    on('refunds.create', 'POST', '/v1/refunds', RefundForm, createRefund),
    on('refunds.list', 'GET', '/v1/refunds', OfPaymentForm, (books, form) =>
      showPage(ofPayment(books.refunds, form), form, showRefund, '/v1/refunds'),
    ),
    on('refunds.retrieve', 'GET', '/v1/refunds/:id', NoForm, (books, _, id) =>
      showRefund(refundOf(books, id)),
    ),
    on('disputes.list', 'GET', '/v1/disputes', OfPaymentForm, (books, form) =>
      showPage(ofPayment(books.disputes, form), form, showDispute, '/v1/disputes'),
    ),
    on('disputes.retrieve', 'GET', '/v1/disputes/:id', NoForm, (books, _, id) =>
      showDispute(disputeOf(books, id)),
    ),
    on('disputes.update', 'POST', '/v1/disputes/:id', UpdateDisputeForm, (books, form, id) =>
      updateDispute(books, id, form),
    ),
    on('disputes.close', 'POST', '/v1/disputes/:id/close', NoForm, (books, _, id) => closeDispute(books, id)),
    on('payouts.list', 'GET', '/v1/payouts', PayoutsForm, (books, form) => {
      const rows = [...books.payouts.values()].filter(({ status }) =>
        [undefined, status].includes(form.status),
      );
      return showPage(rows, form, showPayout, '/v1/payouts');
    }),
    on('payouts.retrieve', 'GET', '/v1/payouts/:id', NoForm, (books, _, id) =>
      showPayout(payoutOf(books, id)),
    ),
    on('balance.retrieve', 'GET', '/v1/balance', NoForm, showBalanceSums),
    on('balance_transactions.list', 'GET', '/v1/balance_transactions', BalanceForm, (books, form) =>
      showPage(
        balanceRows(books, form),
        form,
        (row) => showBalance(row, books.nowMs(), expansionOf(form.expand)),
        '/v1/balance_transactions',
      ),
    ),
    on(
      'balance_transactions.retrieve',
      'GET',
      '/v1/balance_transactions/:id',
      z.strictObject({ expand: ExpandSource }),
      (books, form, id) => {
        const row = books.balance.get(id);
        if (!row) throw missing('id', 'balance transaction', id);
        return showBalance(row, books.nowMs(), expansionOf(form.expand));
      },
    ),
    on('events.list', 'GET', '/v1/events', EventsForm, (books, form) => {
      const rows = books.events.all().filter(({ type }) => form.type === undefined || type === form.type);
      return showPage(rows, form, showEvent, '/v1/events');
    }),
    on('events.retrieve', 'GET', '/v1/events/:id', NoForm, (books, _, id) => {
      const event = books.events.get(id);
      if (!event) throw missing('id', 'event', id);
      return showEvent(event);
    }),
  ];
  return { names: operations.map(({ name }) => name), find: createFinder(operations) };
}

/** Paths without an id are found by name; the others in the order they are listed. */
function createFinder(operations: readonly Operation[]): Operations['find'] {
  const fixed = new Map<string, Operation>();
  const patterns: { operation: Operation; pattern: RegExp }[] = [];
  for (const operation of operations) {
    const key = `${operation.method} ${operation.path}`;
    if (operation.path.includes(':id'))
      patterns.push({ operation, pattern: new RegExp(`^${key.replace(':id', '(\\w+)')}$`) });
    else fixed.set(key, operation);
  }
  return (method, path) => {
    const key = `${method} ${path}`;
    const known = fixed.get(key);
    if (known) return { operation: known, id: '' };
    for (const { operation, pattern } of patterns) {
      const match = pattern.exec(key);
      if (match) return { operation, id: match[1] ?? '' };
    }
    return null;
  };
}

function ofPayment<Row extends { payment: { id: string; chargeId: string | null } }>(
  rows: ReadonlyMap<string, Row>,
  form: { payment_intent?: string | undefined; charge?: string | undefined },
): Row[] {
  return [...rows.values()].filter(
    ({ payment: { id, chargeId } }) =>
      (form.payment_intent ?? id) === id && (form.charge ?? chargeId) === chargeId,
  );
}

/** Those of a payout are its parts and its own row, as at Stripe. */
function balanceRows(books: Books, form: z.output<typeof BalanceForm>): BalanceTransaction[] {
  const { type, source, currency } = form;
  const payout = form.payout === undefined ? null : payoutOf(books, form.payout);
  const rows = payout?.balance ? [...payout.rows, payout.balance] : [...books.balance.values()];
  return rows.filter(
    (row) =>
      [undefined, balanceType(row)].includes(type) &&
      [undefined, sourceIdOf(row)].includes(source) &&
      [undefined, row.currency].includes(currency),
  );
}

function showBalanceSums(books: Books): object {
  const sums = { available: new Map<string, number>(), pending: new Map<string, number>() };
  for (const row of books.unpaid) {
    const sum = row.availableMs <= books.nowMs() ? sums.available : sums.pending;
    sum.set(row.currency, (sum.get(row.currency) ?? 0) + netOf(row));
  }
  const show = (sum: Map<string, number>) =>
    [...sum].map(([currency, amount]) => ({ amount, currency, source_types: { card: amount } }));
  return {
    object: 'balance',
    available: show(sums.available),
    livemode: false,
    pending: show(sums.pending),
  };
}

function expansionOf(expand: z.output<typeof ExpandSource>): Expansion {
  const asked = Object.values(expand ?? {});
  if (asked.some((path) => path.endsWith('.charge'))) return 'source_and_charge';
  return asked.length > 0 ? 'source' : 'nothing';
}

function on<S extends z.ZodType>(
  name: string,
  method: 'GET' | 'POST',
  path: string,
  schema: S,
  run: (books: Books, form: z.output<S>, id: string) => object,
): Operation {
  return { name, method, path, run: (books, form, id) => run(books, readParameters(schema, form), id) };
}
