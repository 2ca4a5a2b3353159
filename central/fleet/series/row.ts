// One report as a row of numbers: what is so, and what happened since the report before. Pure.
import type { HealthReport } from '../../../contract/health.ts';
import { type Count, columnOf, type Latency, metrics } from './metrics.ts';

/** Seconds of a row as it comes; the file knows it by its slot, which is its time in these. */
export const finestStepSeconds = 30;

export interface Row {
  /** Time since 1970 in steps of the row's own length. */
  slot: number;
  /** Column, value, column, value…, by ascending columns. A count that is not there is 0; a gauge, not known. */
  values: number[];
}

/** A box may say anything that is a number: what is stored must come back exactly, differences included. */
const valueMax = 1e15;

export function rowOf(atMs: number, report: HealthReport, before: HealthReport | null): Row {
  const values: number[] = [];
  const put = (column: number, value: number) => values.push(column, bounded(value));
  for (const metric of metrics) {
    switch (metric.kind) {
      case 'gauge': {
        const value = metric.read(report);
        if (value !== null) put(columnOf(metric), Math.round(value / metric.grain));
        break;
      }
      case 'count': {
        const happened = countedSince(metric, report, before);
        if (happened > 0) put(columnOf(metric), happened);
        break;
      }
      case 'latency': {
        for (const [i, happened] of latencySince(metric, report, before).entries()) {
          if (happened > 0) put(columnOf(metric, i), happened);
        }
        break;
      }
    }
  }
  return { slot: Math.floor(atMs / (finestStepSeconds * 1000)), values };
}

/** Without a report before nobody knows since when it counted. */
function countedSince(metric: Count, report: HealthReport, before: HealthReport | null): number {
  const now = metric.read(report);
  const was = before && metric.read(before);
  if (now === null || before === null) return 0;
  // One that fell was begun anew, and says nothing this once.
  if (metric.lasting) return was === null ? 0 : Math.max(0, now - was);
  return sameRun(report, before) && was !== null && now >= was ? now - was : now;
}

function latencySince(metric: Latency, report: HealthReport, before: HealthReport | null): readonly number[] {
  const now = metric.read(report);
  if (now === null || before === null) return [];
  const was = sameRun(report, before) ? (metric.read(before) ?? []) : [];
  return now.map((count, i) => Math.max(0, count - (was[i] ?? 0)));
}

function sameRun(report: HealthReport, before: HealthReport): boolean {
  return report.at.bootId === before.at.bootId && report.upMs >= before.upMs;
}

function bounded(value: number): number {
  return Math.max(-valueMax, Math.min(valueMax, value));
}
