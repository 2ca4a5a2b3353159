// How long things took, as counts that can be added up: over time, over boxes, and by Prometheus.

/** Upper bounds; a last count is of what took longer. Append-only: boxes of every release count by these. */
export const latencyBoundsMs = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000] as const;
export const latencyCountsMax = latencyBoundsMs.length + 1;

/** Which of the counts a duration belongs to. */
export function latencyCountOf(durationMs: number): number {
  const index = latencyBoundsMs.findIndex((boundMs) => durationMs <= boundMs);
  return index === -1 ? latencyBoundsMs.length : index;
}

/** The bound under which a share of them lies; null without any, or where it lies above the last bound. */
export function latencyAtMost(counts: readonly number[], share: number): number | null {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (const [i, count] of counts.entries()) {
    below += count;
    if (total > 0 && below >= total * share) return latencyBoundsMs[i] ?? null;
  }
  return null;
}
