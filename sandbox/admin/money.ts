// What happens to money later, brought about at once: disputes and where they go, refunds that fail, payouts; and the rules of
// fees and rates.
import * as z from 'zod';
import { Refusal } from '../stripe/answer.ts';
import { moveDispute, openDispute } from '../stripe/disputes.ts';
import { MoneyRules } from '../stripe/money.ts';
import { failPayout, payOut } from '../stripe/payouts.ts';
import { failRefund } from '../stripe/refunds.ts';
import { disputeReasons } from '../stripe/rows.ts';
import { showDispute, showPayout, showRefund } from '../stripe/shapes.ts';
import { type AdminCalls, problem, readBody } from './frame.ts';

const Id = z.string().min(1).max(100);

export const moneyCalls: AdminCalls = {
  'GET /sandbox/money': (context, { books }) => {
    context.body = books.rules;
  },

  'PUT /sandbox/money': async (context, { books }) => {
    const rules = await readBody(context, MoneyRules);
    if (!rules) return;
    books.rules = rules;
    context.body = rules;
  },

  'POST /sandbox/disputes': async (context, { books }) => {
    const reason = z.enum(disputeReasons).default('fraudulent');
    const body = await readBody(
      context,
      z.strictObject({ payment_intent: Id, amount: z.int().min(1).optional(), reason }),
    );
    if (!body) return;
    const payment = books.payments.get(body.payment_intent);
    if (!payment) return problem(context, 404, 'not_found', 'There is no such payment_intent.');
    try {
      context.body = showDispute(openDispute(books, payment, { ...body, ends: 'lost_in_time' }));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      problem(context, 409, 'dispute_refused', error.message);
    }
  },

  'POST /sandbox/disputes/move': async (context, { books }) => {
    const to = z.enum(['under_review', 'won', 'lost']);
    const body = await readBody(context, z.strictObject({ dispute: Id, to }));
    if (!body) return;
    const dispute = books.disputes.get(body.dispute);
    if (!dispute) problem(context, 404, 'not_found', 'There is no such dispute.');
    else if (moveDispute(books, dispute, body.to)) context.body = showDispute(dispute);
    else problem(context, 409, 'dispute_refused', `It is ${dispute.status}: it cannot become ${body.to}.`);
  },

  'POST /sandbox/refunds/fail': async (context, { books }) => {
    const body = await readBody(context, z.strictObject({ refund: Id }));
    if (!body) return;
    const refund = books.refunds.get(body.refund);
    if (!refund) problem(context, 404, 'not_found', 'There is no such refund.');
    else if (failRefund(books, refund)) context.body = showRefund(refund);
    else problem(context, 409, 'refund_failed', 'It has failed already.');
  },

  'POST /sandbox/payouts': (context, { books, bank }) => {
    context.body = { payouts: payOut(books, bank, false).map(showPayout) };
  },

  'POST /sandbox/payouts/fail': async (context, { books }) => {
    const body = await readBody(context, z.strictObject({ payout: Id }));
    if (!body) return;
    const payout = books.payouts.get(body.payout);
    if (!payout) problem(context, 404, 'not_found', 'There is no such payout.');
    else if (failPayout(books, payout)) context.body = showPayout(payout);
    else problem(context, 409, 'payout_over', `It is ${payout.status} already.`);
  },
};
