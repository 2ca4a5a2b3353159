// The routes for webhooks to the merchant's own systems: endpoints, their secrets, and the log of deliveries.
import * as z from 'zod';
import { Moment, pageOf } from '../http/fields.ts';
import { ProblemError } from '../http/problems.ts';
import { NumberParams, PageQuery, WholeNumber } from '../http/query.ts';
import { type Route, route } from '../http/route.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { EndpointTypes, EndpointUrl, newEndpointSecret, outboundTypes } from './outbound.ts';
import { Reason } from './routes.ts';

export const overlapHoursMax = 7 * 24;
export const overlapHoursUsual = 24;
const hourMs = 3_600_000;

const Endpoint = z
  .object({
    number: z.int(),
    url: z.string(),
    types: z.array(z.enum(outboundTypes)),
    note: z.string(),
    state: z.enum(['enabled', 'disabled']),
    createdMs: Moment,
    secrets: z
      .array(z.object({ createdMs: Moment, endsMs: Moment.nullable() }))
      .meta({ description: 'Valid ones, the newest first; two while one is being replaced.' }),
    waiting: z.int(),
    dead: z.int(),
  })
  .meta({ id: 'OutboundEndpoint' });
const EndpointWithSecret = z
  .object({ endpoint: Endpoint, secret: z.string().meta({ description: 'Shown this once.' }) })
  .meta({ id: 'OutboundEndpointWithSecret' });
const Endpoints = z.object({ items: z.array(Endpoint) }).meta({ id: 'OutboundEndpoints' });
const Delivery = z.object({
  number: z.int(),
  endpoint: z.int(),
  eventId: z.string(),
  type: z.string(),
  about: z.string(),
  toldMs: Moment,
  state: z.enum(['waiting', 'delivered', 'dead']),
  tries: z.int(),
  dueMs: Moment.nullable(),
  attempts: z.array(
    z.object({
      atMs: Moment,
      durationMs: z.int(),
      status: z.int().nullable().meta({ description: 'Of HTTP; null when nothing was answered.' }),
      error: z.string().nullable(),
      answer: z.string().nullable().meta({ description: 'Its first 1,024 bytes.' }),
    }),
  ),
});
const DeliveryPage = pageOf(Delivery, z.int()).meta({ id: 'OutboundDeliveryPage' });

const atMs = 1_795_000_000_000;
const eventId = '7c0d3f0a-526a-4a39-8f0e-6a4bb3a6b0a4';
const endpointSample: z.output<typeof Endpoint> = {
  number: 1,
  url: 'https://shop.example/holdfast',
  types: ['checkout.captured', 'payout.made'],
  note: 'the web shop',
  state: 'enabled',
  createdMs: atMs,
  secrets: [{ createdMs: atMs, endsMs: null }],
  waiting: 0,
  dead: 0,
};
const secretSample = 'hf_whsec_…';

