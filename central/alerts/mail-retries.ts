// When a mail that did not go is tried again. Pure.
const minuteMs = 60_000;
const delayMsMax = 60 * minuteMs;
/** About nine hours. */
export const mailTriesMax = 14;

/** @param tries made so far; null: it is given up */
export function mailDelayMs(tries: number): number | null {
  return tries >= mailTriesMax ? null : Math.min(delayMsMax, minuteMs * 2 ** (tries - 1));
}
