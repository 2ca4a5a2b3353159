// Says every half minute how the box is: keeps the report, and sends what waits when no entry does. Money first.
import type { HealthReport } from '../../contract/health.ts';
import { limits } from '../../contract/limits.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { Telemetry } from '../store/telemetry/telemetry.ts';

export interface ReporterParts {
  telemetry: Telemetry;
  /** What the box would say now. */
  look(): Promise<HealthReport>;
  /** False where it was not sent: there is no link, or entries wait. */
  send(reports: readonly Buffer[]): Promise<boolean>;
  clock: Clock;
  random(): number;
  log: Log;
}

export interface Reporter {
  /** Something has come to its end that central waits for: it is told within this time, at a moment drawn by lot. */
  soon(withinMs?: number): void;
  stop(): void;
}

export const reportEveryMs = 30_000;
/** The first comes soon: whoever started the box wants to see it. */
export const firstReportMsMax = 3000;
/** After a word to the whole fleet: ten thousand must not all answer at once. */
export const documentReportMsMax = 10_000;
/** Between two frames of what an outage left behind. */
const nextFrameMs = 1000;

export function startReporter({ telemetry, look, send, clock, random, log }: ReporterParts): Reporter {
  let stopped = false;
  let cancel: () => void = () => {};
  let failing = false;

  const again = (delayMs: number) => {
    if (!stopped) cancel = clock.after(delayMs, () => void beat());
  };
  // A tenth either way, so that a fleet that came back together does not speak together for ever.
  const pause = () => Math.round(reportEveryMs * (0.9 + 0.2 * random()));
  const firstMs = Math.round(firstReportMsMax * (0.5 + 0.5 * random()));
  let dueMs = clock.monotonicMs() + firstMs;
  again(firstMs);

  async function beat(): Promise<void> {
    let more = false;
    try {
      if (clock.monotonicMs() >= dueMs) {
        dueMs = clock.monotonicMs() + pause();
        telemetry.keep(Buffer.from(JSON.stringify(await look())));
      }
      more = await sendWaiting();
      failing = false;
    } catch (error) {
      // The first of a row: a disk that is full is said by others, and selling does not hang on this.
      if (!failing && !stopped) log.warn({ error: (error as Error).message }, 'no health report');
      failing = true;
      dueMs = clock.monotonicMs() + pause();
    }
    again(more ? nextFrameMs : Math.max(1, dueMs - clock.monotonicMs()));
  }

  /** @returns whether more waits and may go at once */
  async function sendWaiting(): Promise<boolean> {
    const waiting = telemetry.waiting(limits.healthReportsMax);
    const last = waiting.at(-1);
    if (last === undefined || stopped) return false;
    if (!(await send(waiting.map(({ body }) => body)))) return false;
    // Stopped while it was sent: the file is closed, and central may hear it twice.
    if (stopped) return false;
    telemetry.forgetThrough(last.id);
    return waiting.length === limits.healthReportsMax;
  }

  return {
    soon(withinMs = firstReportMsMax) {
      if (stopped) return;
      cancel();
      dueMs = Math.min(dueMs, clock.monotonicMs() + Math.round(withinMs * random()));
      again(Math.max(1, dueMs - clock.monotonicMs()));
    },
    stop() {
      stopped = true;
      cancel();
    },
  };
}
