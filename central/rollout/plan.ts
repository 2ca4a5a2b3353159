// What a rollout is told when it is made: what it brings, to whom, in which steps, and by what it is judged. The defaults are
// the careful ones.
import * as z from 'zod';
import { RemoteConfiguration } from '../../contract/configuration.ts';
import { ApplianceId, Text } from '../../contract/id.ts';
import { Policy } from '../../contract/policy.ts';
import { ReleaseName } from '../../contract/release.ts';

const Percent = z.int().min(0).max(100);
const Minutes = (usual: number) =>
  z
    .int()
    .min(0)
    .max(60 * 24 * 31)
    .default(usual);

const labelNamePattern = /^[a-z][a-z0-9_-]{0,31}$/;
export const LabelName = z
  .string()
  .regex(labelNamePattern, { error: 'use a small letter, then small letters, digits, - and _' });
export const Labels = z
  .record(LabelName, Text(64))
  .refine((labels) => Object.keys(labels).length <= 32, { error: 'use at most 32 labels' });
export type Labels = z.infer<typeof Labels>;

/** Everything that is named must hold; nothing named: every appliance that is let in. */
export const Target = z.strictObject({
  sites: z.array(Text(64)).min(1).max(1000).optional(),
  labels: Labels.optional(),
  appliances: z.array(ApplianceId).min(1).max(10_000).optional(),
});
export type Target = z.infer<typeof Target>;

export const Change = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('policy'), policy: Policy }),
  /** The policy in force, with these flags in place of its own. */
  z.strictObject({ kind: z.literal('flags'), flags: Policy.shape.flags.unwrap() }),
  /** What central sets of the boxes' own configuration, whole. */
  z.strictObject({ kind: z.literal('configuration'), values: RemoteConfiguration }),
  /** A draft of the catalogue, by its number. */
  z.strictObject({ kind: z.literal('catalogue'), draft: z.int().min(1) }),
  z.strictObject({
    kind: z.literal('release'),
    release: ReleaseName,
    /** Whether a box may change over while its shop is open; in any case not while somebody is at a kiosk. */
    anyHour: z.boolean().default(false),
  }),
]);
export type Change = z.infer<typeof Change>;

export const Plan = z
  .strictObject({
    /** Who is first: so many, or these. */
    canary: z
      .union([
        z.strictObject({ count: z.int().min(1).max(1000) }),
        z.strictObject({ appliances: z.array(ApplianceId).min(1).max(1000) }),
      ])
      .default({ count: 1 }),
    /** After the canary, each the share of the target that has it then. */
    stagesPercent: z
      .array(Percent.min(1))
      .max(20)
      .default([10, 50, 100])
      .refine((shares) => shares.every((share, i) => share > (shares[i - 1] ?? 0)), {
        error: 'use shares that grow, such as 10, 50, 100',
      }),
    /** A stage is over when so many of its boxes proved that they run it … */
    confirmedPercentMin: Percent.default(90),
    /** … and that share has been reached for so long. */
    soakMinutes: Minutes(30),
    /** More that could not take it end the stage. */
    failedPercentMax: Percent.default(2),
    /** More declined or refused checkouts, in points above those of the boxes that do not have it yet; null: not looked at. */
    declinesPointsMax: Percent.nullable().default(5),
    /** On either side, before declines say anything. */
    checkoutsMin: z.int().min(1).max(1_000_000).default(50),
    /** More requests of kiosks that boxes failed on, in points above those of the boxes that do not have it yet; null: not looked at. */
    errorsPointsMax: Percent.nullable().default(2),
    /** On either side, before errors say anything. */
    requestsMin: z.int().min(1).max(1_000_000).default(200),
    /** Whether a box counts only after a synthetic checkout went through it since. */
    probe: z.enum(['required', 'ignored']).default('ignored'),
    /** What is done when a bound is passed. */
    onFailure: z.enum(['pause', 'roll_back']).default('roll_back'),
    /** A box that has proved nothing for so long is not waited for. */
    silentMinutesMax: Minutes(24 * 60),
  })
  .refine(({ stagesPercent }) => stagesPercent.at(-1) === undefined || stagesPercent.at(-1) === 100, {
    error: 'let the last stage be 100, or give none: then the canary is all',
    path: ['stagesPercent'],
  });
export type Plan = z.infer<typeof Plan>;

/** How many boxes have it when a stage is whole. Stage 0 is the canary. */
export function stageSize({ canary, stagesPercent }: Plan, stage: number, boxes: number): number {
  const first = Math.min(boxes, 'count' in canary ? canary.count : canary.appliances.length);
  if (stage === 0) return first;
  return Math.max(first, Math.ceil((boxes * (stagesPercent[stage - 1] ?? 100)) / 100));
}

export function lastStage({ stagesPercent }: Plan): number {
  return stagesPercent.length;
}
