// Whatever boxes prove, fail and keep silent about: a rollout never gives it to more than its stage, ends, and calls nothing
// confirmed that proved nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noAnswers } from './count-answers.ts';
import {
  type Box,
  type BoxState,
  type BoxStep,
  boxesPerTurnMax,
  boxStates,
  goOn,
  hear,
  neededOf,
  type Proof,
  type RolloutFacts,
  type Standing,
  type Step,
} from './next.ts';
import { lastStage, Plan, stageSize } from './plan.ts';

const minuteMs = 60_000;

/** What one box does once it is told: prove it after so many turns, fail after so many, or nothing. */
type Conduct = { kind: 'proves' | 'fails'; afterTurns: number } | { kind: 'silent' };

const conduct: fc.Arbitrary<Conduct> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('proves' as const), afterTurns: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fails' as const), afterTurns: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'silent' as const }) },
);
const plans = fc
  .record({
    canary: fc.record({ count: fc.integer({ min: 1, max: 5 }) }),
    stagesPercent: fc.constantFrom([], [100], [10, 50, 100], [34, 100]),
    confirmedPercentMin: fc.integer({ min: 0, max: 100 }),
    failedPercentMax: fc.integer({ min: 0, max: 100 }),
    soakMinutes: fc.integer({ min: 0, max: 10 }),
    silentMinutesMax: fc.integer({ min: 1, max: 30 }),
    onFailure: fc.constantFrom('pause' as const, 'roll_back' as const),
  })
  .map((plan) => Plan.parse(plan));

interface World {
  facts: Omit<RolloutFacts, 'standing'> & { boxes: Box[] };
  nowMs: number;
  turnsSinceTold: Map<number, number>;
  proved: Set<number>;
  ended: boolean;
}

/** As the store counts it. */
function standingOf({ boxes, plan, stage }: World['facts']): Standing {
  const size = stageSize(plan, stage, boxes.length);
  const inStage = boxes.filter(({ place }) => place < size);
  const judged = inStage.filter(({ pardoned }) => !pardoned);
  const count = (of: readonly Box[], ...states: BoxState[]) =>
    of.filter(({ state }) => states.includes(state)).length;
  const some = (of: readonly Box[], ...states: BoxState[]) =>
    of.flatMap(({ ref, state }) => (states.includes(state) ? [ref] : [])).slice(0, boxesPerTurnMax);
  const times = judged.flatMap(({ state, sinceMs }) => (state === 'confirmed' ? [sinceMs ?? 0] : []));
  const needed = neededOf(plan, judged.length);
  const enough = needed === 0 ? 0 : times.sort((a, b) => a - b)[needed - 1];
  return {
    boxes: boxes.length,
    inStage: { given: count(inStage, 'given'), waiting: some(inStage, 'waiting') },
    judged: {
      boxes: judged.length,
      confirmed: count(judged, 'confirmed'),
      failed: count(judged, 'failed'),
      open: count(judged, 'given', 'waiting'),
    },
    enoughSinceMs: enough ?? null,
    ...{ waiting: count(boxes, 'waiting'), returning: count(boxes, 'returning') },
    having: some(boxes, 'given', 'confirmed', 'failed', 'timed_out'),
  };
}

function play(
  plan: Plan,
  conducts: readonly Conduct[],
  check: (world: World, steps: Step[], heard: BoxStep[]) => void,
): World {
  const none = { checkouts: 0, declined: 0 };
  const world: World = {
    facts: {
      state: 'running',
      stage: 0,
      plan,
      boxes: conducts.map((_, i) => ({ ref: i, place: i, state: 'waiting', sinceMs: null, pardoned: false })),
      sales: { with: none, without: none },
      answers: noAnswers(),
    },
    nowMs: 0,
    turnsSinceTold: new Map(),
    proved: new Set(),
    ended: false,
  };
  for (let turn = 0; turn < 1000 && !world.ended; turn++) {
    const heard = hear(world.facts, world.facts.boxes, proofsOf(world, conducts), world.nowMs);
    for (const { ref, state } of heard) move(world, [ref], state);
    const steps = goOn({ ...world.facts, standing: standingOf(world.facts) }, world.nowMs);
    for (const step of steps) apply(world, step);
    check(world, steps, heard);
    world.nowMs += minuteMs;
    for (const [ref, turns] of world.turnsSinceTold) world.turnsSinceTold.set(ref, turns + 1);
    if (world.facts.state === 'paused' && heard.length === 0) resume(world);
  }
  return world;
}

