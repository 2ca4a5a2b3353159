// The routes of rollouts: made, looked at, paused, gone on with and aborted; the labels they choose by, and the releases.
import * as z from 'zod';
import { Text } from '../../contract/id.ts';
import { unreachable } from '../../kit/assert.ts';
import { found, ProblemError } from '../http/problems.ts';
import { NumberParams, PageQuery } from '../http/query.ts';
import { type Route, route } from '../http/route.ts';
import type { LedgerPort } from '../ledger/port.ts';
import {
  ApplianceLabels,
  Release,
  Rollout,
  RolloutBoxPage,
  RolloutEventPage,
  RolloutPage,
  sampleBox,
  sampleEvent,
  sampleRelease,
  sampleRollout,
} from './answers.ts';
import { createRollout } from './create.ts';
import { boxStates } from './next.ts';
import { Change, Plan, Target } from './plan.ts';
import type { RolloutActed, RolloutCalls, RolloutCreated, RolloutView } from './port.ts';
import { createdWords, notNowWords } from './words.ts';

const NewRollout = z.strictObject({
  change: Change,
  target: Target.default({}).meta({
    description: 'Everything named must hold; nothing named is every appliance.',
  }),
  plan: Plan.prefault({}),
});
const RolloutStep = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('pause'), version: z.int().min(1), reason: Text(500) }),
  z.strictObject({ kind: z.literal('resume'), version: z.int().min(1), reason: Text(500) }),
  z.strictObject({
    kind: z.literal('abort'),
    version: z.int().min(1),
    reason: Text(500),
    boxes: z
      .enum(['keep', 'return'])
      .meta({ description: 'Those that have it keep it, or get back what they had.' }),
  }),
]);
const BoxesQuery = PageQuery.extend({ state: z.enum(boxStates).optional() });
const Id = z.object({ id: z.string() });

