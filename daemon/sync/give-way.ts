// How a backlog gives way to customers: while kiosks submit, the pump works a share of the time and rests for the others.
import type { Clock } from '../../kit/clock.ts';
import type { StoreClient } from '../store/client.ts';

/** A backlog can wait, a customer not. */
const shareBesideKiosks = 1 / 6;
const restMsMax = 200;

/** A function that, after a piece of work that took `workedMs`, resolves once kiosks have had their share of the box. */
export function createGiveWay(
  store: Pick<StoreClient, 'kiosksSubmit'>,
  clock: Pick<Clock, 'after'>,
): (workedMs: number) => Promise<void> {
  return async (workedMs) => {
    if (!store.kiosksSubmit()) return;
    const restMs = Math.min(restMsMax, Math.max(1, workedMs) * (1 / shareBesideKiosks - 1));
    await new Promise<void>((resolve) => clock.after(restMs, resolve));
  };
}
