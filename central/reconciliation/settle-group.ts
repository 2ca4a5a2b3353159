// Rows that belong together on two sides: which of them answer each other, and what is left over. Exact, and whatever the
// order in which the rows come, as long as both lists are in an order of their own.

export interface GroupAmounts {
  left: (row: number) => number;
  right: (row: number) => number;
}

export type GroupRest =
  /** Every row has its pair. */
  | { kind: 'none' }
  /** What has no pair adds up to the same: parts against their whole. */
  | { kind: 'sum'; left: number[]; right: number[] }
  /** Rows of one side without an answer. */
  | { kind: 'left'; rows: number[] }
  | { kind: 'right'; rows: number[]; repeated: number[] }
  | { kind: 'differs'; left: number[]; right: number[]; differenceMinor: bigint };

export interface Group {
  pairs: [left: number, right: number][];
  rest: GroupRest;
}

/**
 * Pairs off equal amounts first, so that one wrong row of many stays alone; what is left is compared by its sum.
 * `repeated` are rows of the right that say the same as one that has its pair.
 */
export function settleGroup(
  left: readonly number[],
  right: readonly number[],
  amounts: GroupAmounts,
  toleranceMinor: number,
): Group {
  const pairs: [number, number][] = [];
  const leftOver: number[] = [];
  const rightOver = [...right];
  for (const row of left) {
    const at = rightOver.findIndex((other) => amounts.right(other) === amounts.left(row));
    const [other] = at === -1 ? [] : rightOver.splice(at, 1);
    if (other === undefined) leftOver.push(row);
    else pairs.push([row, other]);
  }
  return { pairs, rest: restOf(leftOver, rightOver, pairs, amounts, toleranceMinor) };
}

function restOf(
  left: number[],
  right: number[],
  pairs: readonly [number, number][],
  amounts: GroupAmounts,
  toleranceMinor: number,
): GroupRest {
  if (left.length === 0 && right.length === 0) return { kind: 'none' };
  if (right.length === 0) return { kind: 'left', rows: left };
  if (left.length === 0) {
    const paired = new Set(pairs.map(([row]) => amounts.left(row)));
    const repeated = right.filter((row) => paired.has(amounts.right(row)));
    return { kind: 'right', rows: right.filter((row) => !paired.has(amounts.right(row))), repeated };
  }
  const differenceMinor = sum(right, amounts.right) - sum(left, amounts.left);
  const isSame = differenceMinor <= BigInt(toleranceMinor) && -differenceMinor <= BigInt(toleranceMinor);
  return isSame ? { kind: 'sum', left, right } : { kind: 'differs', left, right, differenceMinor };
}

function sum(rows: readonly number[], amount: (row: number) => number): bigint {
  return rows.reduce((total, row) => total + BigInt(amount(row)), 0n);
}

export interface Timed {
  row: number;
  /** Rows are candidates for each other where this is equal. */
  key: string;
  atMs: number;
  /** Tells rows of the same key and time apart, in whatever order they came. */
  tie: string;
}

/**
 * Pairs rows of two sides by equal keys where the right one is not more than `beforeMs` before and `afterMs` after the
 * left one. The earliest go first, which leaves as few as can be without a pair.
 */
export function pairByTime(
  left: readonly Timed[],
  right: readonly Timed[],
  { beforeMs, afterMs }: { beforeMs: number; afterMs: number },
): [left: number, right: number][] {
  const pairs: [number, number][] = [];
  const [lefts, rights] = [[...left].sort(byKeyAndTime), [...right].sort(byKeyAndTime)];
  let at = 0;
  for (const { row, key, atMs } of lefts) {
    for (let other = rights[at]; other !== undefined; other = rights[++at]) {
      const isBefore = other.key < key || (other.key === key && other.atMs < atMs - beforeMs);
      if (isBefore) continue;
      if (other.key === key && other.atMs <= atMs + afterMs) {
        pairs.push([row, other.row]);
        at++;
      }
      break;
    }
  }
  return pairs;
}

function byKeyAndTime(a: Timed, b: Timed): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  if (a.atMs !== b.atMs) return a.atMs - b.atMs;
  return a.tie < b.tie ? -1 : a.tie > b.tie ? 1 : 0;
}
