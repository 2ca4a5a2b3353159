// Synthetic checkouts by themselves, so that a box that sells to nobody at night still says each quarter of an hour that it could.
import type { Clock } from '../../kit/clock.ts';
import type { StoreClient } from '../store/client.ts';
import type { Synthetics } from './runner.ts';

const minuteMs = 60_000;

/**
 * @param everyMinutes 0: never
 * @returns what stops it
 */
export function startSchedule(
  everyMinutes: number,
  parts: {
    synthetics: Pick<Synthetics, 'run'>;
    store: Pick<StoreClient, 'ask'>;
    clock: Clock;
    random(): number;
  },
): () => void {
  const { synthetics, store, clock, random } = parts;
  if (everyMinutes === 0) return () => {};
  const everyMs = everyMinutes * minuteMs;
  let stopped = false;
  // A fleet that started together must not ask together: the first comes anywhere in the time, the others a tenth either way.
  let cancel = clock.after(Math.round(everyMs * (0.25 + 0.75 * random())), () => void beat());

  async function beat(): Promise<void> {
    // Before its first catalogue a box has nothing to prove.
    const { catalogue, policy } = await store
      .ask('status', {})
      .catch(() => ({ catalogue: { version: 0 }, policy: { version: 0 } }));
    if (stopped) return;
    if (catalogue.version > 0 && policy.version > 0) await synthetics.run('schedule');
    if (!stopped) cancel = clock.after(Math.round(everyMs * (0.9 + 0.2 * random())), () => void beat());
  }

  return () => {
    stopped = true;
    cancel();
  };
}
