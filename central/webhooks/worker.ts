// Works stored events: a bounded piece at a time, woken when something was stored, and again when the next one is due.
// What it has not done when it stops is in the store, and is done after the next start.
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { LedgerPort } from '../ledger/port.ts';
import type { AnnouncedReport, WebhooksWorked } from './port.ts';

export interface WebhookWorker {
  /** There may be work. */
  wake(): void;
  /** Resolves when the piece in work is done. */
  stop(): Promise<void>;
}

/** One transaction: what a receipt may have to wait for. */
const pieceEventsMax = 50;
/** Between two pieces: those who wait for their acknowledgement have their turn, and the next piece gathers. */
const restMs = 25;
const storeRetryMs = 1000;
/** A clock that steps back must not keep due work waiting for long. */
const lookMsMax = 60_000;

export function createWebhookWorker(parts: {
  store: Pick<LedgerPort, 'workWebhooks'>;
  /** A report can be downloaded; said again when the event is put back. */
  onReport(report: AnnouncedReport): void;
  clock: Clock;
  log: Log;
}): WebhookWorker {
  const { store, onReport, clock, log } = parts;
  const state: { stopped: boolean; woken: boolean; round: Promise<void> | null } = {
    stopped: false,
    woken: false,
    round: null,
  };
  let cancel = () => {};

  function wake(): void {
    // In a round, or in the rest after it: what has come is seen by the next one.
    state.woken = true;
    if (state.round === null && !state.stopped) begin();
  }

  function begin(): void {
    cancel();
    state.woken = false;
    state.round = piece().then((delayMs) => {
      if (state.stopped) return;
      cancel = clock.after(restMs, () => {
        state.round = null;
        if (state.woken || delayMs === 0) begin();
        else if (delayMs !== null) cancel = clock.after(Math.min(delayMs, lookMsMax), begin);
      });
    });
  }

  /** The delay before there is work again; null when nothing waits. */
  async function piece(): Promise<number | null> {
    try {
      const worked = await store.workWebhooks({ eventsMax: pieceEventsMax, nowMs: clock.wallMs() });
      tell(worked);
      return worked.nextDueMs === null ? null : Math.max(0, worked.nextDueMs - clock.wallMs());
    } catch (error) {
      log.error({ error: (error as Error).message }, 'webhooks could not be worked');
      return storeRetryMs;
    }
  }

  function tell({ failed, reports }: WebhooksWorked): void {
    for (const report of reports) onReport(report);
    for (const { dead, ...event } of failed) {
      if (dead) log.error(event, 'a webhook is given up: see webhook dead');
      else log.warn(event, 'a webhook could not be applied; it is tried again');
    }
  }

  return {
    wake,
    async stop() {
      state.stopped = true;
      cancel();
      await state.round;
    },
  };
}