export function outboundRoutes(store: LedgerPort): Route[] {
  return [
    route({
      id: 'listOutboundEndpoints',
      method: 'GET',
      path: '/v1/outbound/endpoints',
      summary: "List the endpoints of the merchant's own systems",
      action: 'webhook.read',
      answer: Endpoints,
      example: { items: [endpointSample] },
      handle: async ({ by }) => ({ items: await store.endpoints(by.nowMs) }),
    }),
    route({
      id: 'createOutboundEndpoint',
      method: 'POST',
      path: '/v1/outbound/endpoints',
      summary: 'Add an endpoint; its secret is answered this once',
      action: 'webhook.manage',
      body: z.strictObject({ url: EndpointUrl, types: EndpointTypes, note: z.string().max(200).default('') }),
      bodyExample: { url: endpointSample.url, types: endpointSample.types, note: endpointSample.note },
      status: 201,
      problems: ['endpoints_full'],
      answer: EndpointWithSecret,
      example: { endpoint: endpointSample, secret: secretSample },
      handle: async ({ body, by }) => {
        const secret = newEndpointSecret();
        const created = await store.createEndpoint({ ...body, secret }, by);
        if (created.kind === 'full') throw new ProblemError('endpoints_full', 'Change one that is there.');
        return { endpoint: created.endpoint, secret };
      },
    }),
    route({
      id: 'rotateOutboundSecret',
      method: 'POST',
      path: '/v1/outbound/endpoints/:number/secrets',
      summary: 'Make a new secret; the old one signs too until the overlap is over',
      action: 'webhook.manage',
      params: NumberParams,
      body: z.strictObject({ overlapHours: z.int().min(0).max(overlapHoursMax).default(overlapHoursUsual) }),
      bodyExample: { overlapHours: overlapHoursUsual },
      status: 201,
      problems: ['not_found'],
      answer: EndpointWithSecret,
      example: { endpoint: endpointSample, secret: secretSample },
      handle: async ({ params: { number }, body: { overlapHours }, by }) => {
        const secret = newEndpointSecret();
        const oldUntilMs = by.nowMs + overlapHours * hourMs;
        const { endpoint } = known(await store.rotateEndpoint({ number, secret, oldUntilMs }, by));
        return { endpoint, secret };
      },
    }),
    route({
      id: 'switchOutboundEndpoint',
      method: 'PUT',
      path: '/v1/outbound/endpoints/:number/state',
      summary: 'Enable or disable an endpoint',
      action: 'webhook.manage',
      params: NumberParams,
      body: z.strictObject({ state: z.enum(['enabled', 'disabled']), reason: Reason }),
      bodyExample: { state: 'disabled', reason: 'the shop moves' },
      problems: ['not_found'],
      answer: Endpoint,
      example: endpointSample,
      handle: async ({ params, body, by }) =>
        known(await store.switchEndpoint({ ...params, ...body }, by)).endpoint,
    }),
    route({
      id: 'testOutboundEndpoint',
      method: 'POST',
      path: '/v1/outbound/endpoints/:number/tests',
      summary: 'Send an endpoint a test event',
      action: 'webhook.manage',
      params: NumberParams,
      status: 202,
      problems: ['not_found'],
      answer: z.object({ eventId: z.string() }),
      example: { eventId },
      handle: async ({ params: { number }, by }) => {
        const sent = known(await store.testEndpoint(number, by));
        return { eventId: sent.eventId };
      },
    }),
    route({
      id: 'resendOutboundDeliveries',
      method: 'POST',
      path: '/v1/outbound/endpoints/:number/resends',
      summary: 'Begin the tries of one event, or of all that are dead, anew',
      action: 'webhook.manage',
      params: NumberParams,
      body: z.strictObject({ eventId: z.uuid().optional(), reason: Reason }),
      bodyExample: { reason: 'the shop is back' },
      status: 202,
      problems: ['not_found'],
      answer: z.object({ deliveries: z.int() }),
      example: { deliveries: 3 },
      handle: async ({ params: { number }, body: { eventId: one, reason }, by }) => {
        const resend = { endpoint: number, eventId: one ?? null, reason };
        return { deliveries: known(await store.resendDeliveries(resend, by)).deliveries };
      },
    }),
    route({
      id: 'listOutboundDeliveries',
      method: 'GET',
      path: '/v1/outbound/deliveries',
      summary: 'List deliveries with their attempts, the newest first',
      action: 'webhook.read',
      query: PageQuery.extend({
        endpoint: WholeNumber.optional(),
        state: z.enum(['waiting', 'delivered', 'dead']).optional(),
      }),
      answer: DeliveryPage,
      example: {
        items: [
          {
            number: 31,
            endpoint: 1,
            eventId,
            type: 'checkout.captured',
            about: 'checkout 0199f2a4-7a1c-7000-8000-2f4f0c6f1b11',
            toldMs: atMs,
            state: 'delivered',
            tries: 1,
            dueMs: null,
            attempts: [{ atMs, durationMs: 48, status: 204, error: null, answer: '' }],
          },
        ],
        nextCursor: null,
      },
      handle: ({ query: { endpoint, state, cursor, limit } }) =>
        store.deliveries({
          endpoint: endpoint ?? null,
          state: state ?? null,
          cursor: cursor ?? null,
          limit,
        }),
    }),
  ];
}

/** @throws ProblemError not_found */
function known<T extends { kind: string }>(changed: T): Exclude<T, { kind: 'endpoint_unknown' }> {
  if (changed.kind === 'endpoint_unknown')
    throw new ProblemError('not_found', 'No endpoint has that number.');
  return changed as Exclude<T, { kind: 'endpoint_unknown' }>;
}
