// What is to happen when the sandbox's clock has come so far: one timer for however many tasks, each at its own moment.
import type { Clock } from '../kit/clock.ts';

/** Node's longest timer is 24 days. */
const waitMsMax = 20 * 86_400_000;

export interface Agenda {
  /** Runs the task once when the clock has come so far; those of one moment in the order of adding. */
  at(whenMs: number, task: () => void): void;
  /** Forgets everything. */
  clear(): void;
}

export function createAgenda(clock: Pick<Clock, 'wallMs' | 'after'>): Agenda {
  // By moment, the latest first, so that what is due is at the end.
  const tasks: { whenMs: number; task: () => void }[] = [];
  let cancel: (() => void) | null = null;

  function wait(): void {
    cancel?.();
    const next = tasks.at(-1);
    const delayMs =
      next === undefined ? null : Math.min(Math.max(next.whenMs - clock.wallMs(), 0), waitMsMax);
    cancel = delayMs === null ? null : clock.after(delayMs, runDue);
  }

  function runDue(): void {
    for (let next = tasks.at(-1); next !== undefined && next.whenMs <= clock.wallMs(); next = tasks.at(-1)) {
      tasks.pop();
      next.task();
    }
    wait();
  }

  return {
    at(whenMs, task) {
      let [from, to] = [0, tasks.length];
      while (from < to) {
        const middle = (from + to) >>> 1;
        if ((tasks[middle]?.whenMs ?? 0) > whenMs) from = middle + 1;
        else to = middle;
      }
      tasks.splice(from, 0, { whenMs, task });
      if (from === tasks.length - 1) wait();
    },
    clear() {
      tasks.length = 0;
      wait();
    },
  };
}
