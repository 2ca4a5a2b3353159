// Whatever boxes prove, fail and keep silent about: a rollout never gives it to more than its stage, ends, and calls nothing
// confirmed that proved nothing.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Box, boxStates, next, type Proof, type RolloutFacts, type Step } from './next.ts';
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
  facts: RolloutFacts;
  nowMs: number;
  turnsSinceTold: Map<number, number>;
  proved: Set<number>;
  ended: boolean;
}

function play(plan: Plan, conducts: readonly Conduct[], check: (world: World, steps: Step[]) => void): World {
  const none = { checkouts: 0, declined: 0 };
  const world: World = {
    facts: {
      state: 'running',
      stage: 0,
      plan,
      boxes: conducts.map((_, i) => ({ ref: i, place: i, state: 'waiting', sinceMs: null, pardoned: false })),
      proofs: new Map(),
      sales: { with: none, without: none },
    },
    nowMs: 0,
    turnsSinceTold: new Map(),
    proved: new Set(),
    ended: false,
  };
  for (let turn = 0; turn < 1000 && !world.ended; turn++) {
    world.facts = { ...world.facts, proofs: proofsOf(world, conducts) };
    const steps = next(world.facts, world.nowMs);
    for (const step of steps) apply(world, step);
    check(world, steps);
    world.nowMs += minuteMs;
    for (const [ref, turns] of world.turnsSinceTold) world.turnsSinceTold.set(ref, turns + 1);
    if (world.facts.state === 'paused' && steps.length === 0) resume(world);
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

function apply(world: World, step: Step): void {
  const { facts, nowMs } = world;
  const move = (refs: readonly number[], state: Box['state']) => {
    world.facts = {
      ...world.facts,
      boxes: world.facts.boxes.map((box) =>
        refs.includes(box.ref) ? { ...box, state, sinceMs: nowMs } : box,
      ),
    };
  };
  switch (step.kind) {
    case 'box':
      move([step.ref], step.state);
      return;
    case 'give':
    case 'take_back':
      for (const ref of step.refs) world.turnsSinceTold.set(ref, 0);
      move(step.refs, step.kind === 'give' ? 'given' : 'returning');
      return;
    case 'stage':
      world.facts = { ...facts, stage: step.stage };
      return;
    case 'pause':
      world.facts = { ...facts, state: 'paused' };
      return;
    case 'roll_back':
      world.facts = {
        ...facts,
        state: 'rolling_back',
        boxes: facts.boxes.map((box) => (box.state === 'waiting' ? { ...box, state: 'spared' } : box)),
      };
      return;
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
        play(plan, conducts, ({ proved }, steps) => {
          for (const step of steps) {
            if (step.kind !== 'box' || (step.state !== 'confirmed' && step.state !== 'returned')) continue;
            expect(proved.has(step.ref)).toBe(true);
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

describe('a rollout that ended', () => {
  it.each(['done', 'rolled_back', 'aborted', 'superseded'] as const)('as %s takes no step', (state) => {
    const boxes = boxStates.map((each, i) => ({
      ...{ ref: i, place: i, state: each, sinceMs: 0, pardoned: false },
    }));
    const none = { checkouts: 0, declined: 0 };
    const facts = { state, stage: 0, plan: Plan.parse({}), boxes, proofs: new Map() };
    expect(next({ ...facts, sales: { with: none, without: none } }, 1e12)).toEqual([]);
  });
});
