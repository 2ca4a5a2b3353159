// When a failed piece of work is tried again, inwards and outwards; null when it is given up.

/** After so many tries an event is dead, and waits for a person: some five hours after it came. */
export const workTriesMax = 12;
const workDelayMsBase = 1000;
const workDelayMsMax = 3_600_000;

/** The delay before an event from a processor is worked again. @param tries those that failed */
export function workDelayMs(tries: number): number | null {
  if (tries >= workTriesMax) return null;
  return Math.min(workDelayMsBase * 4 ** (tries - 1), workDelayMsMax);
}

const minutes = 60_000;
const hours = 60 * minutes;
/** A receiver that is down over night gets everything in the morning; the last try is 22 h 36 min after the first. */
export const deliveryDelaysMs: readonly number[] = [
  1 * minutes,
  5 * minutes,
  30 * minutes,
  1 * hours,
  3 * hours,
  6 * hours,
  6 * hours,
  6 * hours,
];

/** The delay before a delivery to a merchant's endpoint is tried again. @param tries those that failed */
export function deliveryDelayMs(tries: number): number | null {
  return deliveryDelaysMs[tries - 1] ?? null;
}
