// Proof of life for the service manager: said after a look that could have failed, and not said when it did.
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';
import type { Notify } from './notify.ts';

export interface HeartbeatParts {
  notify: Notify;
  clock: Pick<Clock, 'after' | 'monotonicMs'>;
  log: Log;
  /** Looks whether the program can still do its work; resolves with a line on how it is, rejects when it cannot. */
  look(): Promise<string>;
}

export interface Heartbeat {
  /** Looks and tells now, beside the regular beats. */
  beat(): Promise<void>;
  stop(): void;
}

/** Where nobody waits for beats the manager is told how it is all the same. */
const unwatchedMs = 30_000;

/**
 * Beats three times within the manager's patience, so that neither one lost beat nor one slow look ends the program. A look
 * that takes longer than a third of it has failed.
 */
export function startHeartbeat({ notify, clock, log, look }: HeartbeatParts): Heartbeat {
  if (!notify.heard) return { beat: async () => {}, stop() {} };
  const everyMs = notify.watchdogMs === null ? unwatchedMs : notify.watchdogMs / 3;
  const alive = notify.watchdogMs === null ? [] : ['WATCHDOG=1'];
  let unwellSinceMs: number | null = null;
  let stopped = false;
  let cancel = clock.after(everyMs, next);

  return {
    beat,
    stop() {
      stopped = true;
      cancel();
    },
  };

  async function next(): Promise<void> {
    const startMs = clock.monotonicMs();
    await beat();
    if (!stopped) cancel = clock.after(Math.max(0, startMs + everyMs - clock.monotonicMs()), next);
  }

  async function beat(): Promise<void> {
    try {
      const line = await within(everyMs, look());
      if (unwellSinceMs !== null) log.warn({ forMs: clock.monotonicMs() - unwellSinceMs }, 'well again');
      unwellSinceMs = null;
      if (!stopped) await notify.say(...alive, `STATUS=${line}`);
    } catch (error) {
      if (stopped) return;
      const { message } = error as Error;
      // The first is logged; the manager's own line says how it ended.
      if (unwellSinceMs === null) log.error({ error: message }, 'not well: no proof of life is given');
      unwellSinceMs ??= clock.monotonicMs();
      await notify.say(`STATUS=not well: ${message}`);
    }
  }

  function within<T>(msMax: number, promise: Promise<T>): Promise<T> {
    let cancelBound: () => void = () => {};
    const bound = new Promise<never>((_, reject) => {
      cancelBound = clock.after(msMax, () => reject(new Error(`no answer within ${msMax} ms`)));
    });
    return Promise.race([promise, bound]).finally(() => cancelBound());
  }
}
