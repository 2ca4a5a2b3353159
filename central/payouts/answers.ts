// What the payouts' routes answer, with a sample of each.
import * as z from 'zod';
import { Currency, ExactInteger, Moment, pageOf } from '../http/fields.ts';

export const Payee = z
  .object({ id: z.string(), name: z.string(), bankReference: z.string(), createdMs: Moment })
  .meta({ id: 'Payee' });
export const PayeeWithOwed = Payee.extend({
  owed: z
    .array(z.object({ currency: Currency, owedMinor: ExactInteger }))
    .meta({ description: 'Below zero: the payee owes us.' }),
}).meta({ id: 'PayeeWithOwed' });

const State = z.enum(['prepared', 'approved', 'paid', 'failed', 'returned']);
export const Payout = z
  .object({
    number: z.int(),
    payee: z.string(),
    currency: Currency,
    amountMinor: z.int(),
    state: State,
    bank: z.string(),
    reference: z.string().nullable().meta({ description: 'Of the transfer; null until it is paid.' }),
    preparedMs: Moment,
  })
  .meta({ id: 'Payout' });
export const PayoutPage = pageOf(Payout, z.int()).meta({ id: 'PayoutPage' });
export const PayoutWithEvents = Payout.extend({
  events: z.array(z.object({ kind: State, note: z.string(), actor: z.string(), atMs: Moment })),
}).meta({ id: 'PayoutWithEvents' });

export const PayoutPrepared = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('prepared'), payout: Payout }),
    z.object({ kind: z.literal('carried'), reason: z.string(), owedMinor: ExactInteger }),
  ])
  .meta({ id: 'PayoutPrepared' });

const Line = z.object({
  movementId: z.int(),
  line: z.int(),
  bookedMs: Moment,
  kind: z.enum(['sale', 'refund', 'void', 'fee', 'fee_back', 'returned_payout', 'correction']),
  applianceId: z.string().nullable(),
  documentId: z.string().nullable(),
  slip: z.int().nullable(),
  amountMinor: z.int().meta({ description: 'What the payee gets; below zero what it gives back.' }),
  taxMinor: z.int().meta({ description: 'Tax of the whole document, which goes to the state.' }),
});
export const PayoutLines = z
  .object({
    items: z.array(Line),
    nextCursor: z.string().nullable().meta({ description: 'A movement and a line of it.' }),
  })
  .meta({ id: 'PayoutLines' });

const atMs = 1_795_000_000_000;
export const payeeSample = {
  id: 'acme',
  name: 'Acme Foods Ltd',
  bankReference: 'GB29NWBK60161331926819',
  createdMs: atMs,
};
export const payoutSample: z.output<typeof Payout> = {
  number: 7,
  payee: 'acme',
  currency: 'GBP',
  amountMinor: 85_000,
  state: 'prepared',
  bank: 'main',
  reference: null,
  preparedMs: atMs,
};
export const lineSample: z.output<typeof Line> = {
  movementId: 31,
  line: 1,
  bookedMs: atMs,
  kind: 'sale',
  applianceId: 'leeds-1',
  documentId: '0199f3c4-0b21-7a10-8c3d-6e5f4a3b2c1d',
  slip: 12,
  amountMinor: 370,
  taxMinor: 0,
};
