// What the service manager is told (sd_notify(3)): ready, stopping, reloading, alive. Said by systemd's own program, for
// Node has no datagram sockets of that kind (docs/decisions/0048). Without a manager nothing is said and nothing is started.
import { execFile } from 'node:child_process';
import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

export interface Notify {
  /** Whether a service manager listens. */
  readonly heard: boolean;
  /** It ends the program when it hears no WATCHDOG=1 for so long; null when it does not wait for any. */
  readonly watchdogMs: number | null;
  /**
   * Says these, such as READY=1, in one message and in the order of the calls. Resolves once the manager has it, and never
   * rejects: what could not be said is logged, and the program goes on.
   */
  say(...states: string[]): Promise<void>;
}

/** The program waits by itself, up to 5 s, until the manager has read it: only then does it still know whose word it was. */
const sayMsMax = 10_000;

/** @param env the NOTIFY_SOCKET in it is taken out: programs that this one starts must not speak in its name */
export function createNotify(env: NodeJS.ProcessEnv, log: Log): Notify {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC, WATCHDOG_PID } = env;
  for (const name of ['NOTIFY_SOCKET', 'WATCHDOG_USEC', 'WATCHDOG_PID']) delete env[name];
  if (!socket) return { heard: false, watchdogMs: null, say: async () => {} };

  const watched =
    WATCHDOG_USEC !== undefined && (WATCHDOG_PID ?? String(process.pid)) === String(process.pid);
  const speakingEnv = { ...env, NOTIFY_SOCKET: socket };
  let failed = false;
  let turn: Promise<void> = Promise.resolve();

  const sayNow = (states: string[]) =>
    new Promise<void>((resolve) => {
      const options = { env: speakingEnv, timeout: sayMsMax, killSignal: 'SIGKILL' as const };
      execFile('systemd-notify', states, options, (error, _, stderr) => {
        // Once: what is wrong with the first beat is wrong with all that follow.
        if (error && !failed) {
          const hint = 'Install systemd-notify (Debian: systemd), and keep NotifyAccess=all in the unit.';
          log.error({ error: stderr.trim() || error.message, hint }, 'the service manager cannot be told');
        }
        failed = error !== null;
        resolve();
      });
    });
  return {
    heard: true,
    watchdogMs: watched ? Number(WATCHDOG_USEC) / 1000 : null,
    say(...states) {
      // A line ends a state: what somebody else worded must not begin another.
      const lines = states.map((state) => state.replaceAll(/\s+/g, ' '));
      turn = turn.then(() => sayNow(lines));
      return turn;
    },
  };
}

/** A reload begins: the time lets the manager know it from one before (sd_notify(3), RELOADING=1). */
export function reloadingStates(clock: Pick<Clock, 'monotonicMs'>): string[] {
  return ['RELOADING=1', `MONOTONIC_USEC=${clock.monotonicMs() * 1000}`];
}
