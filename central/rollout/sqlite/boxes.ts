// The boxes of a rollout as rows: in which order they get it, and how far each proved it.
import type Database from 'better-sqlite3';
import { type Box, type BoxState, boxesPerTurnMax, boxStates, neededOf, type Standing } from '../next.ts';
import { type Plan, stageSize } from '../plan.ts';
import type { RolloutBoxView, StageCounts } from '../port.ts';
import type { ChangingBox, Lane } from './changes.ts';

export type BoxRow = Box & ChangingBox & { applianceId: string };

export interface BoxTable {
  /** In the order in which they get it. */
  insert(rollout: number, lane: Lane, boxes: readonly { ref: number }[]): void;
  /** Those that bear these names, and some of those that were told something by then, with what else is known of each. */
  heard(rollout: number, applianceIds: readonly string[], toldByMs: number): BoxRow[];
  /** The same, by their refs. */
  those(rollout: number, refs: readonly number[]): BoxRow[];
  /**
   * Some that may still prove something, by their names, from where the last call ended; the round is over without `more`. Some
   * that wait come with them, round after round: what they answer is what the others are compared with.
   */
  open(rollout: number): { applianceIds: string[]; more: boolean };
  standing(rollout: number, plan: Plan, stage: number): Standing;
  move(rollout: number, ref: number, state: BoxState, nowMs: number, reason?: string): void;
  /** The same, with where its feed says so. */
  told(rollout: number, ref: number, state: 'given' | 'returning', position: number, nowMs: number): void;
  /** Some of those that wait. */
  spare(rollout: number, nowMs: number): void;
  /** All that are in the state. */
  moveAll(rollout: number, from: BoxState, to: BoxState, nowMs: number): void;
  /** What became of them does not count any more. */
  pardon(rollout: number): void;
  counts(rollout: number): Record<BoxState, number>;
  /** Those of the places from one until before another. */
  between(rollout: number, from: number, until: number): StageCounts;
  page(page: { number: number; state: BoxState | null; after: number; limit: number }): RolloutBoxView[];
  /** A live rollout of the lane that has one of these boxes already. */
  overlap(lane: string, refs: readonly number[]): number | null;
}

/** In one turn, as boxes are told: of those that are heard, and of rows that are only marked. */
const boxesHeardMax = 100;
const boxesSparedMax = 500;

interface Row {
  ref: number;
  applianceId: string;
  place: number;
  state: BoxState;
  sinceMs: number | null;
  pardoned: number;
  position: number | null;
  appliedThrough: number;
  release: string | null;
  versionBefore: number;
  releaseBefore: string | null;
}

