// When a report was made, by central's clock: a box that was away says late what it was like, and its wall clock may be wrong by
// years. Pure.
import type { HealthReport } from '../../../contract/health.ts';
import { levels } from './steps.ts';

export type MisplacedReason =
  | 'report_from_the_future'
  | 'report_too_old'
  | 'report_time_unknown'
  | 'report_repeated';

export type Placed = { kind: 'placed'; atMs: number } | { kind: 'misplaced'; reason: MisplacedReason };

/** What the estimate of a box may be ahead of the word as it is heard. */
const aheadMsMax = 60_000;
/** An estimate that is no better than this is none. */
const uncertaintyMsMax = 300_000;

/**
 * By the box's own estimate of central's time; where it had none in that boot, by the monotonic clock from a later report of the
 * boot that had; else by its wall clock, where that can be right.
 * @param later reports that were heard with it or after it
 */
export function placeReport(report: HealthReport, later: readonly HealthReport[], heardMs: number): Placed {
  const estimated = estimateOf(report) ?? estimateBy(report, later);
  const atMs = estimated ?? report.at.wallMs;
  const oldestMs = heardMs - levels[1].keptSeconds * 1000;
  if (atMs > heardMs + aheadMsMax)
    return misplaced(estimated === null ? 'report_time_unknown' : 'report_from_the_future');
  if (atMs < oldestMs) return misplaced(estimated === null ? 'report_time_unknown' : 'report_too_old');
  return { kind: 'placed', atMs: Math.min(atMs, heardMs) };
}

/** Said before: in the same boot, and not after what was heard last. */
export function isRepeated({ at }: HealthReport, before: HealthReport | null): boolean {
  return before !== null && at.bootId === before.at.bootId && at.monotonicMs <= before.at.monotonicMs;
}

function estimateOf({ at }: HealthReport): number | null {
  return at.central && at.central.uncertaintyMs <= uncertaintyMsMax ? at.central.ms : null;
}

function estimateBy({ at }: HealthReport, later: readonly HealthReport[]): number | null {
  for (const other of later) {
    const ms = other.at.bootId === at.bootId ? estimateOf(other) : null;
    if (ms !== null) return ms - (other.at.monotonicMs - at.monotonicMs);
  }
  return null;
}

function misplaced(reason: MisplacedReason): Placed {
  return { kind: 'misplaced', reason };
}
