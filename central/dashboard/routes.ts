// The routes that only the page needs: the whole fleet in rows, the search for a checkout and its story, an account's postings.
import * as z from 'zod';
import { ApplianceId, Text } from '../../contract/id.ts';
import { Currency, Moment } from '../http/fields.ts';
import { found, ProblemError } from '../http/problems.ts';
import { PageQuery } from '../http/query.ts';
import { type Route, route } from '../http/route.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { readSearch } from './find-checkouts.ts';
import { FleetRowAnswer } from './fleet-row.ts';
import type { LiveFleet } from './live-fleet.ts';
import { AccountPostings, postingsSample, Story, storySample } from './money-answers.ts';
import type { FleetRow } from './said/row.ts';

/** One page of postings looks at so many: some milliseconds. */
const movementsMax = 20_000;
/** Whoever finds more types more. */
const foundMax = 20;

const Found = z
  .object({
    id: z.string(),
    applianceId: z.string(),
    site: z.string().nullable(),
    kind: z.string(),
    verdict: z.string(),
    slip: z.int().nullable(),
    last4: z.string().nullable(),
    currency: Currency,
    totalMinor: z.int(),
    atMs: Moment,
    by: z.enum(['id', 'slip', 'card', 'total']).meta({ description: 'What of it is what was typed.' }),
  })
  .meta({ id: 'FoundCheckout' });

const atMs = 1_795_000_000_000;
const rowSample: FleetRow = {
  id: 'leeds-1',
  site: 'Leeds',
  state: 'silent',
  sinceMs: atMs,
  conditions: [],
  unreceived: 12,
  exposureMinor: 48_120,
  currency: 'GBP',
  release: '1.4.0',
  lastProofMs: atMs,
  certificateEndsMs: atMs + 60 * 86_400_000,
};

export function dashboardRoutes(
  store: LedgerPort,
  { live, position, nowMs }: { live: Pick<LiveFleet, 'rows'>; position(): string; nowMs(): number },
): Route[] {
  return [
    route({
      id: 'listFleetRows',
      method: 'GET',
      path: '/v1/fleet-rows',
      summary: 'Read the whole fleet at once, a row for each appliance, by their ids',
      action: 'fleet.read',
      answer: z.object({
        atMs: Moment,
        position: z
          .string()
          .meta({ description: 'Of the newest event of the stream that is a part of it, as its id.' }),
        items: z.array(FleetRowAnswer),
      }),
      example: { atMs, position: '5f2c9a01-17', items: [rowSample] },
      handle: async () => ({ items: await live.rows(), atMs: nowMs(), position: position() }),
    }),
    route({
      id: 'findCheckouts',
      method: 'GET',
      path: '/v1/search',
      summary:
        'Find checkouts by id, slip number, the last four digits of the card, or amount; the newest booking first',
      action: 'ledger.read',
      query: z.strictObject({ q: Text(64) }),
      answer: z.object({ items: z.array(Found) }),
      example: {
        items: [
          {
            id: '0197c0de-0000-7000-8000-000000000001',
            applianceId: 'leeds-1',
            site: 'Leeds',
            kind: 'checkout',
            verdict: 'approved_offline',
            slip: 17,
            last4: '4242',
            currency: 'GBP',
            totalMinor: 1250,
            atMs,
            by: 'slip',
          },
        ],
      },
      async handle({ query: { q } }) {
        const meant = readSearch(q);
        // Each of what may be meant has its share: a thousand boxes have a slip of that number, and one sale the amount.
        const limit = Math.ceil(foundMax / Math.max(1, meant.length));
        const found = await Promise.all(
          meant.map(async (wanted) => {
            const items = await store.findCheckouts({ wanted, limit });
            return items.map((item) => ({ ...item, by: wanted.by }));
          }),
        );
        return { items: found.flat().slice(0, foundMax) };
      },
    }),
    route({
      id: 'readCheckoutStory',
      method: 'GET',
      path: '/v1/checkouts/:id/story',
      summary:
        'Read everything about a checkout: its entries, what processors were asked, answered and told, what was booked, and what people decided. Of a void or a refund: of its checkout',
      action: 'ledger.read',
      params: z.object({ id: z.string() }),
      query: z.strictObject({ appliance: ApplianceId.optional() }),
      answer: Story,
      example: storySample,
      problems: ['not_found', 'ambiguous'],
      async handle({ params: { id }, query: { appliance } }) {
        const documents = (await store.document(id)).filter(
          ({ applianceId }) => appliance === undefined || applianceId === appliance,
        );
        if (documents.length > 1) throw new ProblemError('ambiguous', 'Name the appliance as well.');
        const { applianceId, ...document } = found(documents[0] ?? null, 'checkout');
        const of = { applianceId, checkoutId: document.checkoutId ?? id };
        // A refund whose checkout is not here has a story of its own.
        const story =
          (await store.checkoutStory(of)) ?? (await store.checkoutStory({ ...of, checkoutId: id }));
        return { ...of, ...found(story, 'checkout'), collection: await store.collection(of) };
      },
    }),
    route({
      id: 'listAccountPostings',
      method: 'GET',
      path: '/v1/ledger/accounts/:account/postings',
      summary:
        'List the postings of one account, the newest first. A page may be short, and yet there is more while nextCursor is not null',
      action: 'ledger.read',
      params: z.object({ account: z.string() }),
      query: PageQuery.extend({ currency: z.string().regex(/^[A-Z]{3}$/) }),
      answer: AccountPostings,
      example: postingsSample,
      handle: ({ params: { account }, query: { currency, cursor, limit } }) =>
        store.accountPostings({ account, currency, cursor: cursor ?? null, limit, movementsMax }),
    }),
  ];
}
