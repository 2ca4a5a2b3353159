// Rollouts as rows: made by people, acted on by people, each act with its place in the history and in the audit log.
import type Database from 'better-sqlite3';
import { present, unreachable } from '../../../kit/assert.ts';
import type { By } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import { type AnswerCount, noAnswers, type Sides } from '../count-answers.ts';
import type { RolloutState } from '../next.ts';
import { orderBoxes } from '../order-boxes.ts';
import { lastStage, stageSize } from '../plan.ts';
import type {
  EndReason,
  RolloutAct,
  RolloutActed,
  RolloutCalls,
  RolloutEvent,
  RolloutView,
} from '../port.ts';
import type { BoxTable } from './boxes.ts';
import { type Changes, laneOf } from './changes.ts';
import type { LabelTable } from './labels.ts';
import type { ReleaseTable } from './releases.ts';
import type { CountedSales, SalesCount } from './sales.ts';

/** A rollout as it lies here. */
export interface Rollout extends Omit<RolloutView, 'stages' | 'counts' | 'sales'> {
  sales: CountedSales;
  figures: Figures;
}

type Figures = Pick<RolloutView, 'stages' | 'counts'>;

export interface RolloutTable
  extends Pick<
    RolloutCalls,
    | 'createRollout'
    | 'rollouts'
    | 'rollout'
    | 'rolloutBoxes'
    | 'rolloutEvents'
    | 'actOnRollout'
    | 'openRollouts'
  > {
  find(number: number): Rollout | null;
  /** Keeps what changed, as an act by whoever it was. */
  save(changed: Rollout, by: By, what: RolloutEvent['what']): void;
  saveSales(number: number, sales: CountedSales): void;
  saveAnswers(number: number, answers: Sides): void;
  /** Boxes have moved: what is shown of them is counted anew. */
  recount(number: number): void;
}

type Row = Record<'change' | 'target' | 'plan' | 'sales' | 'answers' | 'figures' | 'madeBy', string> &
  Pick<Rollout, 'number' | 'version' | 'state' | 'stage' | 'madeMs' | 'endedMs'> & { reason: string | null };

const columns = `number, version, change, target, plan, state, reason, stage, sales, answers, figures, made_ms AS madeMs, made_by AS madeBy,
  ended_ms AS endedMs FROM rollout`;

