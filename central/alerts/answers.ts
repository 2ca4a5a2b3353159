// What the routes of alerts answer, as schemas.
import * as z from 'zod';
import { Moment, pageOf } from '../http/fields.ts';
import { Actor } from '../people/actor-schema.ts';

export const alertStates = ['open', 'acknowledged', 'cleared'] as const;

const fields = {
  number: z.int(),
  rule: z.string(),
  subject: z.string().meta({ description: '`appliance leeds-1`, `site leeds`, `fleet` or `central`.' }),
  site: z.string().nullable(),
  severity: z.enum(['warning', 'critical']),
  words: z.string(),
  state: z.enum(alertStates),
  openedMs: Moment,
  snoozedUntilMs: Moment.nullable(),
  escalatedMs: Moment.nullable(),
  clearedMs: Moment.nullable(),
  members: z
    .array(z.string())
    .meta({ description: 'The boxes it is about, the first thousand by their ids.' }),
  membersCount: z.int(),
};
export const AlertAnswer = z.object(fields).meta({ id: 'Alert' });
export const AlertPage = pageOf(AlertAnswer, z.int()).meta({ id: 'AlertPage' });
export const AlertWithEvents = z
  .object({
    ...fields,
    events: z.array(
      z.object({
        kind: z.enum(['opened', 'acknowledged', 'snoozed', 'escalated', 'cleared']),
        actor: Actor,
        note: z.string(),
        atMs: Moment,
      }),
    ),
  })
  .meta({ id: 'AlertWithEvents' });

export const Scope = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('all') }),
  z.strictObject({ kind: z.literal('site'), site: z.string().min(1).max(100) }),
  z.strictObject({ kind: z.literal('appliance'), applianceId: z.string().min(1).max(64) }),
]);
export const MaintenanceAnswer = z
  .object({
    number: z.int(),
    scope: Scope,
    fromMs: Moment,
    untilMs: Moment,
    reason: z.string(),
    by: Actor,
    endedMs: Moment.nullable().meta({ description: 'Ended before its time.' }),
  })
  .meta({ id: 'Maintenance' });
export const MaintenanceList = z
  .object({ items: z.array(MaintenanceAnswer) })
  .meta({ id: 'MaintenanceList' });

const atMs = 1_795_341_600_000;
export const alertSample: z.output<typeof AlertAnswer> = {
  number: 12,
  rule: 'silent',
  subject: 'appliance leeds-1',
  site: 'leeds',
  severity: 'critical',
  words: 'nothing heard; unreceived at least 4, exposure at least 12.00 GBP',
  state: 'open',
  openedMs: atMs,
  snoozedUntilMs: null,
  escalatedMs: null,
  clearedMs: null,
  members: ['leeds-1'],
  membersCount: 1,
};
export const alertWithEventsSample: z.output<typeof AlertWithEvents> = {
  ...alertSample,
  events: [
    { kind: 'opened', actor: { kind: 'central', rule: 'alerts.silent' }, note: alertSample.words, atMs },
  ],
};
export const maintenanceSample: z.output<typeof MaintenanceAnswer> = {
  number: 3,
  scope: { kind: 'site', site: 'leeds' },
  fromMs: atMs,
  untilMs: atMs + 7_200_000,
  reason: 'new power supply',
  by: { kind: 'command', user: 'ann', from: 'central' },
  endedMs: null,
};