function proofsOf(world: World, conducts: readonly Conduct[]): Map<number, Proof> {
  const proofs = new Map<number, Proof>();
  for (const [ref, turns] of world.turnsSinceTold) {
    const does = conducts[ref];
    if (!does || does.kind === 'silent' || turns < does.afterTurns) continue;
    const back = world.facts.boxes[ref]?.state === 'returning';
    proofs.set(ref, does.kind === 'proves' || back ? { kind: 'runs' } : { kind: 'failed', reason: 'x' });
  }
  for (const [ref, { kind }] of proofs) if (kind === 'runs') world.proved.add(ref);
  return proofs;
}

/** Somebody looks at a pause and goes on. */
function resume(world: World): void {
  const seen = (box: Box) => box.state === 'failed' || box.state === 'timed_out';
  const boxes = world.facts.boxes.map((box) => (seen(box) ? { ...box, pardoned: true } : box));
  world.facts = { ...world.facts, state: 'running', boxes };
}

function move(world: World, refs: readonly number[], state: BoxState): void {
  const boxes = world.facts.boxes.map((box) =>
    refs.includes(box.ref) ? { ...box, state, sinceMs: world.nowMs } : box,
  );
  world.facts = { ...world.facts, boxes };
}

function apply(world: World, step: Step): void {
  const { facts } = world;
  switch (step.kind) {
    case 'give':
    case 'take_back':
      for (const ref of step.refs) world.turnsSinceTold.set(ref, 0);
      move(world, step.refs, step.kind === 'give' ? 'given' : 'returning');
      return;
    case 'stage':
      world.facts = { ...facts, stage: step.stage };
      return;
    case 'pause':
      world.facts = { ...facts, state: 'paused' };
      return;
    case 'roll_back':
      world.facts = { ...facts, state: 'rolling_back' };
      return;
    case 'spare': {
      // Some of them, as the store does.
      const waiting = facts.boxes.filter(({ state }) => state === 'waiting').slice(0, 3);
      move(
        world,
        waiting.map(({ ref }) => ref),
        'spared',
      );
      return;
    }
    case 'end':
      world.facts = { ...facts, state: step.state };
      world.ended = true;
  }
}

const had = (box: Box) => box.state !== 'waiting' && box.state !== 'spared';
const games = fc.tuple(plans, fc.array(conduct, { minLength: 1, maxLength: 30 }));

