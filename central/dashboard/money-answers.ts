// What the page is answered about money beside what other rooms answer: the story of a checkout, and an account's postings.
import * as z from 'zod';
import { Collection, collectionSample } from '../charging/routes.ts';
import { Currency, Moment, pageOf } from '../http/fields.ts';
import { movement } from '../ledger/answer-samples.ts';
import { Movement } from '../ledger/answers.ts';
import { reviewDecisions, reviewKinds } from '../people/reviews.ts';
import { WebhookEvent, webhookSample } from '../webhooks/routes.ts';

const Entry = z.object({
  kind: z.string().meta({ description: '`checkout`, `decision`, `void`, `refund` or `fulfilment`.' }),
  id: z.string(),
  journalId: z.string(),
  seq: z.int(),
  verdict: z.string(),
  state: z.string(),
  currency: Currency,
  totalMinor: z.int(),
  slip: z.int().nullable(),
  atMs: Moment.meta({ description: 'By the clock of the box. Milliseconds since 1970, UTC.' }),
  bookedMs: Moment,
});
const Review = z.object({
  number: z.int(),
  kind: z.enum(reviewKinds),
  reason: z.string(),
  state: z.enum(['open', 'proposed', 'decided']),
  decision: z.enum(reviewDecisions).nullable(),
  openedMs: Moment,
});
const Told = z.object({
  number: z.int().meta({ description: 'Of the delivery, as `/v1/webhooks/outbound` lists it.' }),
  endpoint: z.int(),
  host: z.string(),
  type: z.string(),
  toldMs: Moment,
  state: z.enum(['waiting', 'delivered', 'dead']),
  tries: z.int(),
  endedMs: Moment.nullable(),
  status: z.int().nullable().meta({ description: 'Of the newest try; null: nothing was answered.' }),
  error: z.string().nullable(),
});
export const Story = z
  .object({
    applianceId: z.string(),
    checkoutId: z.string(),
    entries: z.array(Entry).meta({ description: 'The checkout’s own first, then what followed it.' }),
    collection: Collection.nullable().meta({ description: 'Null: nothing is collected.' }),
    movements: z.array(Movement),
    webhooks: z.array(WebhookEvent),
    told: z.array(Told).meta({ description: 'What the merchant’s own systems were told of it.' }),
    reviews: z.array(Review),
  })
  .meta({ id: 'CheckoutStory' });
export type Story = z.infer<typeof Story>;

const Posting = z.object({
  movementId: z.int(),
  line: z.int(),
  source: z.string().meta({ description: '`entry`, or the kind of row that it comes from.' }),
  sourceRef: z.int().nullable().meta({ description: 'The row; null for an entry.' }),
  applianceId: z.string().nullable(),
  documentId: z.string().nullable(),
  reason: z.string(),
  bookedMs: Moment,
  amountMinor: z.int(),
});
export const AccountPostings = pageOf(Posting, z.int()).meta({ id: 'AccountPostingPage' });

const atMs = 1_795_000_000_000;
const checkoutId = collectionSample.checkoutId;
export const storySample: z.input<typeof Story> = {
  applianceId: 'box-1',
  checkoutId,
  entries: [
    {
      ...{ kind: 'checkout', id: checkoutId, journalId: '01994f5c-0000-7a11-8a3e-000000000001', seq: 41 },
      ...{ verdict: 'approved_offline', state: 'booked', currency: 'GBP', totalMinor: 1500, slip: 17 },
      ...{ atMs: atMs - 60_000, bookedMs: atMs },
    },
  ],
  collection: collectionSample,
  movements: [movement],
  webhooks: [webhookSample],
  told: [
    {
      ...{ number: 7, endpoint: 1, host: 'shop.example', type: 'checkout.booked', toldMs: atMs },
      ...{ state: 'delivered', tries: 2, endedMs: atMs + 31_000, status: 204, error: null },
    },
  ],
  reviews: [
    { number: 12, kind: 'fraud', reason: 'early_warning', state: 'open', decision: null, openedMs: atMs },
  ],
};
export const postingsSample: z.input<typeof AccountPostings> = {
  items: [
    {
      ...{ movementId: 31, line: 1, source: 'entry', sourceRef: null, applianceId: 'box-1' },
      ...{ documentId: checkoutId, reason: 'sale', bookedMs: atMs, amountMinor: 1500 },
    },
  ],
  nextCursor: 31,
};
