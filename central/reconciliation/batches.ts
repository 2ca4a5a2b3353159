// Which batches a processor is asked for, where it numbers them one after the other: pure.

export interface BatchesToAsk {
  /** From there on, until one is not there. */
  next: number;
  /** Before that, and not here; the newest first. */
  gaps: Iterable<number>;
}

/**
 * @param have the batches that are here
 * @param firstBatch the first that is wanted; the first that is here where nobody has said, or 1
 */
export function batchesToAsk(have: ReadonlySet<number>, firstBatch: number | null): BatchesToAsk {
  const all = [...have];
  const first = firstBatch ?? (all.length === 0 ? 1 : all.reduce((least, one) => Math.min(least, one)));
  const next = all.reduce((last, one) => Math.max(last, one), first - 1) + 1;
  return { next, gaps: downFrom(next - 1, first, have) };
}

function* downFrom(last: number, first: number, have: ReadonlySet<number>): Generator<number> {
  for (let batch = last; batch >= first; batch--) if (!have.has(batch)) yield batch;
}
