// Start order and stop order: what was started last stops first, each within its own bound; and what signals ask for.
import { isatty } from 'node:tty';
import type { Log } from './log.ts';

export interface Lifecycle {
  /** Remembers how to stop what has just been started. @param msMax where it may take another time than the others */
  onStop(name: string, stop: () => Promise<void> | void, msMax?: number): void;
  /** Stops everything, newest first; a step that fails or hangs is logged and passed over. Safe to call twice. */
  stop(): Promise<void>;
}

export function createLifecycle(log: Log, stepMsMax = 5000): Lifecycle {
  const steps: { name: string; stop: () => Promise<void> | void; msMax: number }[] = [];
  let stopping: Promise<void> | null = null;
  const run = async () => {
    for (let step = steps.pop(); step; step = steps.pop()) {
      const { name, msMax } = step;
      let timer: NodeJS.Timeout | undefined;
      const bound = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`not stopped within ${msMax} ms`)), msMax);
      });
      await Promise.race([(async () => step.stop())(), bound]).catch((error: Error) =>
        log.error({ step: name, error: error.message }, 'could not stop in order'),
      );
      clearTimeout(timer);
    }
  };
  return {
    onStop(name, stop, msMax = stepMsMax) {
      steps.push({ name, stop, msMax });
    },
    stop() {
      stopping ??= run();
      return stopping;
    },
  };
}

/** One Ctrl-C may come twice: from the terminal, and passed on by npm. */
const sameWishMs = 500;

/** Runs `stop` once on SIGTERM or SIGINT; a second signal ends the process at once. */
export function stopOnSignals(stop: () => Promise<void>): void {
  let signalledMs: number | null = null;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (signalledMs !== null) {
        if (performance.now() - signalledMs > sameWishMs) process.exit(1);
        return;
      }
      signalledMs = performance.now();
      stop().then(
        () => process.exit(0),
        () => process.exit(1),
      );
    });
  }
}

/**
 * Runs `reload` on SIGHUP, one after the other; signals that come meanwhile are one more. In a terminal that signal says
 * that the terminal is gone, and ends the program as ever.
 */
export function reloadOnSignal(reload: () => Promise<void>): void {
  if (isatty(0)) return;
  let wishes = 0;
  process.on('SIGHUP', async () => {
    if (++wishes > 1) return;
    while (wishes > 0) {
      wishes = 1;
      await reload();
      wishes--;
    }
  });
}
