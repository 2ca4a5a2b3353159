// A publication whose command was ended in the middle is carried on by the service: no part of a fleet is left with the
// catalogue before.
import type { Clock } from '../../../kit/clock.ts';
import type { SqliteStore } from './store.ts';

export interface LeftBehind {
  /** Carries on what stands still; called now and then. */
  look(): void;
  stop(): void;
}

/** Between two steps: intake has its turn. */
const restMs = 50;

/** @param stepped is called after each step: feeds may have grown */
export function createLeftBehind(store: SqliteStore, clock: Clock, stepped: () => void): LeftBehind {
  const state: { timer: NodeJS.Timeout | null } = { timer: null };

  function step(): void {
    state.timer = null;
    try {
      const { more } = store.transaction(() => store.cataloguePiece(clock.wallMs()));
      stepped();
      if (more) state.timer = setTimeout(step, restMs);
    } catch (error) {
      // The next look tries again.
      if (!store.isDiskTrouble(error)) throw error;
    }
  }

  return {
    look() {
      if (state.timer === null && store.catalogueStandsStill(clock.wallMs())) step();
    },
    stop() {
      if (state.timer !== null) clearTimeout(state.timer);
    },
  };
}
