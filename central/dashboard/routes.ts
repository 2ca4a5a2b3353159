// The routes that only the page needs: the whole fleet in rows, and the search for a checkout.
import * as z from 'zod';
import { Text } from '../../contract/id.ts';
import { Currency, Moment } from '../http/fields.ts';
import { type Route, route } from '../http/route.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { readSearch } from './find-checkouts.ts';
import { FleetRowAnswer } from './fleet-row.ts';
import type { LiveFleet } from './live-fleet.ts';
import type { FleetRow } from './said/row.ts';

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
  { live, nowMs }: { live: Pick<LiveFleet, 'rows'>; nowMs(): number },
): Route[] {
  return [
    route({
      id: 'listFleetRows',
      method: 'GET',
      path: '/v1/fleet-rows',
      summary: 'Read the whole fleet at once, a row for each appliance, by their ids',
      action: 'fleet.read',
      answer: z.object({ atMs: Moment, items: z.array(FleetRowAnswer) }),
      example: { atMs, items: [rowSample] },
      handle: async () => ({ items: await live.rows(), atMs: nowMs() }),
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
        const found = await Promise.all(
          readSearch(q).map(async (wanted) => {
            const items = await store.findCheckouts({ wanted, limit: foundMax });
            return items.map((item) => ({ ...item, by: wanted.by }));
          }),
        );
        return { items: found.flat().slice(0, foundMax) };
      },
    }),
  ];
}
