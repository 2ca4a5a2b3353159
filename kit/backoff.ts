// Full-jitter exponential backoff: the delay before attempt n is random in [0, min(cap, base × 2^n)].
// Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.

export interface BackoffLimits {
  delayMsBase: number;
  delayMsMax: number;
}

/** The delay in milliseconds before the next attempt; `failures` counts those so far, `random` gives [0, 1). */
export function backoffDelayMs(limits: BackoffLimits, failures: number, random: () => number): number {
  const ceiling = Math.min(limits.delayMsMax, limits.delayMsBase * 2 ** Math.min(failures, 30));
  return Math.floor(random() * ceiling);
}
