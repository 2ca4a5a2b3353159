// The loop that ends what nobody waits for: a pending checkout whose kiosk never came back is refused in the end, so
// that central takes back what it may have authorised and the exposure is free again.
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { StoreClient } from './client.ts';

const lookMs = 5000;

export function startAbandonment(store: Pick<StoreClient, 'ask'>, clock: Clock, log: Log): { stop(): void } {
  let cancel: () => void = () => {};
  let stopped = false;
  const plan = (ms: number) => {
    if (!stopped) cancel = clock.after(ms, look);
  };
  const look = () => {
    store.ask('abandon', {}).then(
      ({ more }) => plan(more ? 0 : lookMs),
      (error: Error) => {
        log.warn({ error: error.message }, 'could not look for abandoned checkouts');
        plan(lookMs);
      },
    );
  };
  plan(lookMs);
  return {
    stop() {
      stopped = true;
      cancel();
    },
  };
}
