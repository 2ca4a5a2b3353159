// Forgets old events of processors: a bounded piece at a time, an hour apart, and sooner while there is more.
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { LedgerPort } from '../ledger/port.ts';

export const forgetterLimits = {
  /** One transaction: bodies of up to half a megabyte each leave it. */
  eventsMax: 100,
  everyMs: 3_600_000,
  restMs: 1000,
} as const;

const dayMs = 86_400_000;

export interface WebhookForgetter {
  /** Resolves when the piece in work is done. */
  stop(): Promise<void>;
}

export function createWebhookForgetter(parts: {
  store: Pick<LedgerPort, 'forgetWebhooks'>;
  keptDays: number;
  clock: Clock;
  log: Log;
}): WebhookForgetter {
  const { store, keptDays, clock, log } = parts;
  const state = { stopped: false };
  let round: Promise<void> = Promise.resolve();
  let cancel = clock.after(forgetterLimits.restMs, begin);

  function begin(): void {
    round = piece().then((delayMs) => {
      if (!state.stopped) cancel = clock.after(delayMs, begin);
    });
  }

  async function piece(): Promise<number> {
    const { eventsMax, everyMs, restMs } = forgetterLimits;
    try {
      const appliedBeforeMs = clock.wallMs() - keptDays * dayMs;
      const { forgotten } = await store.forgetWebhooks({ appliedBeforeMs, eventsMax });
      if (forgotten > 0) log.info({ forgotten }, 'old webhooks were forgotten');
      return forgotten === eventsMax ? restMs : everyMs;
    } catch (error) {
      log.error({ error: (error as Error).message }, 'old webhooks could not be forgotten');
      return everyMs;
    }
  }

  return {
    async stop() {
      state.stopped = true;
      cancel();
      await round;
    },
  };
}
