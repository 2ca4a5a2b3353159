// The appliances' journals against the ledger: of each document that was approved, whether its money was taken or given back,
// once and in full. Only documents since central collects at all: what was sold before has no attempts.
import type Database from 'better-sqlite3';
import { createKeys, type FoundDifference } from '../differences.ts';
import type { JournalStatus } from '../exceptions.ts';
import type { RunTotal } from '../port.ts';

interface Compared {
  appliance: string;
  document: string;
  currency: string;
  expectedMinor: number;
  collectedMinor: number;
  processor: string;
  atMs: number;
}

export interface JournalCompared {
  differences: FoundDifference[];
  totals: RunTotal[];
}

// why the subquery over an index and no join of sums: most documents have one attempt, found at once.
const documentsSql = `
  SELECT appliance.id AS appliance, d.id AS document, d.currency, d.expected AS expectedMinor,
    coalesce((SELECT sum(c.amount_minor) FROM collected c WHERE c.appliance_ref = d.appliance_ref AND c.document_id = d.id),
      0) AS collectedMinor,
    coalesce((SELECT a.processor FROM attempt a WHERE a.appliance_ref = d.appliance_ref AND a.document_id = d.id
      ORDER BY a.ref DESC LIMIT 1), '') AS processor,
    d.booked_ms AS atMs
  FROM (
    SELECT d.appliance_ref, d.id, d.currency, d.booked_ms,
      CASE d.kind
        WHEN 'refund' THEN -d.total_minor
        ELSE iif(d.state = 'booked' AND d.voided_by IS NULL AND NOT EXISTS (SELECT 1 FROM decision x
          WHERE x.appliance_ref = d.appliance_ref AND x.checkout_id = d.id AND x.state = 'booked'), d.total_minor, 0)
      END AS expected
    FROM document d JOIN collection o
      ON o.appliance_ref = d.appliance_ref AND o.checkout_id = iif(d.kind = 'refund', d.checkout_id, d.id)
    WHERE d.kind IN ('checkout', 'refund') AND (d.kind = 'checkout' OR d.state = 'booked')
      -- What was written off, or given back by other means, is settled by a movement of its own.
      AND o.state <> 'written_off' AND NOT EXISTS (SELECT 1 FROM payback p
        WHERE p.collection_ref = o.ref AND p.document_id = d.id AND p.state = 'settled_otherwise')
    UNION ALL
    SELECT d.appliance_ref, d.id, d.currency, d.booked_ms, d.total_minor
    FROM document d WHERE d.kind = 'checkout' AND d.state = 'booked' AND d.total_minor > 0 AND d.voided_by IS NULL
      AND d.booked_ms > (SELECT min(opened_ms) FROM collection)
      AND NOT EXISTS (SELECT 1 FROM collection o WHERE o.appliance_ref = d.appliance_ref AND o.checkout_id = d.id)
      AND NOT EXISTS (SELECT 1 FROM decision x WHERE x.appliance_ref = d.appliance_ref AND x.checkout_id = d.id)
  ) d JOIN appliance ON appliance.ref = d.appliance_ref`;

/** @param collectDaysMax so long after its booking a document may wait for its money */
export function compareJournal(
  db: Database.Database,
  asOfMs: number,
  collectDaysMax: number,
): JournalCompared {
  const keys = createKeys();
  const differences: FoundDifference[] = [];
  const totals = new Map<string, RunTotal>();
  const lateMs = asOfMs - collectDaysMax * 86_400_000;
  for (const compared of db.prepare<[], Compared>(documentsSql).iterate()) {
    const status = statusOf(compared, lateMs);
    addTotal(totals, compared, status);
    if (status !== 'matched' && status !== 'expected')
      differences.push(differenceOf(compared, status, keys.next));
  }
  return { differences, totals: [...totals.values()] };
}

function statusOf(
  { expectedMinor, collectedMinor, atMs }: Compared,
  lateMs: number,
): JournalStatus | 'matched' | 'expected' {
  if (expectedMinor === collectedMinor) return 'matched';
  if (atMs >= lateMs) return 'expected';
  if (collectedMinor === 0) return 'not_collected';
  return expectedMinor === 0 ? 'collected_unasked' : 'collected_differs';
}

function addTotal(
  totals: Map<string, RunTotal>,
  { currency, expectedMinor }: Compared,
  status: string,
): void {
  const key = `${currency} ${status}`;
  const total = totals.get(key) ?? { side: 'journal', currency, status, rows: 0, amountMinor: 0n };
  totals.set(key, { ...total, rows: total.rows + 1, amountMinor: total.amountMinor + BigInt(expectedMinor) });
}

function differenceOf(
  { appliance, document, currency, expectedMinor, collectedMinor, processor, atMs }: Compared,
  status: JournalStatus,
  nextKey: (base: string) => string,
): FoundDifference {
  const reference = `${appliance}.${document}`;
  const row = { reference, currency, atMs, file: null, line: null };
  return {
    key: nextKey(`${status} journal ${processor} ${currency} ${reference}`),
    status,
    processor,
    reference,
    currency,
    amountMinor: BigInt(expectedMinor === 0 ? collectedMinor : expectedMinor),
    differenceMinor: BigInt(collectedMinor) - BigInt(expectedMinor),
    sinceMs: atMs,
    rows: [
      { side: 'journal', amountMinor: expectedMinor, ...row },
      { side: 'ledger', amountMinor: collectedMinor, ...row },
    ],
    rowsCount: 2,
  };
}
