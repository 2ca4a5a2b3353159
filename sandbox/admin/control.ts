// The clock, acts for calls to come, webhooks, what was called, and beginning anew.
import * as z from 'zod';
import { actNames, parseAct } from '../acts.ts';
import { rowsMax } from '../stripe/books.ts';
import { Endpoint } from '../webhooks.ts';
import { type AdminCalls, problem, readBody } from './frame.ts';

const daysMax = 366;

const Act = z.string().transform((name, { addIssue }) => {
  const act = parseAct(name);
  const names = `${actNames.join(', ')}, slow_<ms>, decline_<code>, dispute_later, dispute_won, dispute_lost`;
  if (act === null) addIssue({ code: 'custom', message: `use one of ${names}, refund_fails_later` });
  return act ?? z.NEVER;
});

export const controlCalls: AdminCalls = {
  'GET /sandbox/clock': (context, { clock }) => {
    context.body = { kind: clock.kind, nowMs: clock.wallMs() };
  },

  'POST /sandbox/clock/advance': async (context, { clock }) => {
    const ms = z
      .int()
      .min(0)
      .max(daysMax * 86_400_000);
    const body = await readBody(context, z.strictObject({ ms }));
    if (!body) return;
    if (clock.kind === 'system') {
      problem(context, 409, 'clock_not_manual', 'Start the sandbox with --clock manual to turn its clock.');
      return;
    }
    clock.advance(body.ms);
    context.body = { kind: clock.kind, nowMs: clock.wallMs() };
  },

  'POST /sandbox/acts': async (context, { orders, operations }) => {
    const order = z.strictObject({
      operation: z.enum(['any', ...operations.names]),
      act: Act,
      times: z.int().min(1).max(1000).default(1),
      share: z.number().gt(0).max(1).nullable().default(null),
      seed: z.int().min(0).default(1),
    });
    const body = await readBody(context, order);
    if (!body) return;
    if (orders.add(body)) context.status = 204;
    else problem(context, 409, 'acts_too_many', 'Too many acts wait: POST /sandbox/reset.');
  },

  'PUT /sandbox/webhooks': async (context, { webhooks }) => {
    const body = await readBody(context, z.union([Endpoint, z.null()]));
    if (body === undefined) return;
    webhooks.setEndpoint(body);
    context.status = 204;
  },

  'GET /sandbox/webhooks': (context, { webhooks }) => {
    context.body = { deliveries: webhooks.deliveries() };
  },

  'GET /sandbox/calls': (context, { calls }) => {
    context.body = { calls: calls() };
  },

  'GET /sandbox/memory': (context, { books, keys }) => {
    // There with --expose-gc: what nobody holds any more is not counted.
    globalThis.gc?.();
    const { heapUsed, external, rss } = process.memoryUsage();
    const { payments, refunds, disputes, payouts, balance } = books;
    const rows = [payments, refunds, disputes, payouts, balance].reduce((sum, { size }) => sum + size, 0);
    context.body = { usedBytes: heapUsed + external, residentBytes: rss, rows, rowsMax, keys: keys.count };
  },

  'POST /sandbox/reset': (context, { reset }) => {
    reset();
    context.status = 204;
  },
};
