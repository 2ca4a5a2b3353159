// The route of intake: what was dropped at its door.
import * as z from 'zod';
import { type Route, route } from '../http/route.ts';
import type { IgnoredFrames } from './intake.ts';

const Ignored = z.object({
  items: z.array(
    z.object({
      applianceId: z.string(),
      frame: z.string(),
      reason: z.string(),
      times: z.int().meta({ description: 'Since the start of this process.' }),
    }),
  ),
});

export function intakeRoutes(ignored: () => IgnoredFrames[]): Route[] {
  return [
    route({
      id: 'listIgnoredFrames',
      method: 'GET',
      path: '/v1/intake/ignored',
      summary: 'List frames that were dropped since the start, by appliance and reason',
      action: 'fleet.read',
      answer: Ignored,
      example: {
        items: [{ applianceId: 'leeds-1', frame: 'entries', reason: 'signature_wrong', times: 3 }],
      },
      handle: async () => ({ items: ignored() }),
    }),
  ];
}
