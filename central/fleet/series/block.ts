// Rows of one appliance as bytes: column by column, differences instead of values, runs of the same difference once. What does not
// change costs two bytes a column, whatever the length. Pure.
import { assert } from '../../../kit/assert.ts';
import type { Row } from './row.ts';

const version = 1;

/** @param rows by ascending slots, each once */
export function encodeBlock(rows: readonly Row[]): Buffer {
  const columns = new Map<number, { at: number[]; values: number[] }>();
  for (const [i, { values }] of rows.entries()) {
    for (let n = 0; n < values.length; n += 2) {
      const column = columns.get(values[n] as number) ?? { at: [], values: [] };
      if (column.at.length === 0) columns.set(values[n] as number, column);
      column.at.push(i);
      column.values.push(values[n + 1] as number);
    }
  }
  const out: number[] = [version];
  putNumber(out, rows.length);
  putList(
    out,
    rows.map(({ slot }) => slot),
  );
  for (const [column, { at, values }] of [...columns].sort(([a], [b]) => a - b)) {
    putNumber(out, column);
    putNumber(out, at.length);
    if (at.length < rows.length) putList(out, at);
    putList(out, values);
  }
  return Buffer.from(out);
}

/** @throws AssertionError: the bytes are of another version or no block */
export function decodeBlock(bytes: Uint8Array): Row[] {
  const from = { bytes, at: 0 };
  assert(takeNumber(from) === version, 'a block is of a version that is known');
  const count = takeNumber(from);
  const rows = takeList(from, count).map((slot): Row => ({ slot, values: [] }));
  while (from.at < bytes.length) {
    const column = takeNumber(from);
    const present = takeNumber(from);
    assert(present <= count, 'a column has no more values than there are rows');
    const at = present < count ? takeList(from, present) : null;
    const values = takeList(from, present);
    for (const [i, value] of values.entries()) rows[at?.[i] ?? i]?.values.push(column, value);
  }
  return rows;
}

/** Two sorts of rows of the same step as one; where both have a slot, the later one holds. */
export function mergeRows(...lists: readonly (readonly Row[])[]): Row[] {
  const bySlot = new Map<number, Row>();
  for (const row of lists.flat()) bySlot.set(row.slot, row);
  return [...bySlot.values()].sort((a, b) => a.slot - b.slot);
}

/** Each difference to the number before (the first to 0), with how often it comes again where it does. */
function putList(out: number[], numbers: readonly number[]): void {
  let before = 0;
  for (let i = 0; i < numbers.length; ) {
    const difference = (numbers[i] as number) - before;
    let run = 1;
    while (
      i + run < numbers.length &&
      (numbers[i + run] as number) - (numbers[i + run - 1] as number) === difference
    )
      run++;
    putNumber(out, (difference < 0 ? -2 * difference - 1 : 2 * difference) * 2 + (run > 1 ? 1 : 0));
    if (run > 1) putNumber(out, run);
    i += run;
    before = numbers[i - 1] as number;
  }
}

interface Cursor {
  bytes: Uint8Array;
  at: number;
}

function takeList(from: Cursor, length: number): number[] {
  const numbers: number[] = [];
  let before = 0;
  while (numbers.length < length) {
    const token = takeNumber(from);
    const folded = Math.floor(token / 2);
    const difference = folded % 2 === 1 ? -(folded + 1) / 2 : folded / 2;
    const run = token % 2 === 1 ? takeNumber(from) : 1;
    assert(run <= length - numbers.length, 'a run ends with its list');
    for (let n = 0; n < run; n++) {
      before += difference;
      numbers.push(before);
    }
  }
  return numbers;
}

/** Seven bits a byte, the lowest first. Not by bit operators: these end at 32 bits. */
function putNumber(out: number[], number: number): void {
  let rest = number;
  while (rest >= 128) {
    out.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
}

function takeNumber(from: Cursor): number {
  let number = 0;
  for (let weight = 1; ; weight *= 128) {
    const byte = from.bytes[from.at++];
    assert(byte !== undefined && weight < 2 ** 56, 'a number ends within its block');
    number += (byte % 128) * weight;
    if (byte < 128) return number;
  }
}