export function createBoxTable(db: Database.Database): BoxTable {
  const insert = db.prepare(
    `-- in one statement, in the order of the key: of a large fleet each row by itself would hold the store for long
     INSERT INTO rollout_box (rollout, appliance_ref, place, state, version_before)
     SELECT @rollout, ref, key, 'waiting',
       CASE @lane WHEN 'configuration' THEN configuration_version WHEN 'catalogue' THEN catalogue_version
         ELSE policy_version END
     FROM json_each(@refs) JOIN appliance ON ref = value ORDER BY ref`,
  );
  const columns = `appliance_ref AS ref, appliance.id AS applianceId, place, state, since_ms AS sinceMs, pardoned, position,
       applied_through AS appliedThrough, appliance.release, version_before AS versionBefore,
       release_before AS releaseBefore`;
  // CROSS JOIN keeps the order: the few that are named first, and no scan of the fleet.
  const named = db.prepare<[string, number], Row>(
    `SELECT ${columns} FROM json_each(?) CROSS JOIN appliance ON appliance.id = value
     CROSS JOIN rollout_box ON rollout = ? AND appliance_ref = appliance.ref`,
  );
  const late = db.prepare<[number, number], Row>(
    `SELECT ${columns} FROM rollout_box INDEXED BY rollout_box_standing
     CROSS JOIN appliance ON appliance.ref = appliance_ref
     WHERE rollout = ? AND state IN ('given', 'returning') AND since_ms <= ? LIMIT ${boxesHeardMax}`,
  );
  const those = db.prepare<[number, string], Row>(
    `SELECT ${columns} FROM rollout_box JOIN appliance ON appliance.ref = appliance_ref
     WHERE rollout = ? AND appliance_ref IN (SELECT value FROM json_each(?)) ORDER BY place`,
  );
  const isOpen = `state IN ('given', 'confirmed', 'failed', 'timed_out', 'returning')`;
  const open = db.prepare<[number, number], { place: number; id: string }>(
    `SELECT place, appliance.id FROM rollout_box JOIN appliance ON appliance.ref = appliance_ref
     WHERE rollout = ? AND place > ? AND ${isOpen} ORDER BY place LIMIT ${boxesHeardMax}`,
  );
  const waiting = db.prepare<[number, number, number], { place: number; id: string }>(
    `SELECT place, appliance.id FROM rollout_box JOIN appliance ON appliance.ref = appliance_ref
     WHERE rollout = ? AND place > ? AND state = 'waiting' ORDER BY place LIMIT ?`,
  );
  const openReached = createReached();
  const waitingReached = createReached();
  const inStage = db.prepare<[number, number], { state: BoxState; boxes: number; judged: number }>(
    `SELECT state, count(*) AS boxes, sum(pardoned = 0) AS judged
     FROM rollout_box INDEXED BY rollout_box_standing WHERE rollout = ? AND place < ? GROUP BY state`,
  );
  const waitingIn = db
    .prepare<[number, number], number>(
      `SELECT appliance_ref FROM rollout_box WHERE rollout = ? AND state = 'waiting' AND since_ms IS NULL AND place < ?
       ORDER BY place LIMIT ${boxesPerTurnMax}`,
    )
    .pluck();
  const confirmedAt = db
    .prepare<[number, number, number], number>(
      `SELECT coalesce(since_ms, 0) FROM rollout_box
       WHERE rollout = ? AND state = 'confirmed' AND place < ? AND pardoned = 0 ORDER BY since_ms LIMIT 1 OFFSET ?`,
    )
    .pluck();
  const having = db
    .prepare<[number], number>(
      `-- It stands in their feeds, whatever they made of it: a box that was silent takes it when it comes back.
       SELECT appliance_ref FROM rollout_box WHERE rollout = ? AND state IN ('given', 'confirmed', 'failed', 'timed_out')
       LIMIT ${boxesPerTurnMax}`,
    )
    .pluck();
  const spare = db.prepare(
    `UPDATE rollout_box SET state = 'spared', since_ms = @nowMs WHERE rollout = @rollout AND appliance_ref IN (
       SELECT appliance_ref FROM rollout_box WHERE rollout = @rollout AND state = 'waiting' AND since_ms IS NULL
       LIMIT ${boxesSparedMax})`,
  );
  const move = db.prepare(
    `-- why it could not take it stands there still when it went back
     UPDATE rollout_box SET state = @state, since_ms = @nowMs,
       reason = CASE WHEN @state IN ('returned', 'return_timed_out') THEN reason ELSE @reason END
     WHERE rollout = @rollout AND appliance_ref = @ref`,
  );
  const told = db.prepare(
    `UPDATE rollout_box SET state = @state, since_ms = @nowMs, position = @position,
       reason = CASE @state WHEN 'returning' THEN reason END,
       release_before = CASE @state WHEN 'given'
         THEN (SELECT release FROM appliance WHERE ref = @ref) ELSE release_before END
     WHERE rollout = @rollout AND appliance_ref = @ref`,
  );
  const moveAll = db.prepare(
    'UPDATE rollout_box SET state = ?, since_ms = ? WHERE rollout = ? AND state = ?',
  );
  const pardon = db.prepare(
    `UPDATE rollout_box SET pardoned = 1 WHERE rollout = ? AND state IN ('failed', 'timed_out')`,
  );
  const counts = db.prepare<[number], { state: BoxState; count: number }>(
    `SELECT state, count(*) AS count FROM rollout_box INDEXED BY rollout_box_standing
     WHERE rollout = ? GROUP BY state`,
  );
  const between = db.prepare<[number, number, number], StageCounts>(
    `SELECT count(*) AS boxes, coalesce(sum(state NOT IN ('waiting', 'spared')), 0) AS has,
       coalesce(sum(state = 'confirmed'), 0) AS confirmed, coalesce(sum(state = 'failed'), 0) AS failed,
       coalesce(sum(state IN ('timed_out', 'return_timed_out')), 0) AS timedOut,
       coalesce(sum(state = 'returned'), 0) AS returned
     FROM rollout_box INDEXED BY rollout_box_standing WHERE rollout = ? AND place >= ? AND place < ?`,
  );
  const page = db.prepare<object, Omit<RolloutBoxView, 'pardoned'> & { pardoned: number }>(
    `SELECT appliance.id AS applianceId, site, place, state, since_ms AS sinceMs, pardoned, reason
     FROM rollout_box JOIN appliance ON appliance.ref = appliance_ref
     WHERE rollout = @number AND place > @after AND (@state IS NULL OR state = @state) ORDER BY place LIMIT @limit`,
  );
  const overlap = db
    .prepare<[string, string], number>(
      `SELECT number FROM rollout WHERE ended_ms IS NULL AND lane = ? AND EXISTS (
         SELECT 1 FROM rollout_box WHERE rollout = number
           AND appliance_ref IN (SELECT value FROM json_each(?))) LIMIT 1`,
    )
    .pluck();

  const countsOf = (rollout: number) => {
    const none = Object.fromEntries(boxStates.map((state) => [state, 0])) as Record<BoxState, number>;
    for (const { state, count } of counts.all(rollout)) none[state] = count;
    return none;
  };

  return {
    insert(rollout, lane, boxes) {
      insert.run({ rollout, lane, refs: JSON.stringify(boxes.map(({ ref }) => ref)) });
    },
    heard(rollout, applianceIds, toldByMs) {
      const rows = [...late.all(rollout, toldByMs), ...named.all(JSON.stringify(applianceIds), rollout)];
      return [...new Map(rows.map((row) => [row.ref, read(row)])).values()];
    },
    those: (rollout, refs) => those.all(rollout, JSON.stringify(refs)).map(read),
    open(rollout) {
      const rows = open.all(rollout, openReached.of(rollout));
      const room = boxesHeardMax - rows.length;
      const others = waiting.all(rollout, waitingReached.of(rollout), room);
      if (room > 0) waitingReached.goOn(rollout, others, room);
      const applianceIds = [...rows, ...others].map(({ id }) => id);
      return { applianceIds, more: openReached.goOn(rollout, rows, boxesHeardMax) };
    },
    standing(rollout, plan, stage) {
      const all = countsOf(rollout);
      const boxes = Object.values(all).reduce((sum, each) => sum + each, 0);
      const size = stageSize(plan, stage, boxes);
      const of = new Map(inStage.all(rollout, size).map((row) => [row.state, row]));
      const judged = (...states: BoxState[]) =>
        states.reduce((sum, state) => sum + (of.get(state)?.judged ?? 0), 0);
      const confirmed = judged('confirmed');
      const ofThese = judged(...boxStates);
      const needed = neededOf(plan, ofThese);
      const enough = needed === 0 ? 0 : confirmedAt.get(rollout, size, needed - 1);
      return {
        boxes,
        inStage: { given: of.get('given')?.boxes ?? 0, waiting: waitingIn.all(rollout, size) },
        judged: { boxes: ofThese, confirmed, failed: judged('failed'), open: judged('given', 'waiting') },
        enoughSinceMs: enough ?? null,
        ...{ waiting: all.waiting, returning: all.returning, having: having.all(rollout) },
      };
    },
    spare: (rollout, nowMs) => void spare.run({ rollout, nowMs }),
    move: (rollout, ref, state, nowMs, reason) =>
      void move.run({ rollout, ref, state, nowMs, reason: reason ?? null }),
    told: (rollout, ref, state, position, nowMs) => void told.run({ rollout, ref, state, position, nowMs }),
    moveAll: (rollout, from, to, nowMs) => void moveAll.run(to, nowMs, rollout, from),
    pardon: (rollout) => void pardon.run(rollout),
    counts: countsOf,
    between: (rollout, from, until) =>
      between.get(rollout, from, until) ?? {
        ...{ boxes: 0, has: 0, confirmed: 0 },
        ...{ failed: 0, timedOut: 0, returned: 0 },
      },
    page: (asked) => page.all(asked).map((row) => ({ ...row, pardoned: row.pardoned === 1 })),
    overlap: (lane, refs) => overlap.get(lane, JSON.stringify(refs)) ?? null,
  };
}

function read(row: Row): BoxRow {
  return { ...row, pardoned: row.pardoned === 1, returning: row.state === 'returning' };
}

/** Of each rollout: the place at which the last piece ended, and the next begins; after a short one that is the first. */
function createReached() {
  const places = new Map<number, number>();
  return {
    of: (rollout: number) => places.get(rollout) ?? -1,
    /** @returns whether there may be more before the round is over */
    goOn(rollout: number, rows: readonly { place: number }[], limit: number): boolean {
      const more = rows.length === limit;
      places.set(rollout, more ? (rows.at(-1)?.place ?? -1) : -1);
      return more;
    },
  };
}
