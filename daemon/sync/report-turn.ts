// When a report of how the box is may go: entries go first, but a shop that is never quiet is heard of all the same.
import type { SyncState } from './machine.ts';

export interface ReportTurn {
  /** Whether one may go now; once it may, the next is held anew. */
  may(state: SyncState, lastSeq: number, nowMs: number): boolean;
}

/** So long entries on their way hold a report: who sells without a pause would be taken for a box that says nothing. */
const heldMsMax = 20_000;

/** @param backlogItems so many entries unsent are a backlog, and no report goes before it */
export function createReportTurn(backlogItems: number): ReportTurn {
  let heldSinceMs: number | null = null;
  return {
    may(state, lastSeq, nowMs) {
      const unsent = state.kind === 'streaming' ? lastSeq - state.sentThrough : 0;
      // What held it before the link went says nothing of a link that is there again.
      if (state.kind !== 'streaming') heldSinceMs = null;
      else if (unsent === 0 && state.framesOut.length === 0) heldSinceMs = nowMs - heldMsMax;
      else heldSinceMs ??= nowMs;
      const may = heldSinceMs !== null && unsent < backlogItems && nowMs - heldSinceMs >= heldMsMax;
      if (may) heldSinceMs = null;
      return may;
    },
  };
}
