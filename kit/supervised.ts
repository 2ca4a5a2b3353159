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
  /** Why the last reload took nothing: said with every sign of life until one takes something. */
  let refused: string | null = null;
  const look = async () => {
    const line = await parts.look();
    return refused === null ? line : `${line}, not reloaded: ${refused}`;
  };
  const heartbeat = startHeartbeat({ ...parts, look });
  reloadOnSignal(async () => {
    await notify.say(...reloadingStates(clock));
    const done = parts.reload();
    refused = done.kind === 'refused' ? done.reason : null;
    await notify.say('READY=1', ...(refused === null ? [] : [`STATUS=not reloaded: ${refused}`]));
  });
  stopOnSignals(async () => {
    heartbeat.stop();
    // Both to their end: a program that is gone says nothing any more.
    await Promise.all([notify.say('STOPPING=1', 'STATUS=stopping'), parts.stop()]);
  });
  await notify.say('READY=1', 'STATUS=started');
  void heartbeat.beat();
}
