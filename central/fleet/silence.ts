// When a box counts as silent.

/** Three reports missed, with what the network may take. */
export const silentAfterMs = 100_000;
