// Reports that a processor has announced, fetched at once: one after the other, tried again for some hours. What is lost with
// this process the next scheduled fetch finds, for batches are numbered.
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { AnnouncedReport } from '../webhooks/port.ts';

export interface AnnouncedFetches {
  /** One that is waiting or at work already is not fetched twice. */
  announce(report: AnnouncedReport): void;
  /** Resolves when nothing is at work any more. */
  stop(): Promise<void>;
}

/** After each try that failed: a report may be announced before it can be downloaded. */
export const againAfterMs = [60_000, 300_000, 1_800_000, 7_200_000];
/** More at once than a processor announces in weeks. */
const waitingMax = 100;

interface Waiting extends AnnouncedReport {
  failures: number;
  cancel(): void;
}

export function createAnnouncedFetches(parts: {
  /** Whether it is here now. */
  fetch(report: AnnouncedReport): Promise<boolean>;
  clock: Pick<Clock, 'after'>;
  log: Log;
}): AnnouncedFetches {
  const { fetch, clock, log } = parts;
  const waiting = new Map<string, Waiting>();
  const state = { stopped: false, work: Promise.resolve() };

  function queue(key: string, one: Waiting): void {
    state.work = state.work.then(async () => {
      if (state.stopped) return;
      const isHere = await fetch(one).catch((error: Error) => {
        log.error({ error: error.message }, 'a report could not be fetched');
        return false;
      });
      if (isHere) waiting.delete(key);
      else again(key, one);
    });
  }

  function again(key: string, one: Waiting): void {
    const { processor, batch } = one;
    const delayMs = againAfterMs[one.failures++];
    if (delayMs === undefined) {
      log.error(
        { processor, batch },
        'an announced report did not come; the next scheduled fetch asks for it',
      );
      waiting.delete(key);
    } else if (!state.stopped) one.cancel = clock.after(delayMs, () => queue(key, one));
  }

  return {
    announce({ processor, batch }) {
      const key = `${processor} ${batch}`;
      if (state.stopped || waiting.has(key)) return;
      if (waiting.size >= waitingMax) {
        log.warn(
          { processor, batch },
          'too many announced reports; the next scheduled fetch asks for this one',
        );
        return;
      }
      const one = { processor, batch, failures: 0, cancel: () => undefined };
      waiting.set(key, one);
      queue(key, one);
    },
    async stop() {
      state.stopped = true;
      for (const one of waiting.values()) one.cancel();
      await state.work;
    },
  };
}
