// Rows in the file: a block for each stretch of time. An hour is settled when it is over: its rows of 30 s are joined, and the
// coarser steps made of them, as often as late ones come.
import type Database from 'better-sqlite3';
import { decodeBlock, encodeBlock, mergeRows } from '../series/block.ts';
import type { Row } from '../series/row.ts';
import { coarserRows } from '../series/settle-hour.ts';
import { levels } from '../series/steps.ts';

const [fine, middle, coarse] = levels;
const hourSeconds = coarse.stepSeconds;
const slotsPerHour = (stepSeconds: number) => hourSeconds / stepSeconds;
const hoursPerDay = 24;
/** Of a slot of the finest step. */
const hourOf = (slot: number) => Math.floor(slot / slotsPerHour(fine.stepSeconds));

export interface Blocks {
  /** Keeps rows of 30 s, by ascending slots, and marks their hours. */
  put(ref: number, rows: readonly Row[]): void;
  /**
   * Rows of a level within slots, both included, with what is not settled yet.
   * @param fresh rows of 30 s that were not put here yet
   */
  read(
    ref: number,
    of: { stepSeconds: number; fromSlot: number; toSlot: number },
    fresh: readonly Row[],
  ): Row[];
  /** Settles at most so many hours that ended by then. @returns how many */
  settle(endedByHour: number, hoursMax: number): number;
  /** Deletes what is older than its level keeps. */
  forget(ref: number, nowMs: number): void;
}

export function createBlocks(db: Database.Database): Blocks {
  const insert = db.prepare(
    `INSERT INTO block (appliance_ref, step_seconds, first_slot, body) VALUES (?, ?, ?, ?)
     ON CONFLICT (appliance_ref, step_seconds, first_slot) DO UPDATE SET body = excluded.body`,
  );
  const find = db
    .prepare<[number, number, number], Buffer>(
      'SELECT body FROM block WHERE appliance_ref = ? AND step_seconds = ? AND first_slot = ?',
    )
    .pluck();
  const within = db
    .prepare<[number, number, number, number], Buffer>(
      'SELECT body FROM block WHERE appliance_ref = ? AND step_seconds = ? AND first_slot BETWEEN ? AND ? ORDER BY first_slot',
    )
    .pluck();
  const drop = db.prepare(
    'DELETE FROM block WHERE appliance_ref = ? AND step_seconds = ? AND first_slot BETWEEN ? AND ?',
  );
  const mark = db.prepare('INSERT OR IGNORE INTO due_hour (hour, appliance_ref) VALUES (?, ?)');
  const due = db.prepare<[number, number], { hour: number; ref: number }>(
    'SELECT hour, appliance_ref AS ref FROM due_hour WHERE hour <= ? ORDER BY hour LIMIT ?',
  );
  const dueOf = db
    .prepare<[number, number, number], number>(
      'SELECT hour FROM due_hour WHERE appliance_ref = ? AND hour BETWEEN ? AND ?',
    )
    .pluck();
  const settled = db.prepare('DELETE FROM due_hour WHERE hour = ? AND appliance_ref = ?');

  const rowsOf = (ref: number, step: number, from: number, to: number, reach: number): Row[] =>
    mergeRows(within.all(ref, step, from - reach, to).flatMap((body) => decodeBlock(body))).filter(
      ({ slot }) => slot >= from && slot <= to,
    );
  /** Every row of a level within an hour. */
  const rowsOfHour = (ref: number, stepSeconds: number, hour: number): Row[] => {
    const many = slotsPerHour(stepSeconds);
    return rowsOf(ref, stepSeconds, hour * many, (hour + 1) * many - 1, many);
  };
  const replaceHour = (ref: number, stepSeconds: number, hour: number, rows: readonly Row[]) => {
    const many = slotsPerHour(stepSeconds);
    drop.run(ref, stepSeconds, hour * many, (hour + 1) * many - 1);
    if (rows.length > 0) insert.run(ref, stepSeconds, hour * many, encodeBlock(rows));
  };
  const coarserOf = (ref: number, hour: number, fresh: readonly Row[] = []) => {
    const ofHour = fresh.filter(({ slot }) => hourOf(slot) === hour);
    const fineRows = mergeRows(rowsOfHour(ref, fine.stepSeconds, hour), ofHour);
    return { fineRows, ...coarserRows(fineRows, rowsOfHour(ref, middle.stepSeconds, hour)) };
  };

  function settleOne(ref: number, hour: number): void {
    const { fineRows, middleRows, coarseRows } = coarserOf(ref, hour);
    replaceHour(ref, fine.stepSeconds, hour, fineRows);
    replaceHour(ref, middle.stepSeconds, hour, middleRows);
    const firstHour = Math.floor(hour / hoursPerDay) * hoursPerDay;
    const day = find.get(ref, coarse.stepSeconds, firstHour);
    const rows = mergeRows(day ? decodeBlock(day) : [], coarseRows);
    if (rows.length > 0) insert.run(ref, coarse.stepSeconds, firstHour, encodeBlock(rows));
    settled.run(hour, ref);
  }

  return {
    put(ref, rows) {
      const byHour = Map.groupBy(rows, ({ slot }) => hourOf(slot));
      for (const [hour, ofHour] of byHour) {
        const firstSlot = ofHour[0]?.slot ?? 0;
        const there = find.get(ref, fine.stepSeconds, firstSlot);
        const all = there ? mergeRows(decodeBlock(there), ofHour) : ofHour;
        insert.run(ref, fine.stepSeconds, firstSlot, encodeBlock(all));
        mark.run(hour, ref);
      }
    },
    read(ref, { stepSeconds, fromSlot, toSlot }, fresh) {
      const asked = ({ slot }: Row) => slot >= fromSlot && slot <= toSlot;
      // A block begins up to a day before its last row.
      const reach = stepSeconds === hourSeconds ? hoursPerDay : slotsPerHour(stepSeconds);
      const rows = rowsOf(ref, stepSeconds, fromSlot, toSlot, reach);
      if (stepSeconds === fine.stepSeconds) return mergeRows(rows, fresh.filter(asked));
      const many = slotsPerHour(stepSeconds);
      const [firstHour, lastHour] = [Math.floor(fromSlot / many), Math.floor(toSlot / many)];
      const hours = new Set([
        ...dueOf.all(ref, firstHour, lastHour),
        ...fresh.map(({ slot }) => hourOf(slot)),
      ]);
      const unsettled = [...hours].flatMap((hour) => {
        const { middleRows, coarseRows } = coarserOf(ref, hour, fresh);
        return stepSeconds === hourSeconds ? coarseRows : middleRows;
      });
      return mergeRows(rows, unsettled.filter(asked));
    },
    settle(endedByHour, hoursMax) {
      const hours = due.all(endedByHour, hoursMax);
      for (const { hour, ref } of hours) settleOne(ref, hour);
      return hours.length;
    },
    forget(ref, nowMs) {
      for (const { stepSeconds, keptSeconds } of levels) {
        // The last row of a block may still be wanted.
        const reach = stepSeconds === hourSeconds ? hoursPerDay : slotsPerHour(stepSeconds);
        const firstSlot = Math.floor((nowMs / 1000 - keptSeconds) / stepSeconds) - reach;
        drop.run(ref, stepSeconds, 0, firstSlot);
      }
    },
  };
}
