// What is sold at the boxes that have a change, and at those that wait for it: counted once each, a bounded piece in a turn,
// so that a rollout of weeks reads no sale twice.
import type Database from 'better-sqlite3';
import type { Sales } from '../next.ts';

export interface CountedSales {
  /** The last document that was looked at. */
  throughRef: number;
  with: Sales;
  without: Sales;
}

/** A verdict may still be pending: by then central's word has come. */
const settledMs = 30_000;
const documentsPerTurnMax = 1000;

export interface SalesCount {
  /** Nothing counted, from here on. */
  begin(): CountedSales;
  /** `more` where the piece ended before the sales did. */
  goOn(rollout: number, counted: CountedSales, nowMs: number): { counted: CountedSales; more: boolean };
}

export function createSalesCount(db: Database.Database): SalesCount {
  const newest = db.prepare<[], number>('SELECT coalesce(max(ref), 0) FROM document').pluck();
  const rows = db.prepare<
    { rollout: number; after: number; before: number; limit: number },
    { ref: number; has: number; checkouts: number; declined: number }
  >(
    `SELECT document.ref, box.state = 'confirmed' AS has,
       document.kind = 'checkout' AND box.state IN ('confirmed', 'waiting')
         AND (box.since_ms IS NULL OR document.booked_ms >= box.since_ms) AS checkouts,
       document.verdict IN ('declined', 'refused') AS declined
     FROM document LEFT JOIN rollout_box box ON box.rollout = @rollout AND box.appliance_ref = document.appliance_ref
     WHERE document.ref > @after AND document.booked_ms <= @before ORDER BY document.ref LIMIT @limit`,
  );
  return {
    begin: () => ({ throughRef: newest.get() ?? 0, with: { ...none }, without: { ...none } }),
    goOn(rollout, counted, nowMs) {
      const found = rows.all({
        rollout,
        after: counted.throughRef,
        before: nowMs - settledMs,
        limit: documentsPerTurnMax,
      });
      const sums = { with: { ...counted.with }, without: { ...counted.without } };
      for (const { has, checkouts, declined } of found) {
        if (!checkouts) continue;
        const side = has ? sums.with : sums.without;
        side.checkouts++;
        side.declined += declined;
      }
      const throughRef = found.at(-1)?.ref ?? counted.throughRef;
      return { counted: { throughRef, ...sums }, more: found.length === documentsPerTurnMax };
    },
  };
}

const none: Sales = { checkouts: 0, declined: 0 };