export function createRolloutTable(
  db: Database.Database,
  parts: {
    audit: Audit;
    labels: LabelTable;
    boxes: BoxTable;
    changes: Changes;
    sales: SalesCount;
    answered: AnswerCount;
    releases: ReleaseTable;
  },
): RolloutTable {
  const { audit, labels, boxes, changes, sales, answered } = parts;
  const insert = db.prepare(
    `INSERT INTO rollout (change, target, plan, lane, state, sales, made_ms, made_by)
     VALUES (?, ?, ?, ?, 'running', ?, ?, ?)`,
  );
  const find = db.prepare<[number], Row>(`SELECT ${columns} WHERE number = ?`);
  const page = db.prepare<[number, number], Row>(
    `SELECT ${columns} WHERE number < ? ORDER BY number DESC LIMIT ?`,
  );
  const live = db
    .prepare<[], number>('SELECT number FROM rollout WHERE ended_ms IS NULL ORDER BY number')
    .pluck();
  const update = db.prepare(
    `UPDATE rollout SET version = @version, change = @change, state = @state, reason = @reason, stage = @stage,
       sales = @sales, answers = @answers, ended_ms = @endedMs WHERE number = @number`,
  );
  const saveFigures = db.prepare('UPDATE rollout SET figures = ? WHERE number = ?');
  const saveSales = db.prepare('UPDATE rollout SET sales = ? WHERE number = ?');
  const saveAnswers = db.prepare('UPDATE rollout SET answers = ? WHERE number = ?');
  const addEvent = db.prepare(
    `INSERT INTO rollout_event (rollout, number, at_ms, actor, what)
     VALUES (@rollout, (SELECT coalesce(max(number), 0) + 1 FROM rollout_event WHERE rollout = @rollout), @atMs, @actor, @what)`,
  );
  const events = db.prepare<
    [number, number, number],
    { number: number; atMs: number; actor: string; what: string }
  >(
    `SELECT number, at_ms AS atMs, actor, what FROM rollout_event WHERE rollout = ? AND number > ? ORDER BY number LIMIT ?`,
  );

  const note = (rollout: number, by: By, what: RolloutEvent['what']) => {
    addEvent.run({ rollout, atMs: by.nowMs, actor: JSON.stringify(by.actor), what: JSON.stringify(what) });
    const { kind, ...detail } = what;
    audit(by, `rollout.${kind}`, `rollout ${rollout}`, detail);
  };
  const rowOf = (number: number): Rollout | null => {
    const row = find.get(number);
    return row ? read(row) : null;
  };

  function countFigures({ number, plan }: Pick<Rollout, 'number' | 'plan'>): Figures {
    const counts = boxes.counts(number);
    const all = Object.values(counts).reduce((sum, each) => sum + each, 0);
    const stages = Array.from({ length: lastStage(plan) + 1 }, (_, i) =>
      boxes.between(number, i === 0 ? 0 : stageSize(plan, i - 1, all), stageSize(plan, i, all)),
    );
    return { counts, stages };
  }

  const viewOf = ({ figures, sales: counted, ...rollout }: Rollout): RolloutView => ({
    ...rollout,
    ...figures,
    sales: { with: counted.with, without: counted.without },
  });
  const counted = (number: number): Rollout => {
    const rollout = present(rowOf(number), 'the rollout');
    const figures = countFigures(rollout);
    saveFigures.run(JSON.stringify(figures), number);
    return { ...rollout, figures };
  };

  const table: RolloutTable = {
    createRollout({ change, target, plan }, by) {
      if (change.kind === 'release' && parts.releases.release(change.release) === null) {
        return { kind: 'release_unknown' };
      }
      const chosen = labels.chosen(target);
      if (chosen.length === 0) return { kind: 'nobody' };
      const named = [
        ...(target.appliances ?? []),
        ...('appliances' in plan.canary ? plan.canary.appliances : []),
      ];
      const ids = new Set(chosen.map(({ id }) => id));
      const unknown = named.find((id) => !ids.has(id));
      if (unknown !== undefined) return { kind: 'appliance_unknown', applianceId: unknown };
      const overlap = boxes.overlap(
        laneOf(change),
        chosen.map(({ ref }) => ref),
      );
      if (overlap !== null) return { kind: 'overlaps', rollout: overlap };
      const kept = changes.keep(
        change,
        chosen.map(({ versions }) => versions[laneOf(change)]),
        by.nowMs,
      );
      if (typeof kept === 'string') return { kind: kept };
      const number = Number(
        insert.run(
          ...[JSON.stringify(kept), JSON.stringify(target), JSON.stringify(plan), laneOf(change)],
          ...[JSON.stringify(sales.begin()), by.nowMs, JSON.stringify(by.actor)],
        ).lastInsertRowid,
      );
      changes.hold(number, kept);
      boxes.insert(number, laneOf(change), orderBoxes(chosen, plan.canary, number));
      note(number, by, { kind: 'create', change: kept, boxes: chosen.length });
      return { kind: 'created', rollout: viewOf(counted(number)) };
    },
    rollouts({ cursor, limit }) {
      const rows = page.all(cursor ?? Number.MAX_SAFE_INTEGER, limit + 1);
      const items = rows.slice(0, limit).map((row) => viewOf(read(row)));
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.number ?? null) : null };
    },
    rollout(number) {
      const found = rowOf(number);
      return found && viewOf(found);
    },
    rolloutBoxes(asked) {
      const rows = boxes.page({ ...asked, limit: asked.limit + 1 });
      const items = rows.slice(0, asked.limit);
      return { items, nextCursor: rows.length > asked.limit ? (items.at(-1)?.place ?? null) : null };
    },
    rolloutEvents({ number, after, limit }) {
      const rows = events.all(number, after, limit + 1);
      const items = rows.slice(0, limit).map(({ actor, what, ...row }) => ({
        ...row,
        actor: JSON.parse(actor),
        what: JSON.parse(what),
      }));
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.number ?? null) : null };
    },
    actOnRollout({ number, version, act }, by): RolloutActed {
      const found = rowOf(number);
      if (!found) return { kind: 'rollout_unknown' };
      if (found.version !== version) return { kind: 'changed', version: found.version };
      const to = stateAfter(found.state, act);
      if (to === null) return { kind: 'not_now', state: found.state };
      const { kind, reason: words, ...more } = act;
      const reason: EndReason | null = kind === 'resume' ? null : { code: 'by_hand', words, ...more };
      const changed: Rollout = { ...found, state: to, reason };
      answered.forget(number);
      if (kind === 'resume') {
        // What was wrong has been seen: it does not stop the rollout a second time.
        boxes.pardon(number);
        changed.sales = sales.begin();
        changed.answers = noAnswers();
      }
      if (to === 'rolling_back') changed.change = changes.prepareBack(number, found.change, by.nowMs);
      if (to === 'aborted') {
        boxes.moveAll(number, 'waiting', 'spared', by.nowMs);
        boxes.moveAll(number, 'given', 'timed_out', by.nowMs);
        changed.endedMs = by.nowMs;
      }
      table.save(changed, by, { kind, reason: words, ...more });
      return { kind: 'acted', rollout: viewOf(counted(number)) };
    },
    openRollouts: () => live.all().map((number) => ({ number, ...boxes.open(number) })),
    find: rowOf,
    save(changed, by, what) {
      const { number, version, change, state, reason, stage, endedMs } = changed;
      update.run({
        ...{ number, version: version + 1, state, stage, endedMs },
        change: JSON.stringify(change),
        reason: reason && JSON.stringify(reason),
        sales: JSON.stringify(changed.sales),
        answers: JSON.stringify(changed.answers),
      });
      note(number, by, what);
    },
    recount: (number) => void counted(number),
    saveSales: (number, counted) => void saveSales.run(JSON.stringify(counted), number),
    saveAnswers: (number, answers) => void saveAnswers.run(JSON.stringify(answers), number),
  };
  return table;
}

function stateAfter(state: RolloutState, act: RolloutAct): RolloutState | null {
  const live = state === 'running' || state === 'paused';
  switch (act.kind) {
    case 'pause':
      return state === 'running' ? 'paused' : null;
    case 'resume':
      return state === 'paused' ? 'running' : null;
    case 'abort':
      if (!live) return null;
      return act.boxes === 'keep' ? 'aborted' : 'rolling_back';
    default:
      return unreachable(act);
  }
}

function read({ change, target, plan, reason, sales, answers, figures, madeBy, ...row }: Row): Rollout {
  return {
    ...row,
    change: JSON.parse(change),
    target: JSON.parse(target),
    plan: JSON.parse(plan),
    reason: reason === null ? null : JSON.parse(reason),
    sales: JSON.parse(sales),
    answers: JSON.parse(answers),
    figures: JSON.parse(figures),
    madeBy: JSON.parse(madeBy),
  };
}
