// The route of how long things take, without any outside system.
import * as z from 'zod';
import { ApplianceId, Text } from '../../contract/id.ts';
import { Limit } from '../http/query.ts';
import { type Route, route } from '../http/route.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { Latency, sampleLatency } from './answers.ts';
import { firstDay, latencyView } from './view.ts';

export const latencyDaysMax = 35;
const Query = z.strictObject({
  appliance: ApplianceId.optional(),
  site: Text(100).optional(),
  days: Limit(latencyDaysMax, 1),
});

export function latencyRoutes(store: LedgerPort, { nowMs }: { nowMs(): number }): Route[] {
  return [
    route({
      id: 'readLatency',
      method: 'GET',
      path: '/v1/latency',
      summary:
        'Read how long documents took on each hop of their way: of an appliance, a site or all, over UTC days of which today is the last. Synthetic ones are not counted',
      action: 'fleet.read',
      query: Query,
      answer: Latency,
      example: sampleLatency,
      async handle({ query: { appliance, site, days } }) {
        const fromDay = firstDay(nowMs(), days);
        const of = { applianceId: appliance ?? null, site: site ?? null, fromDay };
        return latencyView(await store.latency(of), fromDay);
      },
    }),
  ];
}
