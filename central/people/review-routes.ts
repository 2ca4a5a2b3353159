// The routes of reviews: what waits for a person, one with both its histories (what people said and the ledger booked, and
// what processors were asked and answered), and decisions.
import * as z from 'zod';
import { ApplianceId, Text } from '../../contract/id.ts';
import { unreachable } from '../../kit/assert.ts';
import { Collection, collectionSample } from '../charging/routes.ts';
import { found, ProblemError } from '../http/problems.ts';
import { NumberParams, PageQuery } from '../http/query.ts';
import { type Route, route } from '../http/route.ts';
import { document, movement, way } from '../ledger/answer-samples.ts';
import { DocumentWithMovements } from '../ledger/answers.ts';
import type { LedgerPort } from '../ledger/port.ts';
import type { DocumentRow } from '../ledger/views.ts';
import { ReviewAnswer, ReviewPage, reviewSample, reviewSummarySample } from './review-answers.ts';
import type { ReviewPort, ReviewSpoken, ReviewWithEvents } from './review-port.ts';
import { dueMsOf, type Review, type ReviewRules, reviewDecisions, reviewKinds } from './reviews.ts';

const ReviewsQuery = PageQuery.extend({
  state: z.enum(['waiting', 'decided']).optional(),
  kind: z.enum(reviewKinds).optional(),
  appliance: ApplianceId.optional(),
});
const Note = Text(1000);
const Decision = z.strictObject({ decision: z.enum([...reviewDecisions, 'ask']), note: Note });
const Reply = z.strictObject({ note: Note });
const ReviewWithHistories = z
  .object({
    review: ReviewAnswer,
    documents: z.array(DocumentWithMovements).meta({ description: 'What the ledger knows of the document.' }),
    collection: Collection.nullable().meta({
      description:
        'What processors were asked for its checkout, and what they said; null when nothing is collected.',
    }),
  })
  .meta({ id: 'ReviewWithHistories' });

export function reviewRoutes(
  store: ReviewPort & Pick<LedgerPort, 'document' | 'collection'>,
  rules: ReviewRules,
): Route[] {
  const dated = <Of extends Review>(review: Of) => ({ ...review, dueMs: dueMsOf(review, rules) });

  return [
    route({
      id: 'listReviews',
      method: 'GET',
      path: '/v1/reviews',
      summary: 'List what a person must answer, in the order it was opened',
      action: 'review.read',
      query: ReviewsQuery,
      answer: ReviewPage,
      example: { items: [reviewSummarySample], nextCursor: null },
      handle: async ({ query: { state, kind, appliance, cursor, limit } }) => {
        const filter = { state: state ?? null, kind: kind ?? null, applianceId: appliance ?? null };
        const { items, nextCursor } = await store.reviews({ ...filter, cursor: cursor ?? null, limit });
        return { items: items.map(dated), nextCursor };
      },
    }),
    route({
      id: 'readReview',
      method: 'GET',
      path: '/v1/reviews/:number',
      summary:
        'Read a review with what people said, what was booked of its document, and what processors were asked and answered',
      action: 'review.read',
      params: NumberParams,
      answer: ReviewWithHistories,
      example: {
        review: reviewSample,
        documents: [{ ...document, movements: [movement], ...way }],
        collection: collectionSample,
      },
      problems: ['not_found'],
      handle: async ({ params }) => {
        const review = found(await store.review(params.number), 'review');
        const documents = await documentsOf(store, review);
        const checkoutId = checkoutIdOf(review, documents);
        const collection = await store.collection({ applianceId: review.applianceId, checkoutId });
        return { review: dated(review), documents, collection };
      },
    }),
    route({
      id: 'decideReview',
      method: 'POST',
      path: '/v1/reviews/:number/decisions',
      summary:
        'Decide a review, propose a decision where a second person must confirm it, or ask: its time begins again',
      action: 'review.decide',
      params: NumberParams,
      body: Decision,
      bodyExample: { decision: 'approve', note: 'the site knows this customer' },
      answer: ReviewAnswer,
      example: reviewSample,
      problems: ['not_found', 'review_decided', 'second_person_needed'],
      handle: async ({ params: { number }, body: { decision, note }, by }) =>
        dated(
          spoken(
            decision === 'ask'
              ? await store.speakOfReview({ number, kind: 'asked', note }, by)
              : await store.decideReview({ number, decision, note, rules }, by),
          ),
        ),
    }),
    route({
      id: 'answerReview',
      method: 'POST',
      path: '/v1/reviews/:number/answers',
      summary: 'Answer what was asked about a review: its time begins again',
      action: 'review.decide',
      params: NumberParams,
      body: Reply,
      bodyExample: { note: 'the customer showed an identity card' },
      answer: ReviewAnswer,
      example: reviewSample,
      problems: ['not_found', 'review_decided'],
      handle: async ({ params: { number }, body: { note }, by }) =>
        dated(spoken(await store.speakOfReview({ number, kind: 'answered', note }, by))),
    }),
  ];
}

/** The same id may have been chosen at another appliance too. */
async function documentsOf(store: Pick<LedgerPort, 'document'>, { documentId, applianceId }: Review) {
  return (await store.document(documentId)).filter((one) => one.applianceId === applianceId);
}

/** A refund is collected from its checkout. */
export function checkoutIdOf({ documentId }: Review, documents: readonly DocumentRow[]): string {
  return documents[0]?.checkoutId ?? documentId;
}

function spoken(said: ReviewSpoken): ReviewWithEvents {
  switch (said.kind) {
    case 'decided':
    case 'proposed':
    case 'spoken':
      return said.review;
    case 'review_unknown':
      throw new ProblemError('not_found', 'No review has that number.');
    case 'decided_already':
      throw new ProblemError('review_decided', `It was decided: ${said.decision}. A decision stands.`);
    case 'second_person_needed':
      throw new ProblemError(
        'second_person_needed',
        'You proposed this yourself. Another person must confirm it, with another key.',
      );
    default:
      return unreachable(said);
  }
}
