// The fleet's routes: how every box is, as far as that is known.
import * as z from 'zod';
import { ApplianceId } from '../../contract/id.ts';
import type { Doctors } from '../doctor/port.ts';
import { found } from '../http/problems.ts';
import { Limit } from '../http/query.ts';
import { type Route, route } from '../http/route.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { FleetMember, FleetPage } from './answers.ts';
import type { LastFacts } from './overheard.ts';
import type { FleetFacts, FleetPast, Reports } from './port.ts';
import { sampleMember } from './sample.ts';
import { seriesRoutes } from './series/routes.ts';
import { viewOf } from './view.ts';

/** A whole fleet is read in few pages. */
const fleetPageMax = 1000;
const FleetQuery = z.strictObject({
  cursor: ApplianceId.optional(),
  limit: Limit(fleetPageMax, 100),
});

export interface FleetParts {
  reports: Reports;
  /** How boxes were; without it nothing is known of that. */
  past?: FleetPast;
  /** What boxes' doctors found; without it none did. */
  doctors?: Doctors;
  /** Null: the broker is another's and does not say. */
  connected(applianceId: string): boolean | null;
  /** What another reader found lately; without it everybody reads for themselves. */
  lastFacts?(): LastFacts | null;
}

const nothingKept: FleetPast = { series: () => null, timeline: () => null };

export function fleetRoutes(store: LedgerPort, parts: FleetParts & { nowMs(): number }): Route[] {
  const { reports, past = nothingKept, connected, nowMs } = parts;
  const view = (facts: FleetFacts) =>
    viewOf({ facts, heard: reports.of(facts.id), connected: connected(facts.id) }, nowMs());
  return [
    route({
      id: 'listFleet',
      method: 'GET',
      path: '/v1/fleet',
      summary: 'List how every appliance is, by their ids',
      action: 'fleet.read',
      query: FleetQuery,
      answer: FleetPage,
      example: { items: [sampleMember], nextCursor: null },
      async handle({ query: { cursor, limit } }) {
        const { items, nextCursor } = await store.fleet({ after: cursor ?? null, limit });
        return { items: items.map(view), nextCursor };
      },
    }),
    route({
      id: 'readFleetMember',
      method: 'GET',
      path: '/v1/fleet/:id',
      summary: 'Read how an appliance is: its state, and what it last said of itself',
      action: 'fleet.read',
      params: z.object({ id: z.string() }),
      answer: FleetMember,
      example: sampleMember,
      problems: ['not_found'],
      handle: async ({ params }) => view(found(await store.fleetMember(params.id), 'appliance')),
    }),
    ...seriesRoutes(past, { nowMs }),
  ];
}
