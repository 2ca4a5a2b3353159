// The routes of what every appliance is told: the catalogue, the policy, the cards that are no longer taken.
import * as z from 'zod';
import { Product } from '../../contract/feed.ts';
import { Policy } from '../../contract/policy.ts';
import { Moment, pageOf } from '../http/fields.ts';
import { ProblemError } from '../http/problems.ts';
import { TextPageQuery } from '../http/query.ts';
import { type Route, route } from '../http/route.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { defaultPolicy } from './default-policy.ts';

const Catalogue = z.object({
  inForce: z
    .object({ version: z.int(), products: z.int(), publishedMs: Moment.nullable() })
    .nullable()
    .meta({ description: 'Null before the first.' }),
  drafts: z.array(z.object({ number: z.int(), source: z.string(), products: z.int(), madeMs: Moment })),
});
const PolicyInForce = z.object({ version: z.int(), policy: Policy });
const HotListPage = pageOf(z.object({ fingerprint: z.string(), addedMs: Moment }), z.string());

const atMs = 1_795_000_000_000;

export function feedRoutes(store: LedgerPort): Route[] {
  return [
    route({
      id: 'readCatalogue',
      method: 'GET',
      path: '/v1/catalogue',
      summary: 'Read which version of the catalogue is in force, and the drafts that wait',
      action: 'catalogue.read',
      answer: Catalogue,
      example: {
        inForce: { version: 4, products: 812, publishedMs: atMs },
        drafts: [{ number: 7, source: 'winter.csv', products: 830, madeMs: atMs }],
      },
      handle: async () => ({ inForce: await store.catalogue(), drafts: await store.catalogueDrafts() }),
    }),
    route({
      id: 'listProducts',
      method: 'GET',
      path: '/v1/catalogue/products',
      summary: 'List the products in force, in the order of their SKUs',
      action: 'catalogue.read',
      query: TextPageQuery,
      answer: pageOf(Product, z.string()),
      example: {
        items: [
          { sku: 'HF-101', name: 'Pencil', price: { priceMinor: 185, baseQuantity: 1 }, sellable: true },
        ],
        nextCursor: 'HF-101',
      },
      handle: async ({ query: { cursor, limit } }) => {
        const { items, next } = await store.products({ draft: null, after: cursor, limit });
        return { items, nextCursor: next };
      },
    }),
    route({
      id: 'readPolicy',
      method: 'GET',
      path: '/v1/policy',
      summary: 'Read the policy in force',
      action: 'catalogue.read',
      answer: PolicyInForce,
      example: { version: 1, policy: defaultPolicy },
      problems: ['not_found'],
      handle: async () => {
        const inForce = await store.policy();
        if (inForce === null) throw new ProblemError('not_found', 'There is no policy yet.');
        return inForce;
      },
    }),
    route({
      id: 'listHotCards',
      method: 'GET',
      path: '/v1/hot-list',
      summary: 'List the cards that no site takes, in the order of their fingerprints',
      action: 'catalogue.read',
      query: TextPageQuery,
      answer: HotListPage,
      example: { items: [{ fingerprint: 'fp_7Kq2', addedMs: atMs }], nextCursor: null },
      handle: async ({ query: { cursor, limit } }) => {
        const { items, next } = await store.hotList({ after: cursor, limit });
        return { items, nextCursor: next };
      },
    }),
  ];
}
