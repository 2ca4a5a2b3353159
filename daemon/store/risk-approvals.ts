// Approvals in the order of time, chained by card and by kiosk: where a window of one of them begins is found in a few steps
// however much was sold, and a new one is written at the end of the table.
//
// Each row points to the one before it of its chain, and by `jump` to one further back. With the lengths of the jumps
// chosen as Myers did ("An applicative random-access stack", 1983) a search takes a number of steps that grows with the
// logarithm of the chain's length.
import type { Database } from 'better-sqlite3';
import type { Used } from '../checkout/risk.ts';
import { createRecent } from './recent.ts';

export interface Approval {
  id: number;
  atMs: number;
  /** Of the same chain, before this one. */
  countBefore: number;
  minorBefore: number;
  previous: number | null;
  jump: number | null;
  /** How many steps the jump is long. */
  span: number;
}

export interface Approvals {
  /** Null for one that was swept away. */
  find(id: number): Approval | null;
  /** Appends one to a chain. `newest` is null when the chain is new, or nothing of it is left. */
  append(newest: Approval | null, before: Used, atMs: number): Approval;
  /** The first of a chain after a moment; null when there is none. */
  firstAfter(newest: Approval | null, ms: number): Approval | null;
  /** Takes an approval of a moment out of what those after it in the chain count. */
  takeBack(newest: Approval, atMs: number, minor: number): void;
  /** Drops some that no window reaches any more. */
  sweep(throughMs: number): void;
  /** Forgets what a rolled back transaction changed. */
  reload(): void;
}

const sweptMax = 64;
const atHandMax = 16_384;

export function openApprovals(db: Database): Approvals {
  const find = db.prepare<[number], Approval>(
    `SELECT id, at_ms AS atMs, count_before AS countBefore, minor_before AS minorBefore, previous, jump, span
     FROM risk_approval WHERE id = ?`,
  );
  const insert = db.prepare(
    `INSERT INTO risk_approval (id, at_ms, count_before, minor_before, previous, jump, span) VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const takeBack = db.prepare<{ newest: number; atMs: number; minor: number }>(
    `WITH RECURSIVE later (id, previous) AS (
       SELECT id, previous FROM risk_approval WHERE id = @newest AND at_ms > @atMs
       UNION ALL
       SELECT before.id, before.previous FROM later JOIN risk_approval AS before ON before.id = later.previous
       WHERE before.at_ms > @atMs)
     UPDATE risk_approval SET count_before = count_before - 1, minor_before = minor_before - @minor
     WHERE id IN (SELECT id FROM later)`,
  );
  // -- never the last one: its number must not be given out again, others may still point to it
  const sweep = db.prepare<[number]>(
    `DELETE FROM risk_approval WHERE at_ms <= ? AND id < (SELECT max(id) FROM risk_approval)
       AND id IN (SELECT id FROM risk_approval ORDER BY id LIMIT ${sweptMax})`,
  );
  const selectLast = db.prepare<[], number>('SELECT coalesce(max(id), 0) FROM risk_approval').pluck();
  let last = selectLast.get() ?? 0;

  // The store is the only writer: what was read stays true until it changes here.
  const atHand = createRecent<number, Approval>(atHandMax);
  const at = (id: number | null): Approval | null => {
    if (id === null) return null;
    const known = atHand.get(id);
    if (known) return known;
    const approval = find.get(id) ?? null;
    if (approval) atHand.set(id, approval);
    return approval;
  };
  return {
    find: at,
    append(newest, { count, totalMinor }, atMs) {
      const approval: Approval = {
        id: ++last,
        atMs,
        countBefore: count,
        minorBefore: totalMinor,
        previous: newest?.id ?? null,
        ...jumpFrom(newest),
      };
      const { id, countBefore, minorBefore, previous, jump, span } = approval;
      insert.run(id, atMs, countBefore, minorBefore, previous, jump, span);
      atHand.set(id, approval);
      return approval;
    },
    firstAfter(newest, ms) {
      if (!newest || newest.atMs <= ms) return null;
      for (let first = newest; ; ) {
        const jumped = at(first.jump);
        const before = jumped && jumped.atMs > ms ? jumped : previousOf(first, jumped);
        if (!before || before.atMs <= ms) return first;
        first = before;
      }
    },
    takeBack({ id }, atMs, minor) {
      takeBack.run({ newest: id, atMs, minor });
      atHand.clear();
    },
    sweep: (throughMs) => void sweep.run(throughMs),
    reload() {
      atHand.clear();
      last = selectLast.get() ?? 0;
    },
  };

  /** Two jumps of one length in a row become one over both, and one step more. */
  function jumpFrom(newest: Approval | null): Pick<Approval, 'jump' | 'span'> {
    if (!newest) return { jump: null, span: 0 };
    const before = at(newest.jump);
    return before && before.jump !== null && before.span === newest.span
      ? { jump: before.jump, span: 1 + newest.span + before.span }
      : { jump: newest.id, span: 1 };
  }

  function previousOf(approval: Approval, jumped: Approval | null): Approval | null {
    return approval.previous === approval.jump ? jumped : at(approval.previous);
  }
}
