// Whether a try to pair succeeds. Pure. Its durations are of the monotonic clock of one boot: what hour the box believes
// it to be neither lengthens a code's life nor shortens a lock.

export const pairingLimits = {
  codeMsMax: 10 * 60_000,
  wrongTriesMax: 5,
  lockMs: 5 * 60_000,
  kiosksMax: 1000,
} as const;

/** A point in time that can be compared within its boot only. */
export interface Moment {
  bootId: string;
  monotonicMs: number;
}

/** What guards pairing as a whole: no caller has a count of its own, for an attacker can be many. */
export interface Guard {
  wrongTries: number;
  lockedAt: Moment | null;
}

export type PairingJudgement = (
  | { kind: 'paired' }
  | { kind: 'wrong_code' }
  | { kind: 'locked'; leftMs: number }
) & {
  /** As it stands after this try. */
  guard: Guard;
};

export const openGuard: Guard = { wrongTries: 0, lockedAt: null };

/**
 * Judges one try. A lock comes before the code: during it not even the right one is looked at.
 * @param codeMadeAt when the code that was presented was made; null when there is no such code
 */
export function judgePairing(guard: Guard, codeMadeAt: Moment | null, now: Moment): PairingJudgement {
  if (guard.lockedAt) {
    const since = msBetween(guard.lockedAt, now);
    // How long the box was off is not known: the lock begins anew, which is too long and never too short.
    if (since === null) {
      return { kind: 'locked', leftMs: pairingLimits.lockMs, guard: { ...guard, lockedAt: now } };
    }
    if (since < pairingLimits.lockMs) return { kind: 'locked', leftMs: pairingLimits.lockMs - since, guard };
  }
  if (codeMadeAt && codeLeftMs(codeMadeAt, now) > 0) return { kind: 'paired', guard: openGuard };
  const wrongTries = (guard.lockedAt ? 0 : guard.wrongTries) + 1;
  const lockedAt = wrongTries >= pairingLimits.wrongTriesMax ? now : null;
  return { kind: 'wrong_code', guard: { wrongTries, lockedAt } };
}

/** How much longer a code is good for; 0 when it is over, or when the box has started again since. */
export function codeLeftMs(madeAt: Moment, now: Moment): number {
  const age = msBetween(madeAt, now);
  return age === null ? 0 : Math.max(0, pairingLimits.codeMsMax - age);
}

/** Null across boots, and when time ran backwards, which one boot does not do. */
function msBetween(from: Moment, to: Moment): number | null {
  const ms = to.monotonicMs - from.monotonicMs;
  return from.bootId === to.bootId && ms >= 0 ? ms : null;
}
