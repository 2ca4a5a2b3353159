// What the fleet's routes answer, as schemas.
import * as z from 'zod';
import { HealthReport } from '../../contract/health.ts';
import { Moment, pageOf } from '../http/fields.ts';

const Conditions = z.array(z.object({ code: z.string(), sinceMs: Moment }));

const State = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('retired'),
    how: z.enum(['revoked', 'replaced', 'retired']),
    sinceMs: Moment,
  }),
  z.object({ kind: z.literal('never_seen') }),
  z.object({
    kind: z.literal('silent'),
    sinceMs: Moment,
    unreceivedAtLeast: z
      .int()
      .meta({ description: 'Entries it had written by its last word, and that are not here.' }),
    exposure: HealthReport.shape.exposure
      .nullable()
      .meta({ description: 'By its last report; null: it never sent one.' }),
  }),
  z.object({ kind: z.literal('selling_offline'), sinceMs: Moment, conditions: Conditions }),
  z.object({ kind: z.literal('degraded'), conditions: Conditions }),
  z.object({ kind: z.literal('selling_online') }),
  z.object({ kind: z.literal('not_reporting') }),
]);

export const FleetMember = z
  .object({
    id: z.string(),
    site: z.string().nullable(),
    state: State,
    lastProofMs: Moment.nullable().meta({ description: 'When it was last heard, by whatever; null: never.' }),
    connected: z
      .boolean()
      .nullable()
      .meta({ description: 'Its connection stands; null: the broker is another’s and does not say.' }),
    release: z.string().nullable().meta({ description: 'By its last word.' }),
    report: HealthReport.omit({ doctor: true })
      .nullable()
      .meta({ description: 'The newest; null: none was heard.' }),
    reportHeardMs: Moment.nullable(),
  })
  .meta({ id: 'FleetMember' });
export type FleetMember = z.infer<typeof FleetMember>;
export const FleetPage = pageOf(FleetMember, z.string()).meta({ id: 'FleetPage' });
