// Synthetic checkouts by themselves, so that a box that sells to nobody at night still says each quarter of an hour that it could.
import type { Clock } from '../../kit/clock.ts';
import type { StoreClient } from '../store/client.ts';
import type { Synthetics } from './runner.ts';

const minuteMs = 60_000;

export interface Schedule {
  /** From now on so often; 0: never. */
  every(minutes: number): void;
  stop(): void;
}

export function startSchedule(
  everyMinutes: number,
  parts: {
    synthetics: Pick<Synthetics, 'run'>;
    store: Pick<StoreClient, 'ask'>;
    clock: Clock;
    random(): number;
  },
): Schedule {
  const { synthetics, store, clock, random } = parts;
  let everyMs = 0;
  /** Grows when another time is told: what was planned before is over. */
  let told = 0;
  let stopped = false;
  let cancel = () => {};

  function every(minutes: number): void {
    if (minutes * minuteMs === everyMs) return;
    everyMs = minutes * minuteMs;
    told++;
    cancel();
    if (everyMs === 0 || stopped) return;
    // A fleet that started together must not ask together: the first comes anywhere in the time, the others a tenth either way.
    cancel = clock.after(Math.round(everyMs * (0.25 + 0.75 * random())), () => void beat());
  }

  async function beat(): Promise<void> {
    const asked = told;
    // Before its first catalogue a box has nothing to prove.
    const { catalogue, policy } = await store
      .ask('status', {})
      .catch(() => ({ catalogue: { version: 0 }, policy: { version: 0 } }));
    if (stopped || asked !== told) return;
    if (catalogue.version > 0 && policy.version > 0) await synthetics.run('schedule');
    if (stopped || asked !== told) return;
    cancel = clock.after(Math.round(everyMs * (0.9 + 0.2 * random())), () => void beat());
  }

  every(everyMinutes);
  return {
    every,
    stop() {
      stopped = true;
      cancel();
    },
  };
}
