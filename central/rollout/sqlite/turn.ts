// One turn of a rollout: reads what is known, asks the pure rule, and carries its steps out, all in one transaction.
import type Database from 'better-sqlite3';
import { present, unreachable } from '../../../kit/assert.ts';
import type { By } from '../../people/actor.ts';
import { next, type RolloutFacts, type Step } from '../next.ts';
import type { RolloutCalls, RolloutEvent, Said } from '../port.ts';
import type { BoxTable } from './boxes.ts';
import type { Changes } from './changes.ts';
import type { Rollout, RolloutTable } from './rollouts.ts';
import type { SalesCount } from './sales.ts';

type BoxRow = ReturnType<BoxTable['all']>[number];

export function createTurn(
  db: Database.Database,
  parts: { rollouts: RolloutTable; boxes: BoxTable; changes: Changes; sales: SalesCount },
): Pick<RolloutCalls, 'turnRollout'> & { superseded(version: number, by: By): void } {
  const { rollouts, boxes, changes, sales } = parts;
  const release = db.prepare('DELETE FROM rollout_document WHERE rollout = ?');
  const strangers = db
    .prepare<[number], number>(
      `SELECT ref FROM appliance WHERE NOT EXISTS (
         SELECT 1 FROM rollout_box WHERE rollout = ? AND appliance_ref = appliance.ref)`,
    )
    .pluck();
  const livePolicy = db
    .prepare<[], number>(`SELECT number FROM rollout WHERE ended_ms IS NULL AND lane = 'policy'`)
    .pluck();

  function factsOf(rollout: Rollout, rows: readonly BoxRow[], said: ReadonlyMap<string, Said>): RolloutFacts {
    const { number, change, plan, state, stage } = rollout;
    const proofs = new Map(
      rows.flatMap((box) => {
        const word = said.get(box.applianceId);
        return word ? [[box.ref, changes.proofOf(number, change, plan, box, word)] as const] : [];
      }),
    );
    return { state, stage, plan, boxes: rows, proofs, sales: rollout.sales };
  }

  function carryOut(rollout: Rollout, step: Step, boxOf: (ref: number) => BoxRow, by: By): Rollout {
    const { number, change } = rollout;
    switch (step.kind) {
      case 'box':
        boxes.move(number, step.ref, step.state, by.nowMs, step.state === 'failed' ? step.reason : undefined);
        return rollout;
      case 'give':
        for (const ref of step.refs)
          boxes.told(number, ref, 'given', changes.give(rollout, boxOf(ref), by.nowMs), by.nowMs);
        return rollout;
      case 'take_back':
        for (const ref of step.refs)
          boxes.told(number, ref, 'returning', changes.takeBack(number, change, boxOf(ref)), by.nowMs);
        return rollout;
      case 'stage':
        return saved({ ...rollout, stage: step.stage }, by, { kind: 'stage', stage: step.stage });
      case 'pause':
        return saved({ ...rollout, state: 'paused', reason: step.reason }, by, step);
      case 'roll_back': {
        const prepared = changes.prepareBack(change);
        rollouts.hold(number, changes.documentsOf(prepared));
        boxes.moveAll(number, 'waiting', 'spared', by.nowMs);
        return saved({ ...rollout, change: prepared, state: 'rolling_back', reason: step.reason }, by, step);
      }
      case 'end':
        if (step.state === 'done') promote(rollout);
        boxes.moveAll(number, 'waiting', 'spared', by.nowMs);
        return saved({ ...rollout, state: step.state, endedMs: by.nowMs }, by, step);
      default:
        return unreachable(step);
    }
  }

  const saved = (changed: Rollout, by: By, what: RolloutEvent['what']): Rollout => {
    rollouts.save(changed, by, what);
    return { ...changed, version: changed.version + 1 };
  };

  /** What everybody was to get is in force for everybody: newcomers get it, and so do those who came meanwhile. */
  function promote({ number, change, target, plan }: Rollout): void {
    const whole = !target.sites && !target.labels && !target.appliances && plan.stagesPercent.length > 0;
    if (!whole || change.kind === 'release') return;
    release.run(number);
    for (const ref of strangers.all(number)) changes.giveNewcomer(change, ref);
  }

  return {
    turnRollout({ number, said }, nowMs) {
      const found = rollouts.find(number);
      if (!found || found.endedMs !== null) return { more: false };
      const counted = sales.goOn(number, found.sales, nowMs);
      if (counted.throughRef !== found.sales.throughRef) rollouts.saveSales(number, counted);
      const rollout = { ...found, sales: counted };
      const by: By = { actor: { kind: 'central', rule: 'rollout' }, nowMs };
      const rows = boxes.all(number);
      const byRef = new Map(rows.map((row) => [row.ref, row]));
      const boxOf = (ref: number) => present(byRef.get(ref), 'the box of a step');
      const steps = next(factsOf(rollout, rows, said), nowMs);
      steps.reduce((now, step) => carryOut(now, step, boxOf, by), rollout);
      if (steps.length > 0) rollouts.recount(number);
      // Of many boxes the rest comes at once; a proof takes its time anyway.
      return { more: steps.some((step) => atOnce.has(step.kind)) };
    },
    superseded(version, by) {
      for (const number of livePolicy.all()) {
        const found = rollouts.find(number);
        if (!found) continue;
        for (const from of ['waiting', 'given', 'returning'] as const)
          boxes.moveAll(number, from, superseding[from], by.nowMs);
        const reason = { code: 'superseded' as const, version };
        saved({ ...found, state: 'superseded', reason, endedMs: by.nowMs }, by, {
          kind: 'supersede',
          version,
        });
        rollouts.recount(number);
      }
    },
  };
}

const superseding = { waiting: 'spared', given: 'timed_out', returning: 'return_timed_out' } as const;
const atOnce: ReadonlySet<Step['kind']> = new Set(['give', 'take_back', 'stage', 'pause', 'roll_back']);
