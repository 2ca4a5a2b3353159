// The rule of a fulfilment: which step may follow which, and what each gives back. Pure.
import type { Fulfilment, FulfilmentStep } from '../../contract/checkout.ts';
import type { Reason, ReasonCode } from '../../contract/verdict.ts';
import { unreachable } from '../../kit/assert.ts';
import { isApproved, type TargetFacts } from './decide.ts';
import { aboveWhatIsLeft, allLeft, type LineBack, leftOf, linesBack, type StandingLine } from './standing.ts';

/** How far a checkout is whose goods wait for their hand-over. */
export type FulfilmentState = 'expected' | FulfilmentStep;

/** What may follow each state; a reason says why not. Steps that end a fulfilment are followed by none. */
const follows: Record<FulfilmentState, Record<FulfilmentStep, ReasonCode | null>> = {
  expected: { picked: null, short_picked: null, handed_over: 'not_picked', abandoned: null },
  picked: { picked: 'already_picked', short_picked: 'already_picked', handed_over: null, abandoned: null },
  short_picked: {
    picked: 'already_picked',
    short_picked: 'already_picked',
    handed_over: null,
    abandoned: null,
  },
  handed_over: all('already_handed_over'),
  abandoned: all('already_abandoned'),
};

export interface FulfilmentFacts extends TargetFacts {
  /** Null where the goods left with the checkout. */
  state: FulfilmentState | null;
  lines: readonly StandingLine[];
  /** How many of the goods of each line this checkout may have: held for it, or for sale; null where nobody counted. */
  obtainable: readonly (number | null)[];
}

export type FulfilmentJudgement =
  /** What is given back with the step: no more than was left of each line. */
  { kind: 'done'; back: LineBack[] } | { kind: 'refused'; reasons: Reason[] };

/** Judges a step against the checkout as it stands. */
export function judgeFulfilment(asked: Fulfilment, facts: FulfilmentFacts): FulfilmentJudgement {
  const { state, lines } = facts;
  if (!isApproved(facts)) return refused({ code: 'checkout_not_approved' });
  if (facts.voided) return refused({ code: 'already_voided' });
  if (state === null) return refused({ code: 'fulfilment_not_expected' });
  const left = allLeft(lines);
  if (left.length === 0 && !hasEnded(state)) return refused({ code: 'nothing_to_hand_over' });
  const code = follows[state][asked.step];
  if (code !== null) return refused({ code });
  const remainingMinor = facts.totalMinor - facts.refundedMinor;
  switch (asked.step) {
    case 'picked':
      return picking(lines.map(leftOf), [], facts);
    case 'short_picked': {
      const picked = lines.map((_, line) => asked.lines.find((one) => one.line === line)?.quantity ?? 0);
      const reasons = asked.lines.flatMap((one) => aboveWhatIsLeft(one, lines, 'picked_more_than_sold'));
      if (reasons.length > 0) return refused(...reasons);
      if (picked.every((quantity) => quantity === 0)) return refused({ code: 'nothing_picked' });
      const missing = left.map(({ line, quantity }) => ({ line, quantity: quantity - (picked[line] ?? 0) }));
      const back = missing.filter(({ quantity }) => quantity > 0);
      return picking(picked, linesBack(lines, back, remainingMinor), facts);
    }
    case 'handed_over':
      return { kind: 'done', back: [] };
    case 'abandoned':
      return { kind: 'done', back: linesBack(lines, left, remainingMinor) };
    default:
      return unreachable(asked);
  }
}

/** Whether nothing more can become of the goods. */
export function hasEnded(state: FulfilmentState): boolean {
  return state === 'handed_over' || state === 'abandoned';
}

/** What was picked must be there: a reservation that ran out may have been sold to somebody else since (I14). */
function picking(
  picked: readonly number[],
  back: LineBack[],
  { lines, obtainable }: FulfilmentFacts,
): FulfilmentJudgement {
  const wanted = new Map<string, number>();
  const reasons: Reason[] = [];
  lines.forEach(({ sku }, line) => {
    const sum = (wanted.get(sku) ?? 0) + (picked[line] ?? 0);
    wanted.set(sku, sum);
    const left = obtainable[line] ?? null;
    if (left !== null && (picked[line] ?? 0) > 0 && sum > left)
      reasons.push({ code: 'out_of_stock', line, left: Math.max(0, left) });
  });
  return reasons.length > 0 ? refused(...reasons) : { kind: 'done', back };
}

function all(code: ReasonCode): Record<FulfilmentStep, ReasonCode> {
  return { picked: code, short_picked: code, handed_over: code, abandoned: code };
}

function refused(...reasons: Reason[]): FulfilmentJudgement {
  return { kind: 'refused', reasons };
}
