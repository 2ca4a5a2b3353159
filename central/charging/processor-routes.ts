// How the processors stand, over HTTP: what the person on call looks at first when money does not come.
import * as z from 'zod';
import { Moment } from '../http/fields.ts';
import { type Route, route } from '../http/route.ts';
import type { ProcessorView } from './loop.ts';

const Processor = z
  .object({
    name: z.string(),
    breaker: z
      .enum(['closed', 'open', 'probing'])
      .meta({ description: 'open: not called for a while; probing: one call tries whether it is back.' }),
    sinceMs: Moment,
    inFlight: z.int(),
    placesMax: z.int(),
    lastAnsweredMs: Moment.nullable(),
    callMs: z
      .object({ p50: z.int(), p99: z.int() })
      .nullable()
      .meta({ description: 'How long the last 500 calls took; null before the first.' }),
    counts: z
      .record(z.string(), z.int())
      .meta({ description: 'Calls since the start of central by what came of them.' }),
  })
  .meta({ id: 'Processor' });
const Processors = z.object({ items: z.array(Processor) });

export function processorRoutes(processors: () => ProcessorView[]): Route[] {
  return [
    route({
      id: 'listProcessors',
      method: 'GET',
      path: '/v1/processors',
      summary: 'How each processor stands: breaker, calls on their way, what came of the calls',
      action: 'charging.read',
      answer: Processors,
      example: {
        items: [
          {
            name: 'stripe',
            breaker: 'closed' as const,
            sinceMs: 1_795_000_000_000,
            inFlight: 3,
            placesMax: 64,
            lastAnsweredMs: 1_795_000_060_000,
            callMs: { p50: 210, p99: 840 },
            counts: { approved: 1041, declined: 17, unknown: 1 },
          },
        ],
      },
      handle: async () => ({ items: processors() }),
    }),
  ];
}
