// What a question about a metric is answered: its points, and the step they stand for. Pure.

import { latencyAtMost } from '../../../contract/latency.ts';
import { present } from '../../../kit/assert.ts';
import { downSample } from './down-sample.ts';
import {
  columnOf,
  columnsPerMetric,
  type Gauge,
  type GaugePart,
  latencyColumns,
  type Metric,
} from './metrics.ts';
import { finestStepSeconds, type Row } from './row.ts';
import { chooseStep, type Level } from './steps.ts';

export type Point =
  /** Null: the box does not say. */
  | { atMs: number; min: number; max: number; mean: number; last: number }
  | { atMs: number; count: number }
  /** Counts by `latencyBoundsMs`; the bounds under which half and 99 of 100 lie: null: above the last, or none. */
  | { atMs: number; counts: number[]; p50Ms: number | null; p99Ms: number | null };

export interface SeriesAnswer {
  metric: string;
  kind: Metric['kind'];
  unit: Metric['unit'];
  /** Each point begins at its time and stands for so long. */
  stepSeconds: number;
  /** Where nothing was heard there is no point. */
  points: Point[];
}

/** @param read rows of a level within slots, both included */
export function answerSeries(
  metric: Metric,
  span: { fromMs: number; toMs: number; nowMs: number },
  read: (level: Level, fromSlot: number, toSlot: number) => readonly Row[],
): SeriesAnswer {
  const { level, factor } = chooseStep(span.fromMs, span.toMs, span.nowMs);
  const stepSeconds = level.stepSeconds * factor;
  const stepMs = stepSeconds * 1000;
  // Whole points: the first is the one in which the span begins.
  const first = Math.floor(span.fromMs / stepMs);
  const last = Math.ceil(span.toMs / stepMs) - 1;
  const rows = read(level, first * factor, last * factor + factor - 1);
  const shown = factor === 1 ? rows : downSample(rows, factor);
  const fine = stepSeconds === finestStepSeconds;
  const points = shown.flatMap(({ slot, values }) =>
    pointOf(metric, slot * stepMs, columnsOf(metric, values), fine),
  );
  return { metric: metric.name, kind: metric.kind, unit: metric.unit, stepSeconds, points };
}

/** The metric's own columns of a row. */
function columnsOf({ number }: Metric, values: readonly number[]): Map<number, number> {
  const own = new Map<number, number>();
  for (let n = 0; n < values.length; n += 2) {
    const column = values[n] as number;
    if (Math.floor(column / columnsPerMetric) === number) own.set(column, values[n + 1] as number);
  }
  return own;
}

function pointOf(metric: Metric, atMs: number, own: ReadonlyMap<number, number>, fine: boolean): Point[] {
  switch (metric.kind) {
    case 'gauge':
      return gaugePoint(metric, atMs, own, fine);
    case 'count':
      return [{ atMs, count: own.get(columnOf(metric)) ?? 0 }];
    case 'latency': {
      const counts = latencyColumns.map((i) => own.get(columnOf(metric, i)) ?? 0);
      return [{ atMs, counts, p50Ms: latencyAtMost(counts, 0.5), p99Ms: latencyAtMost(counts, 0.99) }];
    }
  }
}

function gaugePoint(metric: Gauge, atMs: number, own: ReadonlyMap<number, number>, fine: boolean): Point[] {
  const known = own.has(columnOf(metric, fine ? 0 : 'last'));
  if (!known) return [];
  const of = (part: GaugePart) =>
    present(own.get(columnOf(metric, fine ? 0 : part)), `the ${part} of ${metric.name}`) * metric.grain;
  return [{ atMs, min: of('min'), max: of('max'), mean: of('mean'), last: of('last') }];
}
