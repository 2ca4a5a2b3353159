// Who gets what of a sale, and what a refund takes back from whom: pure. The shares of a sale sum to its total; refunds in
// any number of parts undo them, and the last one leaves nothing (docs/decisions/0039).
import type { UnlinkedRefund } from '../../contract/checkout.ts';
import type { CheckoutEntry, RefundedLine } from '../../contract/entry.ts';
import { lineTotalMinor } from '../../contract/money.ts';
import { shareMinor, spreadMinor } from '../../contract/share.ts';
import type { AccountName, Share } from './postings.ts';

/** How a product's sales are shared. What the payees do not get is the house's. */
export interface Split {
  /** In the order in which a unit that is left over goes; together at most 10 000. */
  payees: { payee: string; basisPoints: number }[];
  /** What the marketplace keeps of each payee's share. */
  feeBasisPoints: number;
}

/** The split of a product at the sale's catalogue; null: the house's alone. */
export type SplitOf = (sku: string) => Split | null;

/** What a void or refund of a checkout finds. */
export interface Standing {
  /** Null where its lines say nothing. */
  lines: LineShares | null;
  /** The refunds by line before, in their order. */
  earlier: RefundedLine[][];
  /** What is left of each account's share, from the postings. */
  left: Share[];
}

/** Shares of a sale, line by line; taxes are in the lines that bear them. */
export type LineShares = Share[][];

export type SoldLines = Pick<CheckoutEntry, 'judged' | 'taxes'>;

/** One whole in basis points. */
const whole = 10_000;

const houseAccount: AccountName = 'payable:payee:house';
const taxAccount: AccountName = 'payable:tax';

/** Everything to the house: a sale that was never priced, or whose figures do not come to its total. */
export function houseShares(totalMinor: number): Share[] {
  return [{ account: houseAccount, amountMinor: totalMinor, feeMinor: 0 }];
}

/** A line's net amount by its product's split: by largest remainder, of equal ones the first payee, the house last. */
export function splitNet(netMinor: number, split: Split | null): Share[] {
  if (split === null) return houseShares(netMinor);
  const { payees, feeBasisPoints } = split;
  const given = payees.reduce((sum, { basisPoints }) => sum + basisPoints, 0);
  const amounts = spreadMinor(netMinor, [...payees.map(({ basisPoints }) => basisPoints), whole - given]);
  const shares = payees.map(({ payee }, i): Share => {
    const amountMinor = amounts[i] ?? 0;
    return {
      account: `payable:payee:${payee}`,
      amountMinor,
      feeMinor: shareMinor(amountMinor, feeBasisPoints),
    };
  });
  return [...shares, ...houseShares(amounts.at(-1) ?? 0)];
}

/** The shares of each line of a sale; null where its lines do not come to the total that was sold. */
export function lineShares(sold: SoldLines, totalMinor: number, splitOf: SplitOf): LineShares | null {
  const { judged = [], taxes = [] } = sold;
  const paid = judged.map(({ totalMinor: gross, discountMinor = 0 }) => gross - discountMinor);
  const taxed = judged.map(() => 0);
  const net = [...paid];
  taxes.forEach(({ prices, taxMinor }, at) => {
    // A category's tax was rounded once, for all its lines together: here it comes apart again, to the unit.
    const weights = judged.map(({ tax }, i) => (tax === at ? (paid[i] ?? 0) : 0));
    spreadMinor(taxMinor, weights).forEach((minor, i) => {
      taxed[i] = (taxed[i] ?? 0) + minor;
      if (prices === 'inclusive') net[i] = (net[i] ?? 0) - minor;
    });
  });
  const sum = net.reduce((total, minor, i) => total + minor + (taxed[i] ?? 0), 0);
  if (sum !== totalMinor || net.some((minor) => minor < 0)) return null;
  return judged.map(({ sku }, i) => [
    ...splitNet(net[i] ?? 0, splitOf(sku)),
    { account: taxAccount, amountMinor: taxed[i] ?? 0, feeMinor: 0 },
  ]);
}

/** The shares of a whole sale. */
export function saleShares(sold: SoldLines, totalMinor: number, splitOf: SplitOf): Share[] {
  const lines = lineShares(sold, totalMinor, splitOf);
  return lines === null ? houseShares(totalMinor) : summed(lines.flat());
}

