// A fleet with work on it, for pictures and for the judge of accessibility: alerts, rollouts, boxes on their way, and a past.
import { randomBytes, randomUUID } from 'node:crypto';
import { Plan } from '../../central/rollout/plan.ts';
import type { RolloutView, Said } from '../../central/rollout/port.ts';
import {
  bringBoxes,
  findWithDoctor,
  newRelease,
  offerRelease,
  oldRelease,
  sellAt,
  take,
  tellPast,
} from './boxes.ts';
import type { World } from './world.ts';

const dayMs = 86_400_000;

export async function showWork(world: World): Promise<void> {
  const ids = bringBoxes(world, 'Bath', 20, 1);
  bringBoxes(world, 'Derby', 4, 1, 15 * 60_000);
  offerRelease(world);
  comeBack(world, bringOut(world, { kind: 'release', release: newRelease, anyHour: false }));
  await goOn(world, bringOut(world, { kind: 'flags', flags: { 'new-slip': { shareBasisPoints: 10_000 } } }));
  tellPast(world, ids[0] ?? '', 6);
  tellPast(world, 'york-1', 6);
  const asked = askDoctor(world, 'bath-1');
  world.pass(9_000);
  findWithDoctor(world, 'bath-1', asked, '1.9 GiB of 29.0 GiB free');
  await world.watch();
  const { store, by } = world.inside;
  store.transaction(() => {
    for (const site of ['Bath', 'Derby']) {
      const code = { codeHash: new Uint8Array(randomBytes(32)), expiresMs: by().nowMs + 14 * dayMs };
      store.createEnrolment({ site, newSite: true, applianceId: null, ...code }, by());
    }
    const window = { fromMs: by().nowMs, untilMs: by().nowMs + dayMs / 6, reason: 'new power supply' };
    store.createMaintenance({ scope: { kind: 'site', site: 'York' }, ...window }, by());
  });
}

function askDoctor(world: World, applianceId: string): string {
  const { store, by } = world.inside;
  const wish = { applianceId, id: randomUUID(), untilMs: by().nowMs + 120_000, cameId: null };
  return store.transaction(() => store.askDoctor(wish, by()))?.id ?? '';
}

function bringOut(world: World, change: Parameters<World['inside']['store']['createRollout']>[0]['change']) {
  const { store, by } = world.inside;
  const plan = Plan.parse({ stagesPercent: [20, 60, 100], soakMinutes: 0 });
  const made = store.transaction(() =>
    store.createRollout({ change, target: { sites: ['Bath'] }, plan }, by()),
  );
  if (made.kind !== 'created') throw new Error(made.kind);
  return turn(world, made.rollout.number);
}

function turn(world: World, number: number, said: ReadonlyMap<string, Said> = new Map()): RolloutView {
  const { store, by } = world.inside;
  let left = 100;
  while (left-- > 0 && store.transaction(() => store.turnRollout({ number, said }, by().nowMs)).more);
  const view = store.rollout(number);
  if (!view) throw new Error('there is no such rollout');
  return view;
}

function given(world: World, number: number, state: 'given' | 'returning' | 'waiting'): string[] {
  const page = world.inside.store.rolloutBoxes({ number, state, after: -1, limit: 100 });
  return page.items.map(({ applianceId }) => applianceId);
}

function saying(policyVersion: number, slots: Said['slots'], answers: Said['answers'] = null): Said {
  const catalogue = { version: 1, incomplete: false };
  return { policyVersion, catalogue, release: oldRelease, slots, probe: null, answers };
}

/** The canary cannot start the release, and is what it was. */
function comeBack(world: World, { number }: RolloutView): void {
  const say = (slots: Said['slots'], ids: string[]) => {
    for (const id of ids) take(world, id);
    return new Map(ids.map((id) => [id, saying(1, slots)]));
  };
  const failed = { rollout: number, step: 'failed', reason: 'exits_at_once' };
  turn(world, number, say(failed, given(world, number, 'given')));
  turn(world, number, say(null, given(world, number, 'returning')));
}

/** The canary and the first stage prove it and sell beside the others, and half of the next has it. */
async function goOn(world: World, { number, change }: RolloutView): Promise<void> {
  const version = change.kind === 'release' ? 0 : change.version;
  const prove = (share: number) => {
    const all = given(world, number, 'given');
    const ids = all.slice(0, Math.ceil(all.length * share));
    for (const id of ids) take(world, id);
    turn(world, number, new Map(ids.map((id) => [id, saying(version, null)])));
    return ids;
  };
  const having = [...prove(1), ...prove(1)];
  const [sold, declined] = ['approved_offline', 'declined'] as const;
  for (const id of having) await sellAt(world, id, [...Array(14).fill(sold), declined]);
  const waiting = given(world, number, 'waiting');
  for (const id of waiting) await sellAt(world, id, [...Array(9).fill(sold)]);
  for (const id of waiting.slice(0, 3)) await sellAt(world, id, [declined]);
  for (const requests of [0, 120]) {
    const say = (more: number, errors: number) =>
      saying(version, null, { ...{ upMs: more, requests: more, errors } });
    const answered = [
      ...having.map((id) => [id, say(requests * 2, requests / 60)] as const),
      ...waiting.map((id) => [id, say(requests, requests / 120)] as const),
    ];
    world.pass(60_000);
    turn(world, number, new Map(answered));
  }
  prove(0.5);
}
