// What one processor answered since the start: counts, how long it took, and the story of a failure told three times at most
// a minute: when it begins, how it goes on, and when it is over.
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { Called } from './breakers.ts';

export interface TallyView {
  /** Calls by what came of them, since the start. */
  counts: Record<string, number>;
  lastAnsweredMs: number | null;
  /** Of the last calls; null before the first. */
  callMs: { p50: number; p99: number } | null;
}

/** One call, for the log. The reference is ours, and finds the call again at the processor. */
export interface CallFields {
  reference: string;
  purpose: string;
  result: string;
  code: string | null;
  callMs: number;
}

export interface Tally {
  note(call: CallFields, health: Called<unknown>['health']): void;
  view(): TallyView;
}

const callsRemembered = 500;
const summaryEveryMs = 60_000;

export function createTally(
  processor: string,
  clock: Pick<Clock, 'wallMs' | 'monotonicMs'>,
  log: Log,
): Tally {
  const counts: Record<string, number> = {};
  const callMs: number[] = [];
  const state = { lastAnsweredMs: null as number | null, failures: 0, failingMs: 0, saidMs: 0, calls: 0 };

  function tellTrouble(call: CallFields, health: Called<unknown>['health']): void {
    const nowMs = clock.monotonicMs();
    if (health === 'answered') {
      if (state.failures === 0) return;
      const { failures, failingMs } = state;
      state.failures = 0;
      const lastedMs = nowMs - failingMs;
      if (failures > 1) log.info({ processor, failures, lastedMs }, 'processor answers again');
      return;
    }
    state.failures++;
    if (state.failures === 1) {
      state.failingMs = nowMs;
      state.saidMs = nowMs;
      log.warn({ processor, ...call }, 'processor failed');
    } else if (nowMs - state.saidMs >= summaryEveryMs) {
      state.saidMs = nowMs;
      const { failures, failingMs } = state;
      log.warn({ processor, ...call, failures, failingForMs: nowMs - failingMs }, 'processor fails still');
    }
  }

  return {
    note(call, health) {
      counts[call.result] = (counts[call.result] ?? 0) + 1;
      callMs[state.calls++ % callsRemembered] = call.callMs;
      if (health === 'answered') state.lastAnsweredMs = clock.wallMs();
      log.debug({ processor, ...call }, 'processor called');
      tellTrouble(call, health);
    },
    view: () => ({ counts: { ...counts }, lastAnsweredMs: state.lastAnsweredMs, callMs: quantiles(callMs) }),
  };
}

function quantiles(values: readonly number[]): TallyView['callMs'] {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  const [p50, p99] = [at(0.5), at(0.99)];
  return p50 === undefined || p99 === undefined ? null : { p50, p99 };
}
