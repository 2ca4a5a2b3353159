// Counts of hops as people and programs are shown them.
import type { z } from 'zod';
import type { Latency } from './answers.ts';
import { bucketEndsMs, quantileMs } from './buckets.ts';
import type { HopCounts } from './port.ts';

const dayMs = 86_400_000;

/** The first of so many UTC days, of which today is the last. */
export function firstDay(nowMs: number, days: number): number {
  return Math.floor(nowMs / dayMs) - days + 1;
}

export function latencyView(counts: readonly HopCounts[], fromDay: number): z.infer<typeof Latency> {
  return {
    fromMs: fromDay * dayMs,
    hops: counts.map(({ hop, documents, buckets }) => {
      const byBucket = new Map(buckets);
      return {
        ...{ hop, documents },
        p50Ms: quantileMs(byBucket, 0.5),
        p95Ms: quantileMs(byBucket, 0.95),
        p99Ms: quantileMs(byBucket, 0.99),
        buckets: buckets.map(([bucket, inIt]) => ({ atMostMs: bucketEndsMs[bucket] ?? 0, documents: inIt })),
      };
    }),
  };
}
