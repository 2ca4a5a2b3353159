// When a box counts as silent.

/** Three reports missed, with what the network may take. */
export const silentAfterMs = 100_000;

/** Where its connection is known to have ended: what a box takes to come back by itself. */
export const goneAfterMs = 15_000;

/** @param connected null: nobody says */
export function patienceMs(connected: boolean | null): number {
  if (connected === null) return silentAfterMs;
  // A connection that stands was heard within its keep-alive: a proof of life, and of nothing else.
  return connected ? Number.POSITIVE_INFINITY : goneAfterMs;
}
