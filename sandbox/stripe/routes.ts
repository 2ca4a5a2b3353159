// Which part of Stripe's API there is: each operation with its path and what carries it out.
import * as z from 'zod';
import { missing } from './answer.ts';
import type { Books } from './books.ts';
import { type parseForm, readParameters } from './form.ts';
import {
  CancelForm,
  CaptureForm,
  ConfirmForm,
  CreateForm,
  cancelPayment,
  capturePayment,
  confirmPayment,
  createPayment,
  paymentOf,
} from './payments.ts';
import { createRefund, RefundForm, refundOf } from './refunds.ts';
import { searchPayments } from './search.ts';
import { showBalance, showEvent, showPage, showPayment, showRefund } from './shapes.ts';

export type Form = ReturnType<typeof parseForm>;

export interface Operation {
  name: string;
  method: 'GET' | 'POST';
  /** `:id` is one part of the path. */
  path: string;
  run(books: Books, form: Form, id: string): object;
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
const RefundsForm = PageForm.extend({ payment_intent: z.string().optional(), charge: z.string().optional() });
const EventsForm = PageForm.extend({ type: z.string().optional() });
const BalanceForm = PageForm.extend({
  type: z.enum(['charge', 'refund']).optional(),
  source: z.string().optional(),
});
const SearchForm = z.strictObject({ query: z.string().min(1).max(2000), limit: Limit });
const NoForm = z.strictObject({});

export function createOperations(searchLagMs: number): readonly Operation[] {
  return [
    on('payment_intents.create', 'POST', '/v1/payment_intents', CreateForm, createPayment),
    on('payment_intents.search', 'GET', '/v1/payment_intents/search', SearchForm, (books, { query, limit }) =>
      searchPayments(books, query, limit, searchLagMs),
    ),
    on('payment_intents.list', 'GET', '/v1/payment_intents', PageForm, (books, form) =>
      showPage(books.payments.values(), form, showPayment, '/v1/payment_intents'),
    ),
    on('payment_intents.retrieve', 'GET', '/v1/payment_intents/:id', NoForm, (books, _, id) =>
      showPayment(paymentOf(books, id)),
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
    on('refunds.create', 'POST', '/v1/refunds', RefundForm, createRefund),
    on('refunds.list', 'GET', '/v1/refunds', RefundsForm, (books, form) => {
      const { payment_intent = null, charge = null } = form;
      const rows = [...books.refunds.values()].filter(
        ({ paymentId, chargeId }) =>
          [null, paymentId].includes(payment_intent) && [null, chargeId].includes(charge),
      );
      return showPage(rows, form, showRefund, '/v1/refunds');
    }),
    on('refunds.retrieve', 'GET', '/v1/refunds/:id', NoForm, (books, _, id) =>
      showRefund(refundOf(books, id)),
    ),
    on('events.list', 'GET', '/v1/events', EventsForm, (books, form) => {
      const rows = [...books.events.values()].filter(
        ({ type }) => form.type === undefined || type === form.type,
      );
      return showPage(rows, form, showEvent, '/v1/events');
    }),
    on('events.retrieve', 'GET', '/v1/events/:id', NoForm, (books, _, id) => {
      const event = books.events.get(id);
      if (!event) throw missing('id', 'event', id);
      return showEvent(event);
    }),
    on('balance_transactions.list', 'GET', '/v1/balance_transactions', BalanceForm, (books, form) => {
      const { type: wanted = null, source = null } = form;
      const rows = [...books.balance.values()].filter(
        ({ type, sourceId }) => [null, type].includes(wanted) && [null, sourceId].includes(source),
      );
      return showPage(rows, form, showBalance, '/v1/balance_transactions');
    }),
  ];
}

/** The operation for a request, with the id in its path. The first that fits. */
export function findOperation(
  operations: readonly Operation[],
  method: string,
  path: string,
): { operation: Operation; id: string } | null {
  for (const operation of operations) {
    const pattern = new RegExp(`^${operation.path.replace(':id', '(\\w+)')}$`);
    const match = operation.method === method ? pattern.exec(path) : null;
    if (match) return { operation, id: match[1] ?? '' };
  }
  return null;
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
