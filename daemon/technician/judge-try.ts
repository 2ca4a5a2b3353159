// Whether a PIN may be tried at this moment. Pure. Its durations are of the monotonic clock of one boot, as a pairing code's
// are: neither a clock that is set nor a restart shortens a wait.
import type { Moment } from '../kiosks/judge-pairing.ts';

const minuteMs = 60_000;

export const tryLimits = {
  /** Slips of a finger cost nothing. */
  freeTries: 4,
  /** After the fifth wrong one; twice as long after each that follows. */
  waitMsFirst: minuteMs,
  waitMsMax: 60 * minuteMs,
} as const;

/** What guards the page as a whole: nobody has a count of their own, for an attacker can be many. */
export interface TryGuard {
  wrongTries: number;
  /** When the last of them was made; null before the first. */
  lastAt: Moment | null;
  /** When the first of them was made, by the box's clock: for people to read. */
  firstMs: number | null;
}

export const openGuard: TryGuard = { wrongTries: 0, lastAt: null, firstMs: null };

export type TryJudgement =
  /** `guard` counts it as wrong already: it is kept before the PIN is looked at, so that ending the program saves no try. */
  | { kind: 'may_try'; guard: TryGuard }
  /** Not even the right one is looked at. */
  | { kind: 'wait'; leftMs: number; guard: TryGuard };

export function judgeTry(guard: TryGuard, now: Moment, nowMs: number): TryJudgement {
  const { leftMs, guard: standing } = waitLeft(guard, now);
  if (leftMs > 0) return { kind: 'wait', leftMs, guard: standing };
  const firstMs = guard.firstMs ?? nowMs;
  return { kind: 'may_try', guard: { wrongTries: guard.wrongTries + 1, lastAt: now, firstMs } };
}

/** What is left of the wait, and the guard as it stands then: over a start of the box a wait begins anew. */
export function waitLeft(guard: TryGuard, now: Moment): { leftMs: number; guard: TryGuard } {
  const waitMs = waitMsAfter(guard.wrongTries);
  const { lastAt } = guard;
  if (waitMs === 0 || lastAt === null) return { leftMs: 0, guard };
  const sinceMs = now.monotonicMs - lastAt.monotonicMs;
  // How long the box was off is not known: too strict, and never too lax.
  if (lastAt.bootId !== now.bootId || sinceMs < 0)
    return { leftMs: waitMs, guard: { ...guard, lastAt: now } };
  return { leftMs: Math.max(0, waitMs - sinceMs), guard };
}

export function waitMsAfter(wrongTries: number): number {
  const beyond = wrongTries - tryLimits.freeTries;
  if (beyond <= 0) return 0;
  return Math.min(tryLimits.waitMsMax, tryLimits.waitMsFirst * 2 ** Math.min(beyond - 1, 30));
}
