// Reports as a box in use makes them: numbers that wander as those of a machine do, the same for the same box and count.
import { randomUUID } from 'node:crypto';
import type { HealthReport } from '../contract/health.ts';
import { seededRandom } from '../kit/seeded-random.ts';

export interface ReportingBox {
  journalId: string;
  /** The next report, at this moment. */
  next(nowMs: number): HealthReport;
}

/** @param sells it sells and answers kiosks all the time; others do so by the day's busy hours */
export function reportingBox(seed: number, sells: boolean): ReportingBox {
  const random = seededRandom(seed);
  const bootId = randomUUID();
  const journalId = randomUUID();
  const startMs = Date.now() - 86_400_000 * (1 + random() * 5);
  const around = (value: number, spread: number) => Math.round(value * (1 + spread * (random() - 0.5)));
  let [lastSeq, written, free, temperature] = [Math.floor(random() * 50_000), 5e9, 18e9, 47];
  const sums = { authorised: 0, approvedOffline: 0, declined: 0, refused: 0, pending: 0 };
  const http = new Array<number>(9).fill(0);
  const commit = new Array<number>(7).fill(0);
  const receipt = new Array<number>(9).fill(0);
  let n = 0;

  return {
    journalId,
    next(nowMs) {
      n++;
      const busy = sells || inBusyHours();
      const sold = busy ? Math.floor(random() * 8) : 0;
      lastSeq += sold;
      sums.authorised += sold;
      if (random() < 0.05) sums.declined++;
      count(http, sold + 2, 2, 3);
      count(commit, sold, 1, 2);
      count(receipt, sold, 4, 2);
      written += around(600_000, 0.5) + sold * 20_000;
      free -= sold * 4000;
      const wallMs = nowMs + 12;
      return {
        at: {
          wallMs,
          monotonicMs: Math.round(nowMs - startMs),
          bootId,
          central: { ms: nowMs - 3, uncertaintyMs: 20 },
        },
        release: '0.1.0',
        upMs: Math.round(nowMs - startMs - 20_000),
        link: { kind: 'online', forMs: Math.round(nowMs - startMs - 15_000), outages: Math.floor(n / 1000) },
        journal: { journalId, lastSeq, receivedThrough: lastSeq, oldestUnreceivedMs: null },
        exposure: {
          totalMinor: busy ? Math.floor(random() * 3000) : 0,
          limitMinor: 500_000,
          currency: 'GBP',
        },
        versions: { catalogue: 7, policy: 3 },
        certificateEndsMs: 1_900_000_000_000,
        process: { residentBytes: around(95e6, 0.05), corePermille: busy ? around(30, 0.8) : around(8, 0.5) },
        machine: machine(busy),
        conditions: n % 1000 < 20 ? [{ code: 'stock_low', forMs: (n % 1000) * 30_000 }] : [],
        verdicts: { ...sums },
        latency: { http: [...http], commit: [...commit], receipt: [...receipt] },
        store: { queueMax: sold, batchMax: Math.min(sold, 3), commitMsMax: sold > 0 ? around(6, 1) : 0 },
        kiosks: { paired: 4, seen: busy ? 4 : 0 },
      };
    },
  };

  function machine(busy: boolean): HealthReport['machine'] {
    if (random() < 0.1) temperature += random() < 0.5 ? -1 : 1;
    return {
      loadPercent: around(busy ? 30 : 10, 1),
      memoryFreeBytes: around(520e6, 0.04),
      diskFreeBytes: free,
      diskTotalBytes: 31_138_512_896,
      diskWrittenBytes: written,
      temperatureCelsius: temperature,
    };
  }

  /** So many durations, each in one of some counts. */
  function count(counts: number[], times: number, first: number, spread: number): void {
    for (let i = 0; i < times; i++) {
      const at = first + Math.floor(random() * spread);
      counts[at] = (counts[at] ?? 0) + 1;
    }
  }

  function inBusyHours(): boolean {
    return n % 2880 > 900 && n % 2880 < 1900 && random() < 0.6;
  }
}
