// What a burst of work leaves behind is given back to the machine once the program rests. V8 itself keeps it: a heap that
// is not asked for anything is not looked at either.
import type { Clock } from './clock.ts';

export interface Rest {
  /** Something was done; cheap enough to be said for every request. */
  worked(): void;
  stop(): void;
}

/**
 * Calls `collect` once after every stretch of work, when nothing was done for `quietMs`; starting up counts as work.
 * @param collect holds up its thread for some tens of milliseconds
 */
export function collectAtRest(
  clock: Pick<Clock, 'after'>,
  collect: () => void = collectGarbage,
  quietMs = 5000,
): Rest {
  let state: 'resting' | 'quiet_so_far' | 'worked' = 'quiet_so_far';
  let cancel = clock.after(quietMs, look);
  return {
    worked() {
      if (state === 'resting') cancel = clock.after(quietMs, look);
      state = 'worked';
    },
    stop: () => cancel(),
  };

  function look(): void {
    if (state === 'worked') {
      state = 'quiet_so_far';
      cancel = clock.after(quietMs, look);
      return;
    }
    state = 'resting';
    collect();
  }
}

/** A whole collection of this thread's heap that also shrinks it; without node --expose-gc V8 is left alone. */
function collectGarbage(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
