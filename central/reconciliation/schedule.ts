// Runs the reconciliation by the configured schedule, in UTC: node-cron says when, a process of its own does it, so that a
// long run takes neither the store thread's time nor this process's memory. Keeps two promises: a step of the wall clock neither
// silences the schedule nor fires what was missed (node-cron walks every missed beat after a step forwards and waits for
// the old time after one backwards), and there is never more than one run.
import { type ScheduledTask, schedule } from 'node-cron';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';

export interface Scheduled {
  stop(): void;
}

export const lookEveryMs = 5000;
/** What wall and monotonic clock may drift apart between two looks. */
export const stepMsMax = 10_000;

export interface ScheduleParts {
  /** Five fields of cron. */
  expression: string;
  clock: Clock;
  log: Log;
  /** Does one run; resolves when it has ended, however. */
  run(): Promise<void>;
}

/** What it would print on the console is known here already. */
const quiet = { info() {}, warn() {}, error() {}, debug() {} };

export function startSchedule({ expression, clock, log, run }: ScheduleParts): Scheduled {
  const state = { running: false, lastMinute: -1, cancelLook: () => {} };
  const offsetMs = () => clock.wallMs() - clock.monotonicMs();
  let task: ScheduledTask = start();
  let seenOffsetMs = offsetMs();

  function start(): ScheduledTask {
    return schedule(expression, due, { timezone: 'Etc/UTC', logger: quiet });
  }

  async function due(): Promise<void> {
    const minute = Math.floor(clock.wallMs() / 60_000);
    // Beats that were missed come all at once: of one minute only the first counts.
    if (state.running || minute === state.lastMinute) return;
    state.running = true;
    state.lastMinute = minute;
    try {
      await run();
    } catch (error) {
      log.error({ error: (error as Error).message }, 'the scheduled reconciliation failed');
    } finally {
      state.running = false;
    }
  }

  /** The schedule is made anew when the wall clock has jumped: it then waits for the next time from now. */
  function look(): void {
    const nowOffsetMs = offsetMs();
    if (Math.abs(nowOffsetMs - seenOffsetMs) > stepMsMax) {
      log.warn({ steppedMs: nowOffsetMs - seenOffsetMs }, 'the clock has stepped; the schedule begins anew');
      void task.destroy();
      state.lastMinute = -1;
      task = start();
    }
    seenOffsetMs = nowOffsetMs;
    state.cancelLook = clock.after(lookEveryMs, look);
  }

  state.cancelLook = clock.after(lookEveryMs, look);
  return {
    stop() {
      state.cancelLook();
      void task.destroy();
    },
  };
}
