// What cards and kiosks bought, counted anew from the checkouts of a journal that stand.
import type { Database } from 'better-sqlite3';
import type { Entry } from '../../../contract/entry.ts';
import { type Documents, idBytes } from '../documents.ts';
import { cardKey, kioskKey, openRiskTotals } from '../risk-totals.ts';
import { rowsUncollectedMax, sparingMemory } from './sparing.ts';

export function recountRisk(db: Database, documents: Documents): void {
  const risk = openRiskTotals(db);
  // Of all at once their numbers alone, in the order of time; their bodies one by one.
  const seqs = db
    .prepare<[], number>(
      `SELECT seq FROM document WHERE kind = 'checkout' AND verdict IN ('pending', 'approved_offline', 'authorised')
         AND voided_by IS NULL AND elapsed_ms IS NOT NULL ORDER BY elapsed_ms, seq`,
    )
    .pluck()
    .all();
  const bodyAt = db.prepare<[number], Buffer>('SELECT body FROM entry WHERE seq = ?').pluck();
  const took = sparingMemory();
  seqs.forEach((seq, i) => {
    const body = bodyAt.get(seq);
    if (!body) return;
    const entry = JSON.parse(body.toString()) as Extract<Entry, { kind: 'checkout' }>;
    const elapsedMs = documents.find(idBytes(entry.id))?.elapsedMs ?? 0;
    const { payment, totalMinor } = entry.checkout;
    risk.add(cardKey(payment.fingerprint), elapsedMs, totalMinor);
    risk.add(kioskKey(entry.kiosk), elapsedMs, totalMinor);
    if (i % rowsUncollectedMax === 0) risk.save();
    took();
  });
  risk.save();
}
