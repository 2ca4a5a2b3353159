// Discounts of lines and of the whole checkout. Pure; the rounding rules are those of docs/decisions/0014.
import type { Checkout, Discount } from '../../contract/checkout.ts';
import type { JudgedLine } from '../../contract/entry.ts';
import type { Policy } from '../../contract/policy.ts';
import { shareMinor, spreadMinor } from '../../contract/share.ts';
import type { Reason } from '../../contract/verdict.ts';

/**
 * Takes the discounts off the lines: first each line's own, then the checkout's, spread over what the lines cost after
 * their own. The policy's limit is of all of them together, as a share of the lines before them.
 * @returns what each line is discounted by; null where the discounts cannot be given at all
 */
export function discountsOf(
  { lines, discount }: Pick<Checkout, 'lines' | 'discount'>,
  judged: readonly JudgedLine[],
  policy: Policy,
): { reasons: Reason[]; byLine: readonly number[] | null } {
  if (discount === undefined && !lines.some((line) => line.discount)) return none;
  if (policy.discount.permission === 'refused') return refused({ code: 'discount_not_allowed' });
  const own = lines.map((line, i) =>
    line.discount ? discountMinor(line.discount, judged[i]?.totalMinor ?? 0) : 0,
  );
  const left = judged.map(({ totalMinor }, i) => totalMinor - (own[i] ?? 0));
  const tooMuch = left.findIndex((minor) => minor < 0);
  if (tooMuch >= 0) return refused({ code: 'discount_above_total', line: tooMuch });
  const leftMinor = sumOf(left);
  const ofWhole = discount ? discountMinor(discount, leftMinor) : 0;
  if (ofWhole > leftMinor) return refused({ code: 'discount_above_total' });

  const parts = spreadMinor(ofWhole, left);
  const byLine = own.map((minor, i) => minor + (parts[i] ?? 0));
  const grossMinor = sumOf(judged.map(({ totalMinor }) => totalMinor));
  const within = sumOf(byLine) * 10_000 <= grossMinor * policy.discount.basisPointsMax;
  return { reasons: within ? [] : [{ code: 'discount_above_limit' }], byLine };
}

/** What a discount takes off an amount: its own amount, or a share of it, halves up. */
export function discountMinor(discount: Discount, ofMinor: number): number {
  return discount.kind === 'amount' ? discount.amountMinor : shareMinor(ofMinor, discount.basisPoints);
}

const none = { reasons: [], byLine: [] };

function refused(reason: Reason): { reasons: Reason[]; byLine: null } {
  return { reasons: [reason], byLine: null };
}

function sumOf(minors: readonly number[]): number {
  return minors.reduce((sum, minor) => sum + minor, 0);
}
