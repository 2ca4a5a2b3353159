// The rule: what the appliance says of a checkout, a void or a refund. Pure: it is given the facts and returns the verdict.
import type { Checkout, LinkedRefund, UnlinkedRefund } from '../../contract/checkout.ts';
import type { JudgedLine } from '../../contract/entry.ts';
import type { Product } from '../../contract/feed.ts';
import { lineTotalMinor, type Price, samePrice } from '../../contract/money.ts';
import type { Policy } from '../../contract/policy.ts';
import type { Reason, ReasonCode, VerdictKind } from '../../contract/verdict.ts';

/** What the appliance knows at the moment it decides. */
export interface CheckoutFacts {
  /** The product of each line, in the order of the lines; null where the catalogue has none. */
  products: readonly (Product | null)[];
  /** Money approved offline that has no outcome yet. */
  exposureMinor: number;
}

export interface Decision {
  verdict: VerdictKind;
  reasons: Reason[];
  /** Every line with the price applied; absent when a line could not be priced. */
  judged?: JudgedLine[];
}

/** Judges a checkout. Every reason that applies is given, not the first alone, so that a kiosk can mend all at once. */
export function decideCheckout(checkout: Checkout, facts: CheckoutFacts, policy: Policy): Decision {
  const lines = checkout.lines.map((line, i) => judgeLine(line, facts.products[i] ?? null, policy));
  const reasons = lines.flatMap((line, i) => line.reasons.map((code): Reason => ({ code, line: i })));
  const judged = lines.flatMap((line) => line.judged ?? []);
  const priced = judged.length === lines.length;
  const totalMinor = judged.reduce((sum, line) => sum + line.totalMinor, 0);

  const check = (holds: boolean, code: ReasonCode) => {
    if (!holds) reasons.push({ code });
  };
  check(checkout.currency === policy.currency, 'currency_not_accepted');
  check(!priced || totalMinor === checkout.totalMinor, 'total_mismatch');
  check(checkout.totalMinor <= policy.checkout.totalMinorMax, 'checkout_above_limit');
  check(checkout.mode !== 'require_online', 'online_required');
  // I12: the sum is compared before it is booked, in the transaction that books it.
  check(facts.exposureMinor + checkout.totalMinor <= policy.exposure.totalMinorMax, 'exposure_limit_reached');

  return {
    verdict: reasons.length === 0 ? 'approved_offline' : 'refused',
    reasons,
    ...(priced && { judged }),
  };
}

/** What the journal knows of the checkout that a void or refund refers to. */
export interface TargetFacts {
  kind: 'checkout' | 'void' | 'refund';
  verdict: VerdictKind;
  currency: string;
  totalMinor: number;
  voided: boolean;
  refundedMinor: number;
}

/** Judges a void: an approved checkout can be voided once, and not after money went back. */
export function decideVoid(target: TargetFacts): Decision {
  if (!isApproved(target)) return refused('checkout_not_approved');
  if (target.voided) return refused('already_voided');
  if (target.refundedMinor > 0) return refused('already_refunded');
  return approved;
}

/** Judges a refund of a checkout: several may follow each other, together never above its total. */
export function decideLinkedRefund(refund: LinkedRefund, target: TargetFacts): Decision {
  if (!isApproved(target)) return refused('checkout_not_approved');
  if (target.voided) return refused('already_voided');
  if (refund.currency !== target.currency) return refused('currency_not_accepted');
  if (target.refundedMinor + refund.totalMinor > target.totalMinor) return refused('refund_above_remaining');
  return approved;
}

/** Judges a refund without a checkout: only where the policy allows it, and only up to its limit. */
export function decideUnlinkedRefund(refund: UnlinkedRefund, policy: Policy): Decision {
  if (policy.unlinkedRefund.permission === 'refused') return refused('unlinked_refund_not_allowed');
  if (refund.currency !== policy.currency) return refused('currency_not_accepted');
  if (refund.totalMinor > policy.unlinkedRefund.totalMinorMax) return refused('refund_above_limit');
  const sum = refund.lines.reduce(
    (total, line) => total + (line.price ? lineTotalMinor(line.price, line.quantity) : 0),
    0,
  );
  return sum === refund.totalMinor ? approved : refused('total_mismatch');
}

const approved: Decision = { verdict: 'approved_offline', reasons: [] };

function refused(code: ReasonCode): Decision {
  return { verdict: 'refused', reasons: [{ code }] };
}

function isApproved(target: TargetFacts): boolean {
  return (
    target.kind === 'checkout' && (target.verdict === 'approved_offline' || target.verdict === 'authorised')
  );
}

interface LineJudgement {
  reasons: ReasonCode[];
  judged?: JudgedLine;
}

function judgeLine(line: Checkout['lines'][number], product: Product | null, policy: Policy): LineJudgement {
  if (!product) return { reasons: ['product_unknown'] };
  const price = priceOf(line, product, policy);
  const reasons: ReasonCode[] = [];
  if (!product.sellable) reasons.push('product_not_sellable');
  if (product.quantityMax !== undefined && line.quantity > product.quantityMax)
    reasons.push('quantity_above_limit');
  if (price.kind === 'refused') return { reasons: [...reasons, price.code] };
  const totalMinor = lineTotalMinor(price.price, line.quantity);
  return { reasons, judged: { sku: product.sku, quantity: line.quantity, price: price.price, totalMinor } };
}

type PriceJudgement = { kind: 'applied'; price: Price } | { kind: 'refused'; code: ReasonCode };

/** The catalogue's price, unless the line overrides it and the policy lets it. */
function priceOf(line: Checkout['lines'][number], product: Product, policy: Policy): PriceJudgement {
  if (!line.price || samePrice(line.price, product.price)) return { kind: 'applied', price: product.price };
  if (!line.priceOverride) return { kind: 'refused', code: 'price_mismatch' };
  if (policy.priceOverride.permission === 'refused')
    return { kind: 'refused', code: 'price_override_not_allowed' };
  return { kind: 'applied', price: line.price };
}
