// Two processors side by side over several settlement periods, and whether one may take the other's place: pure. `ready` only
// when every period of both is reconciled, nothing in it is unexplained, and both had enough to do to show it.
import type { ExceptionView } from './exceptions.ts';

/** What one processor did within one period; counts and sums of charges and refunds. */
export interface ProcessorPeriod {
  processor: string;
  collected: Volume[];
  reported: Volume[];
  /** Whether what was late by its end has been judged. */
  reconciled: boolean;
  /** Everything that was found about rows of the period, settled or not. */
  discrepancies: ExceptionView[];
}

export interface Volume {
  currency: string;
  rows: number;
  amountMinor: bigint;
  feeMinor: bigint;
}

export interface ShadowPeriod {
  fromMs: number;
  toMs: number;
  from: ProcessorPeriod;
  to: ProcessorPeriod;
}

export type ShadowReason =
  | 'periods_too_few'
  | 'nothing_reported'
  | 'not_reconciled'
  | 'unexplained'
  | 'volumes_not_comparable';

export interface ShadowVerdict {
  verdict: 'ready' | 'not_ready';
  reasons: { reason: ShadowReason; period: number | null; processor: string | null; words: string }[];
}

export const shadowPeriodsMin = 2;

/** @param periods in the order of time */
export function judgeShadow(periods: readonly ShadowPeriod[], volumePercentMin: number): ShadowVerdict {
  const reasons: ShadowVerdict['reasons'] = [];
  if (periods.length < shadowPeriodsMin) {
    const words = `${shadowPeriodsMin} settlement periods are the least that show anything`;
    reasons.push({ reason: 'periods_too_few', period: null, processor: null, words });
  }
  for (const [at, period] of periods.entries()) {
    for (const side of [period.from, period.to]) {
      for (const { reason, words } of reasonsOf(side)) {
        reasons.push({ reason, period: at + 1, processor: side.processor, words });
      }
    }
    const words = volumesDiffer(period, volumePercentMin);
    if (words !== null) {
      reasons.push({ reason: 'volumes_not_comparable', period: at + 1, processor: null, words });
    }
  }
  return { verdict: reasons.length === 0 ? 'ready' : 'not_ready', reasons };
}

function reasonsOf({ reported, reconciled, discrepancies }: ProcessorPeriod) {
  const reasons: { reason: ShadowReason; words: string }[] = [];
  if (rowsOf(reported) === 0)
    reasons.push({ reason: 'nothing_reported', words: 'no report has a row of it' });
  if (!reconciled) {
    const words = 'no run has judged it after all its reports were due';
    reasons.push({ reason: 'not_reconciled', words });
  }
  const open = discrepancies.filter(({ state }) => state === 'open').length;
  if (open > 0) reasons.push({ reason: 'unexplained', words: `${open} discrepancies are open` });
  return reasons;
}

function volumesDiffer({ from, to }: ShadowPeriod, percentMin: number): string | null {
  const [less, more] = [rowsOf(from.reported), rowsOf(to.reported)].sort((a, b) => a - b);
  if (less === undefined || more === undefined || less * 100 >= more * percentMin) return null;
  return `${less} rows against ${more}: less than ${percentMin} percent`;
}

function rowsOf(volumes: readonly Volume[]): number {
  return volumes.reduce((sum, { rows }) => sum + rows, 0);
}
