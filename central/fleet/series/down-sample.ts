// Rows of longer steps out of rows of shorter ones: least, most, mean and last of what is so, sums of what happened. Pure.
import { columnsPerMetric, kindOfColumn, reportsColumn } from './metrics.ts';
import type { Row } from './row.ts';

type Values = Map<number, number>;

/** @param factor so many steps of the rows make one. Rows by ascending slots */
export function downSample(rows: readonly Row[], factor: number): Row[] {
  const groups = new Map<number, Row[]>();
  for (const row of rows) {
    const slot = Math.floor(row.slot / factor);
    const group = groups.get(slot);
    if (group) group.push(row);
    else groups.set(slot, [row]);
  }
  return [...groups].map(([slot, group]) => ({ slot, values: flat(together(group)) }));
}

const [min, max, mean, last] = [1, 2, 3, 4] as const;

function together(rows: readonly Row[]): Values {
  const sum: Values = new Map();
  const weights: Values = new Map();
  for (const { values } of rows) {
    // Column 0 comes first where there is one.
    const reports = values[0] === reportsColumn ? (values[1] as number) : 1;
    sum.set(reportsColumn, (sum.get(reportsColumn) ?? 0) + reports);
    for (let n = 0; n < values.length; n += 2) {
      const column = values[n] as number;
      const value = values[n + 1] as number;
      if (column === reportsColumn) continue;
      if (kindOfColumn(column) === 'gauge') joinGauge(sum, weights, column, value, reports);
      else sum.set(column, (sum.get(column) ?? 0) + value);
    }
  }
  for (const [column, weight] of weights) sum.set(column, Math.round((sum.get(column) ?? 0) / weight));
  return sum;
}

/** A row of the finest step has the value itself, a coarser one its parts. */
function joinGauge(sum: Values, weights: Values, column: number, value: number, reports: number): void {
  const part = column % columnsPerMetric;
  const first = column - part;
  const own = part === 0;
  if (own || part === min) sum.set(first + min, Math.min(sum.get(first + min) ?? value, value));
  if (own || part === max) sum.set(first + max, Math.max(sum.get(first + max) ?? value, value));
  if (own || part === mean) {
    sum.set(first + mean, (sum.get(first + mean) ?? 0) + value * reports);
    weights.set(first + mean, (weights.get(first + mean) ?? 0) + reports);
  }
  if (own || part === last) sum.set(first + last, value);
}

function flat(values: Values): number[] {
  return [...values].sort(([a], [b]) => a - b).flat();
}
