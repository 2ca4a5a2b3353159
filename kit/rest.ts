// What a burst of work leaves behind is given back to the machine once the program rests. V8 itself keeps it: a heap that
// is not asked for anything is not looked at either.
import type { Clock } from './clock.ts';

export interface Rest {
  /** One thing was done; cheap enough to be said for every request. */
  worked(): void;
  stop(): void;
}

const lookMs = 5000;
/** So few things between two looks are rest all the same: a till that asks how the link is, a clean-up that finds nothing. */
const doneAtRestMax = 20;

/**
 * Calls `collect` once after every stretch of work, when hardly anything was done for a while; starting up counts as work.
 * @param collect holds up its thread for some tens of milliseconds
 */
export function collectAtRest(clock: Pick<Clock, 'after'>, collect: () => void = shrinkHeap): Rest {
  let done = 0;
  let left: 'something' | 'nothing' = 'something';
  let cancel = clock.after(lookMs, look);
  return {
    worked() {
      done++;
    },
    stop: () => cancel(),
  };

  function look(): void {
    cancel = clock.after(lookMs, look);
    if (done > doneAtRestMax) {
      left = 'something';
    } else if (left === 'something') {
      left = 'nothing';
      collect();
    }
    done = 0;
  }
}

/** A whole collection of this thread's heap; without node --expose-gc V8 is left alone. */
export function collectGarbage(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync' });
}

/** The same, which also gives the heap's pages back. */
function shrinkHeap(): void {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
