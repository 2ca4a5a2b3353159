// How the lines of a checkout stand: what was sold and paid of each, and what of that was given back since. Pure; the
// rounding rules are those of docs/decisions/0014.
import type { CheckoutEntry } from '../../contract/entry.ts';
import { firstPiecesMinor, spreadMinor } from '../../contract/share.ts';
import type { Reason } from '../../contract/verdict.ts';

/** So much of a line, and what it gives back. */
export interface LineBack {
  line: number;
  quantity: number;
  totalMinor: number;
}

export interface StandingLine {
  sku: string;
  quantity: number;
  /** What the customer paid for the whole line: after discounts, with taxes that are added. */
  paidMinor: number;
  /** Given back before. */
  backQuantity: number;
  backMinor: number;
}

/** The lines in the order of the checkout; none where it was not priced. */
export function standingLines(
  { judged = [], taxes = [] }: Pick<CheckoutEntry, 'judged' | 'taxes'>,
  givenBack: readonly LineBack[],
): StandingLine[] {
  const paid = judged.map(({ totalMinor, discountMinor = 0 }) => totalMinor - discountMinor);
  // A category's tax was rounded once, for all its lines together: here it comes apart again, to the unit.
  const added = judged.map(() => 0);
  taxes.forEach(({ prices, taxMinor }, at) => {
    if (prices === 'inclusive') return;
    const weights = judged.map(({ tax }, i) => (tax === at ? (paid[i] ?? 0) : 0));
    spreadMinor(taxMinor, weights).forEach((minor, i) => {
      added[i] = (added[i] ?? 0) + minor;
    });
  });
  const back = new Map(givenBack.map((one) => [one.line, one]));
  return judged.map(({ sku, quantity }, i) => ({
    sku,
    quantity,
    paidMinor: (paid[i] ?? 0) + (added[i] ?? 0),
    backQuantity: back.get(i)?.quantity ?? 0,
    backMinor: back.get(i)?.totalMinor ?? 0,
  }));
}

/** How many of a line are not given back. */
export function leftOf({ quantity, backQuantity }: StandingLine): number {
  return quantity - backQuantity;
}

/** Why so much of a line cannot be asked for; nothing when it can. */
export function aboveWhatIsLeft(
  { line, quantity }: { line: number; quantity: number },
  lines: readonly StandingLine[],
  code: 'picked_more_than_sold' | 'quantity_above_remaining',
): Reason[] {
  const standing = lines[line];
  if (!standing) return [{ code: 'line_not_on_checkout', line }];
  const left = leftOf(standing);
  return quantity > left ? [{ code, line, left }] : [];
}

/**
 * What pieces of lines give back: of each line its share of what was paid, so that the last piece takes what is left of
 * it. Where refunds of amounts left less than that of the whole checkout, the rest is spread over the pieces.
 * @param pieces no more of a line than is left, and nothing of lines that are not there
 */
export function linesBack(
  lines: readonly StandingLine[],
  pieces: readonly { line: number; quantity: number }[],
  remainingMinor: number,
): LineBack[] {
  const full = pieces.map(({ line, quantity }) => {
    const standing = lines[line];
    if (!standing) return 0;
    const through = standing.backQuantity + quantity;
    return firstPiecesMinor(standing.paidMinor, through, standing.quantity) - standing.backMinor;
  });
  const sum = full.reduce((total, minor) => total + minor, 0);
  const minors = sum > remainingMinor ? spreadMinor(remainingMinor, full) : full;
  return pieces.map(({ line, quantity }, i) => ({ line, quantity, totalMinor: minors[i] ?? 0 }));
}

/** The lines once so much more was given back. */
export function afterBack(lines: readonly StandingLine[], back: readonly LineBack[]): StandingLine[] {
  const after = lines.map((line) => ({ ...line }));
  for (const { line, quantity, totalMinor } of back) {
    const standing = after[line];
    if (!standing) continue;
    standing.backQuantity += quantity;
    standing.backMinor += totalMinor;
  }
  return after;
}

/** Everything that is left of every line. */
export function allLeft(lines: readonly StandingLine[]): { line: number; quantity: number }[] {
  return lines.flatMap((standing, line) => {
    const quantity = leftOf(standing);
    return quantity > 0 ? [{ line, quantity }] : [];
  });
}
