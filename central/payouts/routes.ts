// The routes of payees and payouts: who is owed what, and each step of paying it.
import * as z from 'zod';
import { Text } from '../../contract/id.ts';
import { limits } from '../../contract/limits.ts';
import { Currency } from '../../contract/money.ts';
import { unreachable } from '../../kit/assert.ts';
import { found, ProblemError } from '../http/problems.ts';
import { Limit, NumberParams, PageQuery } from '../http/query.ts';
import { type Route, route } from '../http/route.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { PayeeId } from '../ledger/split-words.ts';
import * as answers from './answers.ts';
import type { PayoutsConfig } from './config.ts';
import type { ApprovalRules, PayoutChanged } from './port.ts';

const { payeeSample, payoutSample, lineSample } = answers;
const note = Text(limits.textCharsMax);
const NewPayee = z.strictObject({ id: PayeeId, name: Text(limits.nameCharsMax), bankReference: note });
const NewPayout = z.strictObject({ payee: PayeeId, currency: Currency, untilMs: z.int().optional() });
const Step = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('approved') }),
  z.strictObject({ kind: z.literal('paid'), reference: note }),
  z.strictObject({ kind: z.literal('failed'), reason: note }),
  z.strictObject({ kind: z.literal('returned'), reason: note }),
]);
const PayoutsQuery = PageQuery.extend({
  payee: PayeeId.optional(),
  state: z.enum(['prepared', 'approved', 'paid', 'failed', 'returned']).optional(),
});
const LinesQuery = z.strictObject({
  cursor: z
    .string()
    .regex(/^\d{1,15}-\d{1,9}$/, { error: 'use the nextCursor of the page before' })
    .default('0-0'),
  limit: Limit(1000, 100),
});

export function payoutRoutes(store: LedgerPort, config: PayoutsConfig & ApprovalRules): Route[] {
  return [
    route({
      id: 'listPayees',
      method: 'GET',
      path: '/v1/payees',
      summary: 'List everybody who is paid for goods',
      action: 'payout.read',
      answer: z.object({ items: z.array(answers.Payee) }).meta({ id: 'Payees' }),
      example: { items: [payeeSample] },
      handle: async () => ({ items: await store.payees() }),
    }),
    route({
      id: 'readPayee',
      method: 'GET',
      path: '/v1/payees/:id',
      summary: 'Read a payee with what it is owed',
      action: 'payout.read',
      params: z.object({ id: z.string() }),
      answer: answers.PayeeWithOwed,
      example: { ...payeeSample, owed: [{ currency: 'GBP', owedMinor: 85_000n }] },
      problems: ['not_found'],
      handle: async ({ params }) => found(await store.payee(params.id), 'payee'),
    }),
    route({
      id: 'createPayee',
      method: 'POST',
      path: '/v1/payees',
      summary: 'Make somebody known who is paid for goods',
      action: 'payout.manage',
      status: 201,
      body: NewPayee,
      bodyExample: { id: 'acme', name: payeeSample.name, bankReference: payeeSample.bankReference },
      answer: answers.Payee,
      example: payeeSample,
      problems: ['payee_known'],
      handle: async ({ body, by }) => {
        if (!(await store.createPayee(body, by))) throw new ProblemError('payee_known', 'Choose another id.');
        return { ...body, createdMs: by.nowMs };
      },
    }),
    route({
      id: 'listPayouts',
      method: 'GET',
      path: '/v1/payouts',
      summary: 'List payouts, the newest first',
      action: 'payout.read',
      query: PayoutsQuery,
      answer: answers.PayoutPage,
      example: { items: [payoutSample], nextCursor: null },
      handle: ({ query: { payee, state, cursor, limit } }) =>
        store.payouts({ payee: payee ?? null, state: state ?? null, cursor: cursor ?? null, limit }),
    }),
    route({
      id: 'preparePayout',
      method: 'POST',
      path: '/v1/payouts',
      summary: 'Put what a payee is due in one currency into a payout, or say why it is carried forward',
      action: 'payout.manage',
      body: NewPayout,
      bodyExample: { payee: 'acme', currency: 'GBP' },
      answer: answers.PayoutPrepared,
      example: { kind: 'prepared', payout: payoutSample },
      problems: ['not_found'],
      handle: async ({ body: { payee, currency, untilMs }, by }) => {
        found(await store.payee(payee), 'payee');
        return store.preparePayout({ payee, currency, untilMs: untilMs ?? by.nowMs, rule: config }, by);
      },
    }),
    route({
      id: 'readPayout',
      method: 'GET',
      path: '/v1/payouts/:number',
      summary: 'Read a payout and who took each step',
      action: 'payout.read',
      params: NumberParams,
      answer: answers.PayoutWithEvents,
      example: {
        ...payoutSample,
        events: [{ kind: 'prepared', note: '', actor: 'anna@desk', atMs: payoutSample.preparedMs }],
      },
      problems: ['not_found'],
      handle: async ({ params }) => found(await store.payout(params.number), 'payout'),
    }),
    route({
      id: 'listPayoutLines',
      method: 'GET',
      path: '/v1/payouts/:number/lines',
      summary: 'List what a payout is made of, in the order it was booked; the lines sum to its amount',
      action: 'payout.read',
      params: NumberParams,
      query: LinesQuery,
      answer: answers.PayoutLines,
      example: { items: [lineSample], nextCursor: null },
      problems: ['not_found'],
      handle: async ({ params: { number }, query: { cursor, limit } }) => {
        found(await store.payout(number), 'payout');
        const [movementId = 0, line = 0] = cursor.split('-').map(Number);
        const items = await store.payoutLines({ number, after: { movementId, line }, limit });
        const last = items.length === limit ? items.at(-1) : undefined;
        return { items, nextCursor: last ? `${last.movementId}-${last.line}` : null };
      },
    }),
    route({
      id: 'stepPayout',
      method: 'POST',
      path: '/v1/payouts/:number/steps',
      summary: 'Approve a payout, or say that it was paid, has failed or came back',
      action: 'payout.manage',
      params: NumberParams,
      body: Step,
      bodyExample: { kind: 'paid', reference: 'BACS-7' },
      answer: answers.Payout,
      example: { ...payoutSample, state: 'paid', reference: 'BACS-7' },
      problems: ['not_found', 'payout_refused', 'second_person_needed'],
      handle: async ({ params: { number }, body: step, by }) =>
        changed(await store.changePayout({ number, step, rules: config }, by)),
    }),
  ];
}

/** @throws ProblemError not_found, payout_refused, second_person_needed */
function changed(answer: PayoutChanged) {
  switch (answer.kind) {
    case 'changed':
      return answer.payout;
    case 'payout_unknown':
      throw new ProblemError('not_found', 'No payout has that number.');
    case 'not_now':
      throw new ProblemError('payout_refused', `It is ${answer.state}.`);
    case 'same_person':
      throw new ProblemError(
        'second_person_needed',
        'Who prepared it does not approve it: neither with another key of theirs.',
      );
    default:
      return unreachable(answer);
  }
}
