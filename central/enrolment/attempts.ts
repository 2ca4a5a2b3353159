// Wrong codes from one address: a few in a window, then it waits. Bounded in what it remembers; no clock of its own.

export interface Attempts {
  /** Milliseconds until this address may try again; 0 when it may now. */
  waitMs(address: string, nowMs: number): number;
  failed(address: string, nowMs: number): void;
}

/** Behind one address a whole team may unpack boxes and mistype. */
export const addressAttemptsMax = 10;
export const addressWindowMs = 10 * 60_000;
const addressesMax = 10_000;

export function createAttempts(): Attempts {
  // In the order of their windows' beginning: the oldest is the first.
  const windows = new Map<string, { beganMs: number; failures: number }>();
  const current = (address: string, nowMs: number) => {
    const window = windows.get(address);
    if (window === undefined || nowMs - window.beganMs < addressWindowMs) return window;
    windows.delete(address);
    return undefined;
  };
  return {
    waitMs(address, nowMs) {
      const window = current(address, nowMs);
      if (window === undefined || window.failures < addressAttemptsMax) return 0;
      return window.beganMs + addressWindowMs - nowMs;
    },
    failed(address, nowMs) {
      const window = current(address, nowMs);
      if (window !== undefined) {
        window.failures++;
        return;
      }
      windows.set(address, { beganMs: nowMs, failures: 1 });
      // why the oldest: an attacker with many addresses must not fill this machine's memory; the code itself counts too.
      const [oldest] = windows.keys();
      if (windows.size > addressesMax && oldest !== undefined) windows.delete(oldest);
    },
  };
}
