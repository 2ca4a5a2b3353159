// Rows of 30 s on their way to the file: five minutes of each box are gathered in memory, so that the disk is asked ten times as
// seldom. A crash loses these minutes of how boxes were, and no stop in order does.
import { kindOfColumn } from './metrics.ts';
import type { Row } from './row.ts';

/** Of each box; boxes end theirs at different times, so that a fleet does not write at once. */
export const gatherSlots = 10;

export interface Gathered {
  ref: number;
  /** By ascending slots. */
  rows: Row[];
}

export interface Gatherer {
  add(ref: number, row: Row): void;
  /** What waits of one box, by ascending slots. */
  waiting(ref: number): readonly Row[];
  /** What is to be written now; `all` before a stop. @param nowSlot of the finest step */
  take(nowSlot: number, all?: boolean): Gathered[];
}

export function createGatherer(): Gatherer {
  const open = new Map<number, Row[]>();
  const full: Gathered[] = [];
  const stretch = (ref: number, slot: number) => Math.floor((slot + ref) / gatherSlots);
  return {
    add(ref, row) {
      const rows = open.get(ref);
      const last = rows?.at(-1);
      if (rows === undefined || last === undefined) return void open.set(ref, [row]);
      if (row.slot === last.slot) return void rows.splice(-1, 1, joined(last, row));
      // One from before the last comes of an outage; its place is in the file.
      if (row.slot < last.slot) return void full.push({ ref, rows: [row] });
      if (stretch(ref, row.slot) === stretch(ref, last.slot)) return void rows.push(row);
      full.push({ ref, rows });
      open.set(ref, [row]);
    },
    waiting: (ref) => [
      ...full.filter((one) => one.ref === ref).flatMap(({ rows }) => rows),
      ...(open.get(ref) ?? []),
    ],
    take(nowSlot, all = false) {
      const taken = full.splice(0);
      for (const [ref, rows] of open) {
        // A box that fell silent must not keep its last words in memory.
        const old = stretch(ref, rows[0]?.slot ?? 0) < stretch(ref, nowSlot) - 1;
        if (!all && !old) continue;
        taken.push({ ref, rows });
        open.delete(ref);
      }
      return taken;
    },
  };
}

/** Two reports within one step: what is so by the later one, and all that happened. */
function joined(before: Row, row: Row): Row {
  const values = new Map<number, number>();
  for (let n = 0; n < row.values.length; n += 2)
    values.set(row.values[n] as number, row.values[n + 1] as number);
  for (let n = 0; n < before.values.length; n += 2) {
    const column = before.values[n] as number;
    const value = before.values[n + 1] as number;
    if (kindOfColumn(column) !== 'gauge') values.set(column, (values.get(column) ?? 0) + value);
  }
  return { slot: row.slot, values: [...values].sort(([a], [b]) => a - b).flat() };
}
