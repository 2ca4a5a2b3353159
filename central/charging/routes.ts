// The routes of charging: what is to be collected, one checkout with everything that was said about it, and exposure.
import * as z from 'zod';
import { ApplianceId, Text, Uuid } from '../../contract/id.ts';
import { Currency, Moment, pageOf } from '../http/fields.ts';
import { found } from '../http/problems.ts';
import { Limit, PageQuery } from '../http/query.ts';
import { type Route, route } from '../http/route.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { collectionStates, heldReasons } from './port.ts';

const Minor = z.int().meta({ description: 'In minor units of the currency.' });
const CollectionSummary = z
  .object({
    ref: z.int(),
    applianceId: z.string(),
    site: z.string().nullable(),
    checkoutId: z.string(),
    currency: Currency,
    totalMinor: Minor,
    capturedMinor: Minor,
    refundedMinor: Minor,
    lostMinor: Minor,
    origin: z.enum(['offline', 'online']),
    wanted: z.enum(['authorised', 'captured', 'nothing']),
    state: z.enum(collectionStates),
    heldFor: z.enum(heldReasons).nullable(),
    processor: z.string().nullable(),
    dueMs: Moment.nullable(),
    openedMs: Moment,
  })
  .meta({ id: 'CollectionSummary' });
const Said = z.object({ kind: z.string(), detail: z.string(), atMs: Moment });
const Attempt = z
  .object({
    ref: z.int(),
    purpose: z.enum(['charge', 'capture', 'void', 'refund']),
    number: z.int(),
    processor: z.string(),
    reference: z.string(),
    currency: Currency,
    amountMinor: Minor,
    state: z.string(),
    chargeId: z.string().nullable(),
    refundId: z.string().nullable(),
    code: z.string().nullable(),
    declineClass: z.string().nullable(),
    tries: z.int(),
    looked: z.int(),
    firstSentMs: Moment,
    sentMs: Moment,
    answeredMs: Moment.nullable(),
    events: z.array(Said),
  })
  .meta({ id: 'Attempt' });
const Payback = z.object({ ref: z.int(), documentId: z.string(), amountMinor: Minor, state: z.string() });
export const Collection = CollectionSummary.extend({
  paybacks: z.array(Payback),
  attempts: z.array(Attempt),
}).meta({ id: 'Collection' });
const Exposure = z
  .object({
    applianceId: z.string(),
    site: z.string().nullable(),
    currency: Currency,
    openCount: z.int(),
    openMinor: Minor,
    heldCount: z.int(),
    heldMinor: Minor,
    writtenOffCount: z.int(),
    writtenOffMinor: Minor,
  })
  .meta({ id: 'Exposure' });

const CollectionsQuery = PageQuery.extend({
  state: z.enum(collectionStates).optional(),
  appliance: ApplianceId.optional(),
});
const ExposureQuery = z.strictObject({ site: Text(64).optional(), limit: Limit(1000, 200) });

const summarySample = {
  ref: 7,
  applianceId: 'box-1',
  site: 'kings-road',
  checkoutId: '01994f5c-9b34-7a11-8a3e-000000000001',
  currency: 'GBP',
  totalMinor: 1500,
  capturedMinor: 1500,
  refundedMinor: 0,
  lostMinor: 0,
  origin: 'offline',
  wanted: 'captured',
  state: 'collected',
  heldFor: null,
  processor: null,
  dueMs: null,
  openedMs: 1_795_000_000_000,
} as const;
const saidSample = { kind: 'sent', detail: 'charge 1500 GBP at stripe', atMs: 1_795_000_000_500 };
const attemptSample = {
  ref: 9,
  purpose: 'charge',
  number: 1,
  processor: 'stripe',
  reference: 'box-1.01994f5c-9b34-7a11-8a3e-000000000001.charge.1',
  currency: 'GBP',
  amountMinor: 1500,
  state: 'approved',
  chargeId: 'pi_1',
  refundId: null,
  code: null,
  declineClass: null,
  tries: 1,
  looked: 0,
  firstSentMs: 1_795_000_000_500,
  sentMs: 1_795_000_000_500,
  answeredMs: 1_795_000_000_900,
} as const;

export const collectionSample = {
  ...summarySample,
  paybacks: [],
  attempts: [{ ...attemptSample, events: [saidSample] }],
};

export function chargingRoutes(store: Pick<LedgerPort, 'collections' | 'collection' | 'exposure'>): Route[] {
  return [
    route({
      id: 'listCollections',
      method: 'GET',
      path: '/v1/collections',
      summary: 'List what is to be collected at processors, in the order it was booked',
      action: 'ledger.read',
      query: CollectionsQuery,
      answer: pageOf(CollectionSummary, z.int()),
      example: { items: [summarySample], nextCursor: null },
      handle: ({ query: { state, appliance, cursor, limit } }) =>
        store.collections({
          state: state ?? null,
          applianceId: appliance ?? null,
          cursor: cursor ?? null,
          limit,
        }),
    }),
    route({
      id: 'readCollection',
      method: 'GET',
      path: '/v1/collections/:appliance/:checkout',
      summary:
        'Read one checkout with every call that was made for it, and everything that was said about each',
      action: 'ledger.read',
      params: z.object({ appliance: ApplianceId, checkout: Uuid }),
      answer: Collection,
      example: collectionSample,
      problems: ['not_found'],
      handle: async ({ params: { appliance, checkout } }) =>
        found(await store.collection({ applianceId: appliance, checkoutId: checkout }), 'collection'),
    }),
    route({
      id: 'listExposure',
      method: 'GET',
      path: '/v1/exposure',
      summary: 'List what each appliance approved and was not paid for, the greatest loss first',
      action: 'ledger.read',
      query: ExposureQuery,
      answer: z.object({ items: z.array(Exposure) }),
      example: {
        items: [
          {
            ...{ applianceId: 'box-1', site: 'kings-road', currency: 'GBP' },
            ...{ openCount: 3, openMinor: 4500, heldCount: 1, heldMinor: 900 },
            ...{ writtenOffCount: 2, writtenOffMinor: 3100 },
          },
        ],
      },
      handle: async ({ query: { site, limit } }) => ({
        items: await store.exposure({ site: site ?? null, limit }),
      }),
    }),
  ];
}