/** The shares of goods given back without their sale, free of tax: the house's where the lines do not come to the total. */
export function goodsShares({ lines, totalMinor }: UnlinkedRefund, splitOf: SplitOf): Share[] {
  const nets = lines.map(({ price, quantity }) => (price ? lineTotalMinor(price, quantity) : 0));
  if (nets.reduce((sum, net) => sum + net, 0) !== totalMinor) return houseShares(totalMinor);
  return summed(
    lines.flatMap(({ sku }, i) => splitNet(nets[i] ?? 0, sku === undefined ? null : splitOf(sku))),
  );
}

/** One share an account, in the order in which the accounts first stand there, without those of nothing. */
export function summed(shares: readonly Share[]): Share[] {
  const byAccount = new Map<AccountName, Share>();
  for (const { account, amountMinor, feeMinor } of shares) {
    const sum = byAccount.get(account);
    if (!sum) byAccount.set(account, { account, amountMinor, feeMinor });
    else {
      sum.amountMinor += amountMinor;
      sum.feeMinor += feeMinor;
    }
  }
  return [...byAccount.values()].filter(({ amountMinor, feeMinor }) => amountMinor !== 0 || feeMinor !== 0);
}

/**
 * What an amount takes back of what is left, in proportion, by largest remainder: never more of an account than it has,
 * and everything when the amount is all that is left. What is above that, after a correction, is the house's.
 */
export function undoAmount(totalMinor: number, left: readonly Share[]): Share[] {
  const owned = left.filter(({ amountMinor }) => amountMinor > 0);
  const sum = owned.reduce((total, { amountMinor }) => total + amountMinor, 0);
  const within = Math.min(totalMinor, sum);
  const amounts = spreadMinor(
    within,
    owned.map(({ amountMinor }) => amountMinor),
  );
  const shares = owned.map((share, i) => partOf(share, amounts[i] ?? 0));
  return summed([...shares, ...houseShares(totalMinor - within)]);
}

/**
 * What refunds of lines take back: each line's amount in proportion to what is left of that line, but of no account more
 * than it has left of the whole sale; what is missing then, because amounts were refunded before, in proportion to all
 * that is left.
 * @param earlier the refunds by line before this one, in their order
 */
export function undoLines(
  { lines, earlier, left }: Standing,
  back: readonly RefundedLine[],
  totalMinor: number,
): Share[] {
  if (lines === null) return undoAmount(totalMinor, left);
  const standing = [...lines];
  const takeOff = (refunded: readonly RefundedLine[]): Share[] =>
    refunded.flatMap(({ line, totalMinor: minor = 0 }) => {
      const taken = undoAmount(minor, standing[line] ?? []);
      standing[line] = less(standing[line] ?? [], taken);
      return taken;
    });
  for (const refunded of earlier) takeOff(refunded);
  const wanted = summed(takeOff(back));
  const capped = left.flatMap((share) => {
    const amountMinor = wanted.find(({ account }) => account === share.account)?.amountMinor ?? 0;
    return amountMinor > 0 && share.amountMinor > 0
      ? [cappedPart(share, wanted, Math.min(amountMinor, share.amountMinor))]
      : [];
  });
  const placed = capped.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  if (placed > totalMinor) return undoAmount(totalMinor, left);
  return summed([...capped, ...undoAmount(totalMinor - placed, less(left, capped))]);
}

/** The shares without those taken. */
export function less(shares: readonly Share[], taken: readonly Share[]): Share[] {
  return summed([
    ...shares,
    ...taken.map(({ account, amountMinor, feeMinor }) => ({
      account,
      amountMinor: -amountMinor,
      feeMinor: -feeMinor,
    })),
  ]);
}

/** A part of a share, with its part of the fee: all of the fee with the last of the amount. */
function partOf({ account, amountMinor, feeMinor }: Share, partMinor: number): Share {
  const part =
    amountMinor === partMinor
      ? feeMinor
      : (spreadMinor(partMinor, [feeMinor, amountMinor - feeMinor])[0] ?? 0);
  return { account, amountMinor: partMinor, feeMinor: part };
}

/** The fee as the lines have it, where that much is left and no less than the rest of the share could give. */
function cappedPart(share: Share, wanted: readonly Share[], amountMinor: number): Share {
  if (amountMinor === share.amountMinor) return { ...share };
  const asked = wanted.find(({ account }) => account === share.account);
  const feeMinor = asked?.amountMinor === amountMinor ? asked.feeMinor : partOf(share, amountMinor).feeMinor;
  const restMinor = share.amountMinor - amountMinor;
  return {
    account: share.account,
    amountMinor,
    feeMinor: Math.min(Math.max(feeMinor, share.feeMinor - restMinor), share.feeMinor, amountMinor),
  };
}
