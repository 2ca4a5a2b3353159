// How times are counted: in buckets that are the same at every box and on every day, so that counts can be added up.

/** Six a decade, from 1 ms to 35 days: a quantile is at most two thirds more than what it stands for. */
const steps = [1, 1.5, 2, 3, 5, 7] as const;
const decades = 10;

/** The upper ends, in milliseconds, each within its bucket; what is above the last counts in the last. */
export const bucketEndsMs: readonly number[] = Array.from({ length: decades }, (_, decade) =>
  steps.map((step) => Math.round(step * 10 ** decade)),
)
  .flat()
  .filter((ms, i, all) => ms !== all[i - 1]);

export function bucketOf(ms: number): number {
  const found = bucketEndsMs.findIndex((endMs) => ms <= endMs);
  return found < 0 ? bucketEndsMs.length - 1 : found;
}

/** At least this share of what was counted took at most so long; null where nothing was counted. */
export function quantileMs(counts: ReadonlyMap<number, number>, share: number): number | null {
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  let reached = 0;
  for (const [i, endMs] of bucketEndsMs.entries()) {
    reached += counts.get(i) ?? 0;
    if (total > 0 && reached >= share * total) return endMs;
  }
  return null;
}
