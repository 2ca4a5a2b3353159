// Faults planted in reports and statements, each remembered with what it did, so that a trial can hold what was found against
// what was planted.
import { unreachable } from '../kit/assert.ts';
import { drawSome } from './draw.ts';

export const reportFaults = [
  'row_missing',
  'row_doubled',
  'row_unknown',
  'amount_other',
  'fee_other',
  'amount_malformed',
  'date_malformed',
  'quote_open',
  'truncated',
] as const;
export const bankFaults = ['entry_missing', 'entry_doubled', 'amount_other', 'entries_joined'] as const;
export type ReportFault = (typeof reportFaults)[number];
export type BankFault = (typeof bankFaults)[number];

/** One fault. `Kind` is what its side of the books may have wrong. */
export interface Fault<Kind extends string = ReportFault | BankFault> {
  side: 'report' | 'bank';
  kind: Kind;
  /** Balance transaction of the report's row, payout of the bank's entry. Of a row that is none: the name made up for it. */
  target: string;
  /** What else is hit: rows lost with a truncated file, payouts joined with the target. */
  also: string[];
  /** The references sent along with the payments of these, where there were any. */
  alsoOurs: string[];
  /** The reference sent along with the payment, where there was one. */
  ourReference: string | null;
  /** The payout that the row belongs to, whose sum does not come out any more. */
  payout: string | null;
  /** Of an amount or a fee: what it should say less what it does say, in the smallest unit. */
  offBy: number;
  /** `always`: every answer shows it. `answer`: it was ordered for one answer only. */
  scope: 'always' | 'answer';
}

/** What of a side's books a fault may fall on. */
export interface Target {
  id: string;
  ourReference: string | null;
  payout: string | null;
  currency: string;
  /** The row of a payout itself: it is only ever lost with the end of a file. */
  isPayout: boolean;
}

/** The row of the books at which a fault shows: its target, or the row before a made-up one. */
export function placeOf({ target }: Fault): string {
  return target.replace(unknownEnd, '');
}

export interface Wish<Kind extends string> {
  kind: Kind;
  count: number;
}

/** Behind the name of the row after which an unknown one stands. */
const unknown = 'unknown';
const unknownEnd = /unknown$/;
const plantedMax = 100_000;
/** By how much a wrong amount or fee is wrong: so little that nobody sees it in a sum. */
const offByMinor = 1;
const joinedMax = 2;
/** How far from its end a file is cut off: so many rows are lost at most. */
const lostMax = 10;

export interface Faults {
  /**
   * Chooses targets by the seed and plants a fault on each; a target that has one is not chosen again.
   * Fewer where there are not so many targets.
   */
  plant<Kind extends ReportFault | BankFault>(
    side: Fault['side'],
    wishes: readonly Wish<Kind>[],
    targets: readonly Target[],
    how: { seed: number; scope: Fault['scope'] },
  ): Fault[];
  /** What holds for an answer: what is always planted, and what was ordered for it. */
  of(side: Fault['side'], ordered: readonly Fault[]): Fault[];
  all(): readonly Fault[];
  clear(): void;
}

export function createFaults(): Faults {
  const planted = new Map<string, Fault>();
  const always = (side: Fault['side']) =>
    [...planted.values()].filter((fault) => fault.side === side && fault.scope === 'always');
  return {
    plant(side, wishes, targets, { seed, scope }) {
      const made: Fault[] = [];
      const before = always(side);
      const taken = new Set(before.flatMap(placesOf));
      // First what takes the most away, so that nothing else is planted on what nobody will see.
      const inOrder = [...wishes].sort((a, b) => rank(a.kind) - rank(b.kind));
      for (const [place, { kind, count }] of inOrder.entries()) {
        const free = freeFor(kind, targets, taken);
        const max = Math.min(count, leftOf(kind, before));
        for (const target of drawSome(free.targets, max, seed + place)) {
          const fault = taken.has(target.id) ? null : faultOn(side, kind, target, free.rows, scope);
          if (fault === null || fault.also.some((id) => taken.has(id)) || planted.size >= plantedMax)
            continue;
          for (const id of placesOf(fault)) taken.add(id);
          planted.set(`${side} ${kind} ${fault.target}`, fault);
          made.push(fault);
        }
      }
      return made;
    },
    of: (side, ordered) => [...always(side), ...ordered],
    all: () => [...planted.values()],
    clear: () => planted.clear(),
  };
}

/** What a fault is on: nothing else is planted there. */
function placesOf(fault: Fault): string[] {
  return [placeOf(fault), ...fault.also];
}

/** How many more of a kind a file can have: two open quotes are the ends of one long cell, and it ends only once. */
function leftOf(kind: Fault['kind'], before: readonly Fault[]): number {
  if (kind !== 'quote_open' && kind !== 'truncated') return Number.POSITIVE_INFINITY;
  return before.some((fault) => fault.kind === kind) ? 0 : 1;
}

/** The rows that are free, and on which of them the fault may fall. */
function freeFor(
  kind: ReportFault | BankFault,
  targets: readonly Target[],
  taken: ReadonlySet<string>,
): { rows: readonly Target[]; targets: readonly Target[] } {
  const isTaken = ({ id }: Target) => taken.has(id);
  if (kind === 'truncated') {
    const rows = targets.slice(targets.findLastIndex(isTaken) + 1).slice(-lostMax);
    return { rows, targets: rows };
  }
  const rows = targets.filter((row) => !isTaken(row) && !row.isPayout);
  if (kind !== 'entries_joined') return { rows, targets: rows };
  const last = new Set([...new Map(rows.map((row) => [row.currency, row])).values()]);
  return { rows, targets: rows.filter((row) => !last.has(row)) };
}

function rank(kind: ReportFault | BankFault): number {
  return kind === 'truncated' ? 0 : kind === 'entries_joined' ? 1 : 2;
}

function faultOn(
  side: Fault['side'],
  kind: ReportFault | BankFault,
  target: Target,
  free: readonly Target[],
  scope: Fault['scope'],
): Fault {
  const { id, ourReference, payout } = target;
  const fault: Fault = {
    side,
    kind,
    target: id,
    also: [],
    alsoOurs: [],
    ourReference,
    payout,
    offBy: 0,
    scope,
  };
  const at = free.indexOf(target);
  switch (kind) {
    case 'row_missing':
    case 'row_doubled':
    case 'amount_malformed':
    case 'date_malformed':
    case 'quote_open':
    case 'entry_missing':
    case 'entry_doubled':
      return fault;
    case 'amount_other':
    case 'fee_other':
      return { ...fault, offBy: offByMinor };
    case 'row_unknown':
      return { ...fault, target: `${id}${unknown}`, ourReference: null };
    case 'truncated': {
      const lost = free.slice(at + 1);
      const alsoOurs = lost.flatMap((row) => row.ourReference ?? []);
      return { ...fault, also: lost.map((row) => row.id), alsoOurs };
    }
    case 'entries_joined': {
      const joined = free.slice(at + 1).filter(({ currency }) => currency === target.currency);
      return { ...fault, also: joined.slice(0, joinedMax).map((one) => one.id) };
    }
    default:
      return unreachable(kind);
  }
}
