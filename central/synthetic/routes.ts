// The routes of synthetic checkouts: those that came, and asking a box for one.
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { ApplianceId } from '../../contract/id.ts';
import { limits } from '../../contract/limits.ts';
import { Moment } from '../http/fields.ts';
import { found, ProblemError } from '../http/problems.ts';
import { Limit } from '../http/query.ts';
import { type Route, route } from '../http/route.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { Synthetic, sampleSynthetic } from './answers.ts';

/** A box that hears of it later leaves it alone. */
export const askedForMs = 60_000;

const Query = z.strictObject({
  appliance: ApplianceId.optional(),
  limit: Limit(limits.pageItemsMax, 50),
});
const Asked = z.object({ id: z.string(), untilMs: Moment });

export function syntheticRoutes(store: LedgerPort): Route[] {
  return [
    route({
      id: 'askSyntheticCheckout',
      method: 'POST',
      path: '/v1/appliances/:id/synthetic-checkouts',
      summary:
        'Ask an appliance for a synthetic checkout, which moves nothing. It comes by this id within the time, or the box is away',
      action: 'synthetic.ask',
      params: z.object({ id: z.string() }),
      status: 202,
      answer: Asked,
      example: { id: sampleSynthetic.id, untilMs: sampleSynthetic.bookedMs + askedForMs },
      problems: ['not_found'],
      async handle({ params: { id: applianceId }, by }) {
        const asked = { id: randomUUID(), untilMs: by.nowMs + askedForMs };
        if (await store.askSynthetic({ applianceId, ...asked }, by)) return asked;
        throw new ProblemError('not_found', 'There is no such appliance.');
      },
    }),
    route({
      id: 'listSyntheticCheckouts',
      method: 'GET',
      path: '/v1/synthetic-checkouts',
      summary: 'List the newest synthetic checkouts, of an appliance or of all',
      action: 'fleet.read',
      query: Query,
      answer: z.object({ items: z.array(Synthetic) }),
      example: { items: [sampleSynthetic] },
      handle: async ({ query: { appliance, limit } }) => ({
        items: await store.synthetics({ applianceId: appliance ?? null, limit }),
      }),
    }),
    route({
      id: 'readSyntheticCheckout',
      method: 'GET',
      path: '/v1/synthetic-checkouts/:id',
      summary: 'Read a synthetic checkout by its id',
      action: 'fleet.read',
      params: z.object({ id: z.string() }),
      answer: Synthetic,
      example: sampleSynthetic,
      problems: ['not_found'],
      handle: async ({ params }) => found(await store.synthetic(params.id), 'synthetic checkout'),
    }),
  ];
}
