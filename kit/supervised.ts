// A running program and its supervisor: what it is told while the program lives, and what its signals ask for.
import type { Clock } from './clock.ts';
import { startHeartbeat } from './heartbeat.ts';
import { reloadOnSignal, stopOnSignals } from './lifecycle.ts';
import type { Log } from './log.ts';
import { type Notify, reloadingStates } from './notify.ts';
import type { Reloaded } from './reload.ts';

export interface SupervisedParts {
  notify: Notify;
  clock: Pick<Clock, 'after' | 'monotonicMs'>;
  log: Log;
  /** How the program is, in a line, after a look that could have failed; rejects when it did. */
  look(): Promise<string>;
  /** Reads its files again, and never throws. */
  reload(): Reloaded;
  /** Everything, in order. */
  stop(): Promise<void>;
}

/** To be called when the program answers; resolves once the supervisor knows it. */
export async function runSupervised(parts: SupervisedParts): Promise<void> {
  const { notify, clock } = parts;
  const heartbeat = startHeartbeat(parts);
  reloadOnSignal(async () => {
    await notify.say(...reloadingStates(clock));
    const done = parts.reload();
    await notify.say('READY=1', ...(done.kind === 'refused' ? [`STATUS=not reloaded: ${done.reason}`] : []));
  });
  stopOnSignals(() => {
    heartbeat.stop();
    void notify.say('STOPPING=1', 'STATUS=stopping');
    return parts.stop();
  });
  await notify.say('READY=1', 'STATUS=started');
  void heartbeat.beat();
}
