// The boxes of a rollout as rows: in which order they get it, and how far each proved it.
import type Database from 'better-sqlite3';
import { type Box, type BoxState, boxStates } from '../next.ts';
import type { RolloutBoxView } from '../port.ts';
import type { ChangingBox } from './changes.ts';

export interface BoxTable {
  /** In the order in which they get it. */
  insert(rollout: number, boxes: readonly { ref: number }[]): void;
  /** All of them, by place, with what else is known of each. */
  all(rollout: number): (Box & ChangingBox & { applianceId: string })[];
  /** Those that may still prove something, by their names. */
  open(rollout: number): string[];
  move(rollout: number, ref: number, state: BoxState, nowMs: number, reason?: string): void;
  /** The same, with where its feed says so. */
  told(rollout: number, ref: number, state: 'given' | 'returning', position: number, nowMs: number): void;
  /** All that are in the state. */
  moveAll(rollout: number, from: BoxState, to: BoxState, nowMs: number): void;
  /** What became of them does not count any more. */
  pardon(rollout: number): void;
  counts(rollout: number): Record<BoxState, number>;
  /** Those of the places from one until before another. */
  between(rollout: number, from: number, until: number): { boxes: number; has: number; confirmed: number };
  page(page: { number: number; state: BoxState | null; after: number; limit: number }): RolloutBoxView[];
  /** A live rollout of the lane that has one of these boxes already. */
  overlap(lane: string, refs: readonly number[]): number | null;
}

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
  policyBefore: number;
  releaseBefore: string | null;
}

export function createBoxTable(db: Database.Database): BoxTable {
  const insert = db.prepare(
    `INSERT INTO rollout_box (rollout, appliance_ref, place, state, policy_before)
     SELECT ?, ref, ?, 'waiting', policy_version FROM appliance WHERE ref = ?`,
  );
  const all = db.prepare<[number], Row>(
    `SELECT appliance_ref AS ref, appliance.id AS applianceId, place, state, since_ms AS sinceMs, pardoned, position,
       applied_through AS appliedThrough, appliance.release, policy_before AS policyBefore,
       release_before AS releaseBefore
     FROM rollout_box JOIN appliance ON appliance.ref = appliance_ref WHERE rollout = ? ORDER BY place`,
  );
  const open = db
    .prepare<[number], string>(
      `SELECT appliance.id FROM rollout_box JOIN appliance ON appliance.ref = appliance_ref
       WHERE rollout = ? AND state IN ('given', 'confirmed', 'failed', 'timed_out', 'returning')`,
    )
    .pluck();
  const move = db.prepare(
    'UPDATE rollout_box SET state = ?, since_ms = ?, reason = ? WHERE rollout = ? AND appliance_ref = ?',
  );
  const told = db.prepare(
    `UPDATE rollout_box SET state = @state, since_ms = @nowMs, position = @position, reason = NULL,
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
    'SELECT state, count(*) AS count FROM rollout_box WHERE rollout = ? GROUP BY state',
  );
  const between = db.prepare<[number, number, number], { boxes: number; has: number; confirmed: number }>(
    `SELECT count(*) AS boxes, coalesce(sum(state NOT IN ('waiting', 'spared')), 0) AS has,
       coalesce(sum(state = 'confirmed'), 0) AS confirmed
     FROM rollout_box WHERE rollout = ? AND place >= ? AND place < ?`,
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

  return {
    insert(rollout, boxes) {
      for (const [place, { ref }] of boxes.entries()) insert.run(rollout, place, ref);
    },
    all: (rollout) =>
      all.all(rollout).map((row) => ({
        ...row,
        pardoned: row.pardoned === 1,
        returning: row.state === 'returning',
      })),
    open: (rollout) => open.all(rollout),
    move: (rollout, ref, state, nowMs, reason) => void move.run(state, nowMs, reason ?? null, rollout, ref),
    told: (rollout, ref, state, position, nowMs) => void told.run({ rollout, ref, state, position, nowMs }),
    moveAll: (rollout, from, to, nowMs) => void moveAll.run(to, nowMs, rollout, from),
    pardon: (rollout) => void pardon.run(rollout),
    counts(rollout) {
      const none = Object.fromEntries(boxStates.map((state) => [state, 0])) as Record<BoxState, number>;
      for (const { state, count } of counts.all(rollout)) none[state] = count;
      return none;
    },
    between: (rollout, from, until) =>
      between.get(rollout, from, until) ?? { boxes: 0, has: 0, confirmed: 0 },
    page: (asked) => page.all(asked).map((row) => ({ ...row, pardoned: row.pardoned === 1 })),
    overlap: (lane, refs) => overlap.get(lane, JSON.stringify(refs)) ?? null,
  };
}