describe('a rollout, whatever its boxes do', () => {
  it('never gives it to more boxes than its stage has', () => {
    fc.assert(
      fc.property(games, ([plan, conducts]) => {
        play(plan, conducts, ({ facts }) => {
          const allowed = stageSize(plan, facts.stage, facts.boxes.length);
          expect(facts.boxes.filter(had).length).toBeLessThanOrEqual(allowed);
        });
      }),
    );
  });

  it('calls nothing confirmed or returned that proved nothing', () => {
    fc.assert(
      fc.property(games, ([plan, conducts]) => {
        play(plan, conducts, ({ proved }, _, heard) => {
          for (const { ref, state } of heard) {
            if (state === 'confirmed' || state === 'returned') expect(proved.has(ref)).toBe(true);
          }
        });
      }),
    );
  });

  it('ends, with no box on its way for ever', () => {
    fc.assert(
      fc.property(games, ([plan, conducts]) => {
        const { ended, facts } = play(plan, conducts, () => {});
        expect(ended).toBe(true);
        expect(facts.boxes.filter(({ state }) => state === 'given' || state === 'returning')).toEqual([]);
      }),
    );
  });

  it('goes to a wider stage only after the share of this one was confirmed for as long as was said', () => {
    fc.assert(
      fc.property(games, ([plan, conducts]) => {
        play({ ...plan, onFailure: 'roll_back' }, conducts, ({ facts, nowMs }, steps) => {
          if (!steps.some(({ kind }) => kind === 'stage')) return;
          const size = stageSize(plan, facts.stage - 1, facts.boxes.length);
          const soaked = facts.boxes.filter(
            ({ place, state, sinceMs }) =>
              place < size && state === 'confirmed' && nowMs - (sinceMs ?? 0) >= plan.soakMinutes * minuteMs,
          );
          expect(soaked.length * 100).toBeGreaterThanOrEqual(plan.confirmedPercentMin * size);
        });
      }),
    );
  });

  it('is done only when every box of the last stage was given it', () => {
    fc.assert(
      fc.property(games, ([plan, conducts]) => {
        const { facts } = play(plan, conducts, () => {});
        if (facts.state !== 'done') return;
        const size = stageSize(plan, lastStage(plan), facts.boxes.length);
        expect(facts.boxes.filter(({ place }) => place < size).every(had)).toBe(true);
      }),
    );
  });
});

const answered = fc.nat(5000).chain((requests) => fc.nat(requests).map((errors) => ({ requests, errors })));
const limited = fc.record({
  errorsPointsMax: fc.option(fc.nat(100)),
  requestsMin: fc.integer({ min: 1, max: 1000 }),
  onFailure: fc.constantFrom('pause' as const, 'roll_back' as const),
});

describe('the share of requests that boxes failed on', () => {
  it('stops a rollout where it is above that of the others by more than the bound, and where there were enough', () => {
    fc.assert(
      fc.property(limited, answered, answered, (limits, having, without) => {
        const plan = Plan.parse({ ...limits, soakMinutes: 0 });
        const boxes = Array.from({ length: 20 }, (_, i) => ({
          ...{ ref: i, place: i, sinceMs: 0, pardoned: false },
          state: i === 0 ? ('confirmed' as const) : ('waiting' as const),
        }));
        const none = { checkouts: 0, declined: 0 };
        const sales = { with: none, without: none };
        const answers = { with: having, without };
        const facts = { state: 'running' as const, stage: 0, plan, boxes, sales, answers };
        const [step] = goOn({ ...facts, standing: standingOf(facts) }, 1);
        const enough = having.requests >= plan.requestsMin && without.requests >= plan.requestsMin;
        // Without a division, as it would be said on paper.
        const [a, b] = [having.errors * without.requests, without.errors * having.requests];
        const points = plan.errorsPointsMax;
        const stops =
          points !== null && enough && (a - b) * 100 > points * having.requests * without.requests;
        if (!stops) expect(step).toEqual({ kind: 'stage', stage: 1 });
        else expect(step).toMatchObject({ kind: plan.onFailure, reason: { code: 'errors_above_control' } });
      }),
    );
  });
});

describe('a rollout that ended', () => {
  it.each(['done', 'rolled_back', 'aborted', 'superseded'] as const)('as %s takes no step', (state) => {
    const boxes = boxStates.map((each, i) => ({
      ...{ ref: i, place: i, state: each, sinceMs: 0, pardoned: false },
    }));
    const none = { checkouts: 0, declined: 0 };
    const sales = { with: none, without: none };
    const facts = { state, stage: 0, plan: Plan.parse({}), boxes, sales, answers: noAnswers() };
    expect(hear(facts, boxes, new Map(), 1e12)).toEqual([]);
    expect(goOn({ ...facts, standing: standingOf(facts) }, 1e12)).toEqual([]);
  });
});
