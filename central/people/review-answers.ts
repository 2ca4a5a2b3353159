// What the routes of reviews answer, as schemas.
import * as z from 'zod';
import { Currency, Moment, pageOf } from '../http/fields.ts';
import { Actor } from './actor-schema.ts';
import { reviewDecisions, reviewKinds } from './reviews.ts';

const Decision = z.enum(reviewDecisions).meta({
  description:
    'approve: go on, nothing was charged yet. decline: give it up. try_again: ask the processor once more. settled_otherwise: it was settled outside of these books.',
});

const fields = {
  number: z.int(),
  kind: z.enum(reviewKinds),
  applianceId: z.string(),
  documentId: z.string(),
  attemptRef: z.int().nullable(),
  currency: Currency,
  amountMinor: z.int(),
  reason: z.string(),
  openedMs: Moment,
  state: z
    .enum(['open', 'proposed', 'decided'])
    .meta({ description: 'proposed: a second person must confirm.' }),
  decision: Decision.nullable().meta({ description: 'What was proposed or decided.' }),
  dueMs: Moment.nullable().meta({
    description: 'When the time-out rule acts; null when it was decided, or stays for good.',
  }),
  escalatedMs: Moment.nullable(),
};
const Event = z.object({
  kind: z.enum(['opened', 'asked', 'answered', 'proposed', 'decided', 'escalated']),
  decision: Decision.nullable(),
  actor: Actor,
  note: z.string(),
  atMs: Moment,
});

const ReviewSummary = z.object(fields);
export const ReviewPage = pageOf(ReviewSummary, z.int()).meta({ id: 'ReviewPage' });
export const ReviewAnswer = z.object({ ...fields, events: z.array(Event) }).meta({ id: 'Review' });

const atMs = 1_795_000_000_000;
export const reviewSummarySample: z.output<typeof ReviewSummary> = {
  number: 12,
  kind: 'in_review',
  applianceId: 'leeds-1',
  documentId: '0199f3c4-0b21-7a10-8c3d-6e5f4a3b2c1d',
  attemptRef: null,
  currency: 'GBP',
  amountMinor: 120_000,
  reason: 'amount_large',
  openedMs: atMs,
  state: 'proposed',
  decision: 'approve',
  dueMs: atMs + 24 * 3_600_000,
  escalatedMs: null,
};
export const reviewSample: z.output<typeof ReviewAnswer> = {
  ...reviewSummarySample,
  events: [
    {
      kind: 'opened',
      decision: null,
      actor: { kind: 'central', rule: 'in_review' },
      note: 'amount_large',
      atMs,
    },
    {
      kind: 'proposed',
      decision: 'approve',
      actor: { kind: 'key', name: 'ann', role: 'support', from: '10.20.0.7' },
      note: 'the site knows this customer',
      atMs: atMs + 60_000,
    },
  ],
};
