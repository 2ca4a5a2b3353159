// How much a processor may be asked at once, and whether it may be asked at all: a bulkhead of places, and a circuit breaker
// that opens when too many of the last calls failed. While it is open nobody waits on a processor that is away; then one call
// at a time tries whether it is back.
import {
  bulkhead,
  CircuitState,
  CountBreaker,
  circuitBreaker,
  handleWhenResult,
  isBrokenCircuitError,
} from 'cockatiel';
import { backoffDelayMs } from '../../kit/backoff.ts';
import type { Clock } from '../../kit/clock.ts';

/** What a call says of the processor's health: a decline is an answer as good as an approval. */
export interface Called<T> {
  value: T;
  health: 'answered' | 'failed';
}

export interface GateView {
  breaker: 'closed' | 'open' | 'probing';
  /** Of the breaker's state, by the wall clock. */
  sinceMs: number;
  inFlight: number;
  placesMax: number;
}

export interface Gate {
  /** How many calls may be begun now. */
  places(): number;
  /**
   * Makes the call and does the work that follows, in one place: what waits for the disk holds up the next call.
   * @returns `closed` when there was no place or the breaker had opened: nothing was called
   */
  run<T>(call: () => Promise<Called<T>>, work: (value: T) => Promise<void>): Promise<'called' | 'closed'>;
  view(): GateView;
}

export interface GateOptions {
  placesMax: number;
  clock: Pick<Clock, 'wallMs' | 'monotonicMs'>;
  random: () => number;
  /** The breaker has changed. */
  onChange(breaker: GateView['breaker'], since: { lastedMs: number }): void;
}

/** Of so many last calls, from so few on; more failures than this share open it. */
const sampled = { size: 20, minimumNumberOfCalls: 5, threshold: 0.5 };
const probeAfter = { delayMsBase: 2000, delayMsMax: 60_000 };
/** Jitter may come to nothing; a processor that is away is not asked in a tight loop. */
const probeMinMs = 1000;

/**
 * The library counts the time a breaker stays open by the wall clock: a step backwards would keep it open for as long as the
 * step. So it never says no by time, and the places below are counted by the monotonic clock.
 */
const byPlacesAlone = { duration: Number.NEGATIVE_INFINITY, next: () => byPlacesAlone };

export function createGate({ placesMax, clock, random, onChange }: GateOptions): Gate {
  const places = bulkhead(placesMax, 0);
  const breaker = circuitBreaker(
    handleWhenResult((called) => (called as Called<unknown>).health === 'failed'),
    { breaker: new CountBreaker(sampled), halfOpenAfter: byPlacesAlone },
  );
  const state = {
    breaker: 'closed' as GateView['breaker'],
    sinceMs: clock.wallMs(),
    changedMs: clock.monotonicMs(),
    probeMs: 0,
    opened: 0,
  };
  breaker.onStateChange((now) => {
    const lastedMs = clock.monotonicMs() - state.changedMs;
    state.breaker = named(now);
    state.sinceMs = clock.wallMs();
    state.changedMs = clock.monotonicMs();
    if (state.breaker === 'closed') state.opened = 0;
    if (state.breaker === 'open') {
      state.probeMs = clock.monotonicMs() + probeMinMs + backoffDelayMs(probeAfter, state.opened++, random);
    }
    onChange(state.breaker, { lastedMs });
  });

  function free(): number {
    switch (state.breaker) {
      case 'closed':
        return places.executionSlots;
      case 'open':
        return clock.monotonicMs() < state.probeMs ? 0 : Math.min(1, places.executionSlots);
      case 'probing':
        return 0;
    }
  }

  return {
    places: free,
    async run(call, work) {
      if (free() === 0) return 'closed';
      try {
        await places.execute(async () => {
          const { value } = await breaker.execute(call);
          await work(value);
        });
        return 'called';
      } catch (error) {
        if (isBrokenCircuitError(error)) return 'closed';
        throw error;
      }
    },
    view: () => ({
      breaker: state.breaker,
      sinceMs: state.sinceMs,
      inFlight: placesMax - places.executionSlots,
      placesMax,
    }),
  };
}

function named(state: CircuitState): GateView['breaker'] {
  switch (state) {
    case CircuitState.Closed:
      return 'closed';
    case CircuitState.HalfOpen:
      return 'probing';
    case CircuitState.Open:
    case CircuitState.Isolated:
      return 'open';
  }
}
