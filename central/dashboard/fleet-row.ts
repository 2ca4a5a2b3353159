// A row of the fleet's list, made of what is known of the appliance, and when a viewer is told of another one. Pure.
import * as z from 'zod';
import type { FleetMember } from '../fleet/answers.ts';
import { Moment } from '../http/fields.ts';
import { type FleetRow, rowStates } from './said/row.ts';

export const FleetRowAnswer: z.ZodType<FleetRow> = z
  .object({
    id: z.string(),
    site: z.string().nullable(),
    state: z.enum(rowStates),
    sinceMs: Moment.nullable().meta({ description: 'Of the state, where it has a beginning.' }),
    conditions: z.array(z.string()).meta({ description: 'By name.' }),
    unreceived: z
      .int()
      .nullable()
      .meta({ description: 'Entries it wrote that are not here; of a silent one at least.' }),
    exposureMinor: z.int().nullable().meta({ description: 'By its last word; of a silent one at least.' }),
    currency: z.string().nullable(),
    release: z.string().nullable(),
    lastProofMs: Moment.nullable().meta({ description: 'When it was last heard.' }),
    certificateEndsMs: Moment.nullable(),
  })
  .meta({ id: 'FleetRow' });

export function rowOf({ id, site, state, release, report, lastProofMs }: FleetMember): FleetRow {
  const exposure = state.kind === 'silent' ? state.exposure : (report?.exposure ?? null);
  const known = exposure !== null && exposure.currency !== null;
  return {
    id,
    site,
    state: state.kind,
    sinceMs: 'sinceMs' in state ? state.sinceMs : null,
    conditions: 'conditions' in state ? state.conditions.map(({ code }) => code) : [],
    unreceived:
      state.kind === 'silent'
        ? state.unreceivedAtLeast
        : report && Math.max(0, report.journal.lastSeq - report.journal.receivedThrough),
    exposureMinor: known ? exposure.totalMinor : null,
    currency: known ? exposure.currency : null,
    release,
    lastProofMs,
    certificateEndsMs: report?.certificateEndsMs ?? null,
  };
}

/** How far apart two last words of a box that is heard may be before a viewer is told. */
const proofMsGrain = 60_000;

/** Whether a viewer would see it: a box that only spoke again is no news for a while. */
export function isNews(before: FleetRow | undefined, after: FleetRow): boolean {
  if (!before) return true;
  if ((after.lastProofMs ?? 0) - (before.lastProofMs ?? 0) >= proofMsGrain) return true;
  const seen = ({ lastProofMs: _, ...row }: FleetRow) => JSON.stringify(row);
  return seen(before) !== seen(after);
}