export function rolloutRoutes(
  store: Pick<
    LedgerPort,
    Exclude<keyof RolloutCalls, 'turnRollout' | 'openRollouts' | 'addRelease'> | 'cataloguePiece'
  >,
  parts: { onRollout?: () => void },
): Route[] {
  return [
    route({
      id: 'createRollout',
      method: 'POST',
      path: '/v1/rollouts',
      summary:
        'Begin to bring a policy, flags, a configuration, a catalogue or a release to appliances, the canary first',
      action: 'rollout.manage',
      status: 201,
      body: NewRollout,
      bodyExample: {
        change: { kind: 'flags', flags: { 'new-slip': { shareBasisPoints: 10_000 } } },
        target: { labels: { group: 'city' } },
        plan: { stagesPercent: [10, 50, 100] },
      },
      answer: Rollout,
      example: sampleRollout,
      problems: ['not_found', 'rollout_refused'],
      async handle({ body, by }) {
        const rollout = created(await createRollout(store, body, by));
        parts.onRollout?.();
        return rollout;
      },
    }),
    route({
      id: 'listRollouts',
      method: 'GET',
      path: '/v1/rollouts',
      summary: 'List rollouts, the newest first',
      action: 'rollout.read',
      query: PageQuery,
      answer: RolloutPage,
      example: { items: [sampleRollout], nextCursor: null },
      handle: ({ query: { cursor, limit } }) => store.rollouts({ cursor: cursor ?? null, limit }),
    }),
    route({
      id: 'readRollout',
      method: 'GET',
      path: '/v1/rollouts/:number',
      summary: 'Read how far a rollout is, stage by stage',
      action: 'rollout.read',
      params: NumberParams,
      answer: Rollout,
      example: sampleRollout,
      problems: ['not_found'],
      handle: async ({ params: { number } }) => found(await store.rollout(number), 'rollout'),
    }),
    route({
      id: 'listRolloutBoxes',
      method: 'GET',
      path: '/v1/rollouts/:number/boxes',
      summary: 'List the appliances of a rollout in the order in which they get it',
      action: 'rollout.read',
      params: NumberParams,
      query: BoxesQuery,
      answer: RolloutBoxPage,
      problems: ['not_found'],
      example: { items: [sampleBox], nextCursor: null },
      async handle({ params: { number }, query: { state, cursor, limit } }) {
        found(await store.rollout(number), 'rollout');
        return store.rolloutBoxes({ number, state: state ?? null, after: cursor ?? -1, limit });
      },
    }),
    route({
      id: 'listRolloutEvents',
      method: 'GET',
      path: '/v1/rollouts/:number/events',
      summary: 'List what happened in a rollout, in its order',
      action: 'rollout.read',
      params: NumberParams,
      query: PageQuery,
      answer: RolloutEventPage,
      problems: ['not_found'],
      example: { items: [sampleEvent], nextCursor: null },
      async handle({ params: { number }, query: { cursor, limit } }) {
        found(await store.rollout(number), 'rollout');
        return store.rolloutEvents({ number, after: cursor ?? 0, limit });
      },
    }),
    route({
      id: 'stepRollout',
      method: 'POST',
      path: '/v1/rollouts/:number/steps',
      summary: 'Pause a rollout, go on with it, or abort it',
      action: 'rollout.manage',
      params: NumberParams,
      body: RolloutStep,
      bodyExample: { kind: 'abort', version: 3, reason: 'wrong limits', boxes: 'return' },
      answer: Rollout,
      example: {
        ...sampleRollout,
        version: 4,
        state: 'paused',
        reason: { code: 'by_hand', words: 'lunch hour' },
      },
      problems: ['not_found', 'rollout_changed', 'rollout_refused'],
      async handle({ params: { number }, body: { version, ...act }, by }) {
        const rollout = acted(await store.actOnRollout({ number, version, act }, by), act.kind);
        parts.onRollout?.();
        return rollout;
      },
    }),
    route({
      id: 'listReleases',
      method: 'GET',
      path: '/v1/releases',
      summary: 'List the releases that can be rolled out, the newest first',
      action: 'rollout.read',
      answer: z.object({ items: z.array(Release) }),
      example: { items: [sampleRelease] },
      handle: async () => ({ items: await store.releases() }),
    }),
    route({
      id: 'readLabels',
      method: 'GET',
      path: '/v1/appliances/:id/labels',
      summary: 'Read the labels of an appliance',
      action: 'fleet.read',
      params: Id,
      answer: ApplianceLabels,
      example: { labels: { group: 'city' } },
      problems: ['not_found'],
      handle: async ({ params: { id } }) => ({ labels: found(await store.labels(id), 'appliance') }),
    }),
    route({
      id: 'setLabels',
      method: 'PUT',
      path: '/v1/appliances/:id/labels',
      summary: 'Give an appliance these labels in place of those it has',
      action: 'appliance.manage',
      params: Id,
      body: z.strictObject({ labels: ApplianceLabels.shape.labels }),
      bodyExample: { labels: { group: 'city' } },
      answer: ApplianceLabels,
      example: { labels: { group: 'city' } },
      problems: ['not_found'],
      async handle({ params: { id }, body: { labels }, by }) {
        if ((await store.setLabels(id, labels, by)) === 'set') return { labels };
        throw new ProblemError('not_found', 'No appliance has that id.');
      },
    }),
  ];
}

const unknown: ReadonlySet<RolloutCreated['kind']> = new Set([
  'appliance_unknown',
  'release_unknown',
  'draft_unknown',
]);

function created(said: RolloutCreated): RolloutView {
  if (said.kind === 'created') return said.rollout;
  throw new ProblemError(
    unknown.has(said.kind) ? 'not_found' : 'rollout_refused',
    createdWords(said).message,
  );
}

function acted(said: RolloutActed, verb: string): RolloutView {
  switch (said.kind) {
    case 'acted':
      return said.rollout;
    case 'rollout_unknown':
      throw new ProblemError('not_found', 'No rollout has that number.');
    case 'changed':
      throw new ProblemError(
        'rollout_changed',
        `It is at version ${said.version} now: look again, then say that version.`,
      );
    case 'not_now':
      throw new ProblemError('rollout_refused', notNowWords(verb, said.state));
    default:
      return unreachable(said);
  }
}
