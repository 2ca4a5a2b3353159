// The routes for what processors told: each event with what became of it, each processor at a glance, and replays.
import * as z from 'zod';
import { Moment, pageOf } from '../http/fields.ts';
import { found, ProblemError } from '../http/problems.ts';
import { PageQuery } from '../http/query.ts';
import { type Route, route } from '../http/route.ts';
import type { LedgerPort } from '../ledger/port.ts';
import type { Replayed, WebhookView } from './port.ts';

const Name = z.string().min(1).max(64);
const EventId = z.string().min(1).max(200);
export const Reason = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .meta({ description: 'Why; it is kept in the audit log.' });

export const WebhookEvent = z
  .object({
    ref: z.int(),
    processor: z.string(),
    eventId: z.string(),
    type: z.string(),
    happenedMs: Moment,
    receivedMs: Moment,
    state: z.enum(['waiting', 'done', 'dead']),
    standing: z
      .enum(['newer', 'same', 'older', 'nothing'])
      .nullable()
      .meta({ description: 'How it stood to what was known when it was worked; null until then.' }),
    tries: z.int().meta({ description: 'That failed.' }),
    dueMs: Moment,
    error: z.string().nullable().meta({ description: 'Why the last try failed.' }),
    copies: z.int().meta({ description: 'That came after the first.' }),
    replays: z.int(),
  })
  .meta({ id: 'WebhookEvent' });
const EventPage = pageOf(WebhookEvent, z.int()).meta({ id: 'WebhookEventPage' });
const EventDetail = WebhookEvent.extend({
  event: z.record(z.string(), z.unknown()).meta({ description: 'What the adapter read in it.' }),
  body: z.string().meta({ description: 'As it came.' }),
}).meta({ id: 'WebhookEventDetail' });

const Sources = z
  .object({
    items: z.array(
      z.object({
        processor: z.string(),
        counts: z
          .array(z.object({ what: z.string(), count: z.int(), lastMs: Moment }))
          .meta({ description: '`stored`, `duplicate`, and each code of refusal.' }),
        waiting: z.int(),
        dead: z.int(),
        oldestWaitingMs: Moment.nullable(),
        refused: z.array(
          z.object({
            code: z.string(),
            address: z.string(),
            atMs: Moment,
            bodyBytes: z.int(),
            bodySha256: z.string(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'WebhookSources' });

const OneReplay = z.strictObject({ processor: Name.optional(), reason: Reason });
const ManyReplay = z.discriminatedUnion('which', [
  z.strictObject({ which: z.literal('dead'), processor: Name.optional(), reason: Reason }),
  z.strictObject({
    which: z.literal('received'),
    processor: Name.optional(),
    fromMs: Moment,
    untilMs: Moment,
    reason: Reason,
  }),
]);
const Replays = z.object({ events: z.int() }).meta({ id: 'WebhookReplays' });

export const webhookSample: WebhookView = {
  ref: 812,
  processor: 'stripe',
  eventId: 'evt_1Q2w',
  type: 'payment_intent.succeeded',
  happenedMs: 1_795_000_000_000,
  receivedMs: 1_795_000_000_412,
  state: 'done',
  standing: 'newer',
  tries: 0,
  dueMs: 1_795_000_000_412,
  error: null,
  copies: 1,
  replays: 0,
};

export function webhookRoutes(store: LedgerPort): Route[] {
  return [
    route({
      id: 'listWebhookSources',
      method: 'GET',
      path: '/v1/webhooks/sources',
      summary: 'Show each processor whose webhooks came: counts, what waits, what was refused',
      action: 'webhook.read',
      answer: Sources,
      example: {
        items: [
          {
            processor: 'stripe',
            counts: [{ what: 'stored', count: 812, lastMs: webhookSample.receivedMs }],
            waiting: 0,
            dead: 0,
            oldestWaitingMs: null,
            refused: [],
          },
        ],
      },
      handle: async () => {
        const items = await store.webhookSources();
        return {
          items: items.map(({ refused, ...source }) => ({
            ...source,
            refused: refused.map(({ bodyHash, ...one }) => ({
              ...one,
              bodySha256: Buffer.from(bodyHash).toString('hex'),
            })),
          })),
        };
      },
    }),
    route({
      id: 'listWebhookEvents',
      method: 'GET',
      path: '/v1/webhooks/events',
      summary: 'List events of processors, the newest first',
      action: 'webhook.read',
      query: PageQuery.extend({
        processor: Name.optional(),
        state: z.enum(['waiting', 'done', 'dead']).optional(),
        type: z.string().max(200).optional(),
      }),
      answer: EventPage,
      example: { items: [webhookSample], nextCursor: null },
      handle: ({ query: { processor, state, type, cursor, limit } }) =>
        store.webhookEvents({
          processor: processor ?? null,
          state: state ?? null,
          type: type ?? null,
          cursor: cursor ?? null,
          limit,
        }),
    }),
    route({
      id: 'readWebhookEvent',
      method: 'GET',
      path: '/v1/webhooks/events/:eventId',
      summary: 'Show one event with its body as it came',
      action: 'webhook.read',
      params: z.object({ eventId: EventId }),
      query: z.strictObject({ processor: Name.optional() }),
      problems: ['not_found', 'processor_needed'],
      answer: EventDetail,
      example: { ...webhookSample, event: { about: { kind: 'other' } }, body: '{"id":"evt_1Q2w"}' },
      handle: async ({ params, query }) => {
        const event = await store.webhookEvent({ ...params, processor: query.processor ?? null });
        if (event === 'ambiguous') throw processorNeeded();
        const { body, event: read, ...view } = found(event, 'webhook event');
        return { ...view, event: { ...read }, body: Buffer.from(body).toString() };
      },
    }),
    route({
      id: 'replayWebhookEvent',
      method: 'POST',
      path: '/v1/webhooks/events/:eventId/replays',
      summary: 'Work one event once more',
      action: 'webhook.replay',
      params: z.object({ eventId: EventId }),
      body: OneReplay,
      bodyExample: { reason: 'the charge is known now' },
      status: 202,
      problems: ['not_found', 'processor_needed'],
      answer: Replays,
      example: { events: 1 },
      handle: async ({ params: { eventId }, body: { processor, reason }, by }) => {
        const which = { kind: 'one' as const, eventId, processor: processor ?? null };
        return replays(await store.replayWebhooks({ which, reason }, by));
      },
    }),
    route({
      id: 'replayWebhookEvents',
      method: 'POST',
      path: '/v1/webhooks/replays',
      summary: 'Work once more all events that are dead, or all that came within a time',
      action: 'webhook.replay',
      body: ManyReplay,
      bodyExample: { which: 'dead', reason: 'the disk has room again' },
      status: 202,
      answer: Replays,
      example: { events: 17 },
      handle: async ({ body: { processor = null, reason, ...body }, by }) => {
        const which =
          body.which === 'dead'
            ? { kind: body.which, processor }
            : { kind: body.which, processor, fromMs: body.fromMs, untilMs: body.untilMs };
        return replays(await store.replayWebhooks({ which, reason }, by));
      },
    }),
  ];
}

function replays(replayed: Replayed): { events: number } {
  switch (replayed.kind) {
    case 'replayed':
      return { events: replayed.events };
    case 'event_unknown':
      throw new ProblemError('not_found', 'No webhook event has that id.');
    case 'event_ambiguous':
      throw processorNeeded();
  }
}

function processorNeeded(): ProblemError {
  return new ProblemError('processor_needed', 'Name the processor as well.');
}
