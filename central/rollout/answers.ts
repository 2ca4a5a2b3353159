// What the routes of rollouts answer, as schemas, and a rollout as the description of the interface shows it.
import * as z from 'zod';
import { Moment, pageOf } from '../http/fields.ts';
import { Actor } from '../people/actor-schema.ts';
import { boxStates, rolloutStates } from './next.ts';
import { Labels, Plan, Target } from './plan.ts';
import type { ReleaseView, RolloutBoxView, RolloutEvent, RolloutView } from './port.ts';

const Sales = z.object({ checkouts: z.int(), declined: z.int() });
const Answers = z.object({ requests: z.int(), errors: z.int() });

const VersionFor = z.array(z.object({ before: z.int(), version: z.int() }));
const ChangeView = z.discriminatedUnion('kind', [
  z.object({
    kind: z.enum(['policy', 'flags', 'configuration', 'catalogue']),
    version: z.int(),
    brings: VersionFor.meta({ description: 'Which version goes to boxes by the one they had.' }),
    backs: VersionFor.meta({
      description: 'Which version brings that back to them; empty: none was needed.',
    }),
  }),
  z.object({ kind: z.literal('release'), release: z.string(), anyHour: z.boolean() }),
]);

const Reason = z.object({
  code: z
    .enum([
      'boxes_failed',
      'too_few_confirmed',
      'declines_above_control',
      'errors_above_control',
      'by_hand',
      'superseded',
    ])
    .meta({ description: 'Further fields say what was counted, or what somebody said.' }),
  failed: z.int().optional(),
  of: z.int().optional(),
  confirmed: z.int().optional(),
  percent: z.number().optional(),
  controlPercent: z.number().optional(),
  words: z.string().optional(),
  boxes: z.enum(['keep', 'return']).optional(),
  version: z.int().optional(),
});

export const Rollout = z
  .object({
    number: z.int(),
    version: z.int().meta({ description: 'To be said with every step; each step makes it another.' }),
    change: ChangeView,
    target: Target,
    plan: z.object(Plan.shape),
    state: z.enum(rolloutStates),
    reason: Reason.nullable(),
    stage: z.int().meta({ description: 'The stage at work; 0 is the canary.' }),
    stages: z.array(
      z.object({
        boxes: z.int(),
        has: z.int().meta({ description: 'It stands in their feeds.' }),
        confirmed: z.int().meta({ description: 'They proved that they run it.' }),
        failed: z.int(),
        timedOut: z.int(),
        returned: z.int().meta({ description: 'They proved that they run what they had before.' }),
      }),
    ),
    counts: z.object(
      Object.fromEntries(boxStates.map((state) => [state, z.int()])) as Record<
        (typeof boxStates)[number],
        z.ZodInt
      >,
    ),
    sales: z.object({ with: Sales, without: Sales }).meta({
      description: 'Checkouts of boxes that proved that they run it, and of those that wait for it.',
    }),
    answers: z.object({ with: Answers, without: Answers }).meta({
      description:
        'Requests of kiosks at the same boxes by what these say, and how many of them the box failed on.',
    }),
    madeMs: Moment,
    madeBy: Actor,
    endedMs: Moment.nullable(),
  })
  .meta({ id: 'Rollout' });
export const RolloutPage = pageOf(Rollout, z.int()).meta({ id: 'RolloutPage' });

const RolloutBox = z.object({
  applianceId: z.string(),
  site: z.string().nullable(),
  place: z.int().meta({ description: 'In the order in which they get it, from 0.' }),
  state: z.enum(boxStates),
  sinceMs: Moment.nullable(),
  pardoned: z.boolean().meta({ description: 'Somebody saw what became of it, and went on.' }),
  reason: z.string().nullable(),
});
export const RolloutBoxPage = pageOf(RolloutBox, z.int()).meta({ id: 'RolloutBoxPage' });

const Event = z.object({
  number: z.int(),
  atMs: Moment,
  actor: Actor,
  what: z.looseObject({ kind: z.string() }),
});
export const RolloutEventPage = pageOf(Event, z.int()).meta({ id: 'RolloutEventPage' });

export const Release = z
  .object({
    name: z.string(),
    addedMs: Moment,
    files: z.array(z.object({ architecture: z.enum(['x64', 'arm64']), sha256: z.string(), bytes: z.int() })),
  })
  .meta({ id: 'Release' });

export const ApplianceLabels = z.object({ labels: Labels });

const atMs = 1_795_000_000_000;
const by = {
  kind: 'key' as const,
  name: 'ann-laptop',
  role: 'admin' as const,
  from: '10.20.0.7',
  owner: 'ann',
};
const noBoxes = Object.fromEntries(boxStates.map((state) => [state, 0])) as RolloutView['counts'];

const noneLost = { failed: 0, timedOut: 0, returned: 0 };

export const sampleRollout: RolloutView = {
  number: 12,
  version: 3,
  change: { kind: 'policy', version: 8, brings: [{ before: 7, version: 8 }], backs: [] },
  target: { labels: { group: 'city' } },
  plan: Plan.parse({}),
  state: 'running',
  reason: null,
  stage: 1,
  stages: [
    { boxes: 1, has: 1, confirmed: 1, ...noneLost },
    { boxes: 3, has: 3, confirmed: 2, ...noneLost },
    { boxes: 16, has: 0, confirmed: 0, ...noneLost },
    { boxes: 20, has: 0, confirmed: 0, ...noneLost },
  ],
  counts: { ...noBoxes, waiting: 36, given: 1, confirmed: 3 },
  sales: { with: { checkouts: 120, declined: 4 }, without: { checkouts: 1400, declined: 51 } },
  answers: { with: { requests: 2400, errors: 3 }, without: { requests: 31_000, errors: 40 } },
  madeMs: atMs,
  madeBy: by,
  endedMs: null,
};
export const sampleBox: RolloutBoxView = {
  applianceId: 'leeds-1',
  site: 'leeds',
  place: 0,
  state: 'confirmed',
  sinceMs: atMs + 60_000,
  pardoned: false,
  reason: null,
};
export const sampleEvent: RolloutEvent = {
  number: 2,
  atMs: atMs + 3_600_000,
  actor: { kind: 'central', rule: 'rollout' },
  what: { kind: 'stage', stage: 1 },
};
export const sampleRelease: ReleaseView = {
  name: '0.2.0',
  addedMs: atMs,
  files: [{ architecture: 'arm64', sha256: 'd5'.repeat(32), bytes: 104_857_600 }],
};
