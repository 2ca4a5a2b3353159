// The rule of a refund of a checkout: in full, of lines, or of an amount; several may follow each other, together never
// above the checkout's total, nor above the quantity of a line. Pure.
import type { LinkedRefund } from '../../contract/checkout.ts';
import type { Reason } from '../../contract/verdict.ts';
import { isApproved, type TargetFacts } from './decide.ts';
import { aboveWhatIsLeft, allLeft, type LineBack, linesBack, type StandingLine } from './standing.ts';

export type RefundJudgement =
  /** `lines` is null for an amount, which is of no line. */
  { kind: 'approved'; totalMinor: number; lines: LineBack[] | null } | { kind: 'refused'; reasons: Reason[] };

/** Judges a refund against the checkout as it stands. */
export function judgeRefund(
  { currency, totalMinor, lines: asked }: LinkedRefund,
  target: TargetFacts,
  lines: readonly StandingLine[],
): RefundJudgement {
  if (!isApproved(target)) return refused({ code: 'checkout_not_approved' });
  if (target.voided) return refused({ code: 'already_voided' });
  if (currency !== undefined && currency !== target.currency)
    return refused({ code: 'currency_not_accepted' });
  const remainingMinor = target.totalMinor - target.refundedMinor;
  if (totalMinor !== undefined) {
    if (totalMinor > remainingMinor) return refused({ code: 'refund_above_remaining' });
    return { kind: 'approved', totalMinor, lines: null };
  }
  if (asked === undefined) return inFull(lines, remainingMinor);
  const reasons = asked.flatMap((piece) => aboveWhatIsLeft(piece, lines, 'quantity_above_remaining'));
  if (reasons.length > 0) return refused(...reasons);
  const back = linesBack(lines, asked, Number.MAX_SAFE_INTEGER);
  const sum = sumOf(back);
  if (sum === 0) return refused({ code: 'refund_of_nothing' });
  if (sum > remainingMinor) return refused({ code: 'refund_above_remaining' });
  return { kind: 'approved', totalMinor: sum, lines: back };
}

/** Whatever is left of the money, spread over what is left of the lines. */
function inFull(lines: readonly StandingLine[], remainingMinor: number): RefundJudgement {
  if (remainingMinor === 0) return refused({ code: 'refund_of_nothing' });
  return {
    kind: 'approved',
    totalMinor: remainingMinor,
    lines: linesBack(lines, allLeft(lines), remainingMinor),
  };
}

export function sumOf(lines: readonly LineBack[]): number {
  return lines.reduce((sum, { totalMinor }) => sum + totalMinor, 0);
}

function refused(...reasons: Reason[]): RefundJudgement {
  return { kind: 'refused', reasons };
}
