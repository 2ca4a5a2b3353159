// One turn of a rollout: reads what is known, asks the pure rule, and carries its steps out, all in one transaction.
import type Database from 'better-sqlite3';
import { unreachable } from '../../../kit/assert.ts';
import type { By } from '../../people/actor.ts';
import { type AnswerCount, type Sides, sidesSum } from '../count-answers.ts';
import { type BoxStep, goOn, hear, type Step } from '../next.ts';
import type { RolloutCalls, RolloutEvent, Said } from '../port.ts';
import type { BoxTable } from './boxes.ts';
import type { Changes, Lane } from './changes.ts';
import type { Rollout, RolloutTable } from './rollouts.ts';
import type { SalesCount } from './sales.ts';

export function createTurn(
  db: Database.Database,
  parts: {
    rollouts: RolloutTable;
    boxes: BoxTable;
    changes: Changes;
    sales: SalesCount;
    answered: AnswerCount;
  },
): Pick<RolloutCalls, 'turnRollout'> & { superseded(lane: Lane, version: number, by: By): void } {
  const { rollouts, boxes, changes, sales, answered } = parts;
  const strangers = db
    .prepare<[number], number>(
      `SELECT ref FROM appliance WHERE NOT EXISTS (
         SELECT 1 FROM rollout_box WHERE rollout = ? AND appliance_ref = appliance.ref)`,
    )
    .pluck();
  const liveOf = db
    .prepare<[string], number>('SELECT number FROM rollout WHERE ended_ms IS NULL AND lane = ?')
    .pluck();

  /** Those whose figures are as their boxes are: what people are shown is counted once a round, for it reads every row. */
  const counted = new Set<number>();

  /** What some of its boxes proved; answers whether anything came of it. */
  function hearSome(rollout: Rollout, said: ReadonlyMap<string, Said>, nowMs: number): boolean {
    const { number, change, plan, state } = rollout;
    const rows = boxes.heard(number, [...said.keys()], nowMs - plan.silentMinutesMax * 60_000);
    answered.hear(
      number,
      rows.map(({ ref, state: is, applianceId }) => ({
        ...{ ref, state: is, said: said.get(applianceId)?.answers ?? null },
      })),
      nowMs,
    );
    const proofs = new Map(
      rows.flatMap((box) => {
        const word = said.get(box.applianceId);
        return word ? [[box.ref, changes.proofOf(number, change, plan, box, word)] as const] : [];
      }),
    );
    const steps: BoxStep[] = hear({ state, plan }, rows, proofs, nowMs);
    for (const step of steps)
      boxes.move(number, step.ref, step.state, nowMs, step.state === 'failed' ? step.reason : undefined);
    return steps.length > 0;
  }

  function countAnswers({ number, answers }: Rollout, nowMs: number): Sides {
    const since = answered.take(number, nowMs);
    if (!since) return answers;
    const sides = sidesSum(answers, since);
    rollouts.saveAnswers(number, sides);
    return sides;
  }

  function carryOut(rollout: Rollout, step: Step, by: By): void {
    const { number, change } = rollout;
    const some = (refs: readonly number[]) => refs.slice(0, changes.toldAtOnceMax(change));
    switch (step.kind) {
      case 'give':
        for (const box of boxes.those(number, some(step.refs)))
          boxes.told(number, box.ref, 'given', changes.give(rollout, box, by.nowMs), by.nowMs);
        return;
      case 'take_back':
        for (const box of boxes.those(number, some(step.refs)))
          boxes.told(number, box.ref, 'returning', changes.takeBack(number, change, box), by.nowMs);
        return;
      case 'spare':
        boxes.spare(number, by.nowMs);
        return;
      case 'stage':
        save({ ...rollout, stage: step.stage }, by, { kind: 'stage', stage: step.stage });
        return;
      case 'pause':
        save({ ...rollout, state: 'paused', reason: step.reason }, by, step);
        return;
      case 'roll_back': {
        const prepared = changes.prepareBack(number, change, by.nowMs);
        save({ ...rollout, change: prepared, state: 'rolling_back', reason: step.reason }, by, step);
        return;
      }
      case 'end':
        if (step.state === 'done') promote(rollout);
        save({ ...rollout, state: step.state, endedMs: by.nowMs }, by, step);
        changes.ended(change);
        answered.forget(number);
        return;
      default:
        unreachable(step);
    }
  }

  const save = (changed: Rollout, by: By, what: RolloutEvent['what']) => rollouts.save(changed, by, what);

  /** What everybody was to get is in force for everybody: newcomers get it, and so do those who came meanwhile. */
  function promote({ number, change, target, plan }: Rollout): void {
    const whole = !target.sites && !target.labels && !target.appliances && plan.stagesPercent.length > 0;
    if (!whole || change.kind === 'release') return;
    changes.release(change);
    for (const ref of strangers.all(number)) changes.giveNewcomer(change, ref);
  }

  return {
    turnRollout({ number, said }, nowMs) {
      const found = rollouts.find(number);
      if (!found || found.endedMs !== null) return { changed: false, more: false };
      if (changes.prepare(found.change, nowMs)) return { changed: false, more: true };
      const { counted: sold, more: moreSales } = sales.goOn(number, found.sales, nowMs);
      if (sold.throughRef !== found.sales.throughRef) rollouts.saveSales(number, sold);
      const by: By = { actor: { kind: 'central', rule: 'rollout' }, nowMs };
      const moved = hearSome(found, said, nowMs);
      const answers = countAnswers(found, nowMs);
      const rollout = { ...found, sales: sold, answers };
      const { state, stage, plan } = rollout;
      const standing = boxes.standing(number, plan, stage);
      const steps = goOn({ state, stage, plan, standing, sales: sold, answers }, nowMs);
      for (const step of steps) carryOut(rollout, step, by);
      const changed = moved || steps.length > 0;
      // Of many boxes the rest comes at once; a proof takes its time anyway.
      const more = moreSales || steps.some((step) => atOnce.has(step.kind));
      if (changed) counted.delete(number);
      // Whoever looks is told of new figures too: they may have read between the change and its count.
      const recounted = !more && !counted.has(number);
      if (recounted) {
        rollouts.recount(number);
        counted.add(number);
      }
      return { changed: changed || recounted, more };
    },
    superseded(lane, version, by) {
      for (const number of liveOf.all(lane)) {
        const found = rollouts.find(number);
        if (!found) continue;
        for (const from of ['waiting', 'given', 'returning'] as const)
          boxes.moveAll(number, from, superseding[from], by.nowMs);
        const reason = { code: 'superseded' as const, version };
        save({ ...found, state: 'superseded', reason, endedMs: by.nowMs }, by, {
          kind: 'supersede',
          version,
        });
        rollouts.recount(number);
        answered.forget(number);
      }
    },
  };
}

const superseding = { waiting: 'spared', given: 'timed_out', returning: 'return_timed_out' } as const;
const atOnce: ReadonlySet<Step['kind']> = new Set([
  'give',
  'take_back',
  'spare',
  'stage',
  'pause',
  'roll_back',
]);
