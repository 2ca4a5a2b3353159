// Sales that are told as settled, each once: by the reference that went along with their charge, or by the processor's own.
import type Database from 'better-sqlite3';
import type { ReconciliationCalls } from '../port.ts';
import { settledKey } from '../settled.ts';

/** Tells of the sales of these collections. Answers those of which it did. */
export type TellSettled = (collections: readonly number[], nowMs: number) => number[];

export function createSettledTable(
  db: Database.Database,
  tellSettled: TellSettled,
): Pick<ReconciliationCalls, 'takeSettled'> {
  const byReference = db
    .prepare<[string, string], number>(
      'SELECT collection_ref FROM attempt WHERE reference = ? AND processor = ?',
    )
    .pluck();
  const byPayment = db
    .prepare<[string, string], number>(
      'SELECT collection_ref FROM attempt WHERE processor = ? AND charge_id = ? LIMIT 1',
    )
    .pluck();
  const isTold = db
    .prepare<[number], number>('SELECT 1 FROM settled_checkout WHERE collection_ref = ?')
    .pluck();
  const addTold = db.prepare(
    'INSERT INTO settled_checkout (collection_ref, run_ref, told_ms) VALUES (?, ?, ?)',
  );
  const setPayout = db.prepare(
    `INSERT INTO settled_payout (processor, currency, reference, rows) VALUES (?, ?, ?, ?)
     ON CONFLICT (processor, currency, reference) DO UPDATE SET rows = excluded.rows`,
  );

  return {
    takeSettled(run, { processor, currency, reference, rows, isLast, sales }, nowMs) {
      const found = sales.flatMap(({ ourReference, paymentReference }) => {
        const ours = ourReference === null ? undefined : byReference.get(ourReference, processor);
        if (ours !== undefined || paymentReference === null) return ours ?? [];
        return byPayment.get(processor, paymentReference) ?? [];
      });
      const fresh = [...new Set(found)].filter((ref) => isTold.get(ref) === undefined);
      for (const ref of tellSettled(fresh, nowMs)) addTold.run(ref, run, nowMs);
      if (isLast) setPayout.run(processor, currency, reference, rows);
    },
  };
}

/** How many sales of each payout were told. */
export function readToldRows(db: Database.Database): Map<string, number> {
  const told = db
    .prepare<[], { processor: string; currency: string; reference: string; rows: number }>(
      'SELECT processor, currency, reference, rows FROM settled_payout',
    )
    .all();
  return new Map(told.map((payout) => [settledKey(payout), payout.rows]));
}
