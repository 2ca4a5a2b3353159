// When entries came, and how long the hops of what was booked took: counted in memory over a piece, and written once.
import type Database from 'better-sqlite3';
import type { DocumentEntry, SyntheticEntry } from '../../../contract/entry.ts';
import { traceIdOf } from '../../../contract/trace.ts';
import type { Source } from '../../ledger/sqlite/books.ts';
import { bucketOf } from '../buckets.ts';
import { type Arrival, countedHops, type HopKind, hopKinds, hopsOf } from '../hops.ts';
import type { HopCounts, LatencyCalls } from '../port.ts';
import type { Traces } from './traces.ts';

export interface LatencyTable {
  arrived(
    journalRef: number,
    run: { firstSeq: number; lastSeq: number; receivedMs: number; connectedMs: number | null },
  ): void;
  arrivalOf(journalRef: number, seq: number): Arrival | null;
  /** A document was taken into the books, or a synthetic checkout beside them. */
  booked(source: Source, entry: DocumentEntry | SyntheticEntry): void;
  /** Writes what was counted: called once a piece. */
  save(nowMs: number): void;
  /** Forgets what a rolled back transaction counted. */
  forget(): void;
  calls: LatencyCalls;
}

const dayMs = 86_400_000;
const daysKept = 35;

export function dayOf(ms: number): number {
  return Math.floor(ms / dayMs);
}

/** @param traces is told what is booked */
export function createLatencyTable(db: Database.Database, traces: Pick<Traces, 'on' | 'add'>): LatencyTable {
  const insertArrival = db.prepare(
    `INSERT INTO arrival (journal_ref, first_seq, last_seq, received_ms, connected_ms) VALUES (?, ?, ?, ?, ?)`,
  );
  const arrival = db.prepare<[number, number], Arrival & { firstSeq: number; lastSeq: number }>(
    `SELECT first_seq AS firstSeq, last_seq AS lastSeq, received_ms AS receivedMs, connected_ms AS connectedMs FROM arrival
     WHERE journal_ref = ? AND first_seq <= ? ORDER BY first_seq DESC LIMIT 1`,
  );
  const add = db.prepare(
    `INSERT INTO latency (day, appliance_ref, hop, bucket, documents) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET documents = documents + excluded.documents`,
  );
  const forgetBefore = db.prepare('DELETE FROM latency WHERE day < ?');
  const names = db.prepare<[number], { applianceId: string; journalId: string }>(
    `SELECT appliance.id AS applianceId, journal.id AS journalId FROM journal
     JOIN appliance ON appliance.ref = journal.appliance_ref WHERE journal.ref = ?`,
  );
  const sums = db.prepare<
    { applianceId: string | null; site: string | null; fromDay: number },
    { hop: HopKind; bucket: number; documents: number }
  >(
    `SELECT hop, bucket, sum(documents) AS documents FROM latency JOIN appliance ON appliance.ref = appliance_ref
     WHERE day >= @fromDay AND (@applianceId IS NULL OR appliance.id = @applianceId)
       AND (@site IS NULL OR appliance.site = @site)
     GROUP BY hop, bucket ORDER BY hop, bucket`,
  );
  let counts = new Map<string, { applianceRef: number; hop: HopKind; bucket: number; documents: number }>();
  let forgottenDay = 0;

  // The entries of a piece come one after the other, and most of them came in one frame.
  let found: { journalRef: number; firstSeq: number; lastSeq: number; arrival: Arrival } | null = null;
  const arrivalOf = (journalRef: number, seq: number): Arrival | null => {
    if (found?.journalRef === journalRef && seq >= found.firstSeq && seq <= found.lastSeq)
      return found.arrival;
    const row = arrival.get(journalRef, seq);
    if (!row || row.lastSeq < seq) return null;
    const { firstSeq, lastSeq, receivedMs, connectedMs } = row;
    found = { journalRef, firstSeq, lastSeq, arrival: { receivedMs, connectedMs } };
    return found.arrival;
  };

  return {
    arrived: (journalRef, { firstSeq, lastSeq, receivedMs, connectedMs }) =>
      void insertArrival.run(journalRef, firstSeq, lastSeq, receivedMs, connectedMs),
    arrivalOf,
    booked({ applianceRef, journalRef, seq, nowMs }, entry) {
      const hops = hopsOf(entry.at, arrivalOf(journalRef, seq), nowMs);
      if (traces.on) {
        const { id, kind, verdict } = entry;
        const named = names.get(journalRef);
        const traceId = traceIdOf(entry);
        if (named) traces.add({ step: 'booked', ...named, seq, id, kind, verdict, traceId, hops });
      }
      // What nobody bought says nothing of how long customers' checkouts take.
      if (entry.kind === 'synthetic') return;
      for (const [hop, ms] of countedHops(hops)) {
        const bucket = bucketOf(ms);
        const key = `${applianceRef} ${hop} ${bucket}`;
        const count = counts.get(key) ?? { applianceRef, hop, bucket, documents: 0 };
        count.documents++;
        counts.set(key, count);
      }
    },
    save(nowMs) {
      const day = dayOf(nowMs);
      for (const { applianceRef, hop, bucket, documents } of counts.values()) {
        add.run(day, applianceRef, hop, bucket, documents);
      }
      counts = new Map();
      if (day === forgottenDay) return;
      forgetBefore.run(day - daysKept);
      forgottenDay = day;
    },
    forget() {
      found = null;
      counts = new Map();
    },
    calls: {
      latency(of) {
        const rows = sums.all(of);
        return hopKinds.map((hop): HopCounts => {
          const ofHop = rows.filter((row) => row.hop === hop);
          return {
            hop,
            documents: ofHop.reduce((sum, { documents }) => sum + documents, 0),
            buckets: ofHop.map(({ bucket, documents }) => [bucket, documents]),
          };
        });
      },
    },
  };
}
