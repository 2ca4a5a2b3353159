// The rule: what the appliance says of a checkout, a void or an unlinked refund. Pure: it is given the facts and returns a judgement.
//
// A checkout's judgement has two kinds of reasons against it. `refusals` hold always: the goods, the price, the total, a
// card that is no longer taken. `offlineRefusals` hold only where the appliance decides alone: exposure, velocity, floor
// limit, hours offline and the like, and that the kiosk asked for an online authorisation. So the caller's choice is:
//   any refusals                → refused, link or no link;
//   none, any offlineRefusals   → central must decide; `alone()` refuses, naming them;
//   none of either              → the appliance may approve by itself, or ask central as the mode says.
// Every reason that applies is given, not the first alone, so that a kiosk can mend all at once.
import type { Checkout, Line, UnlinkedRefund } from '../../contract/checkout.ts';
import type { DocumentKind } from '../../contract/entry.ts';
import { lineTotalMinor } from '../../contract/money.ts';
import type { Policy } from '../../contract/policy.ts';
import type { Reason, ReasonCode, VerdictKind } from '../../contract/verdict.ts';
import { discountMinor } from './discounts.ts';
import { type Goods, judgeGoods } from './goods.ts';
import type { Hours } from './opening-hours.ts';
import { type Pricing, priceBasket } from './pricing.ts';
import { offlineRisk, type RiskFacts, reviewOf } from './risk.ts';

/** What is judged: a checkout, or a question after one, which need not know its total yet. */
export type Asked = Pick<Checkout, 'lines' | 'currency' | 'discount' | 'ageAttestation' | 'mode'> & {
  totalMinor?: number | undefined;
};

/** What the appliance knows at the moment it decides. */
export interface CheckoutFacts extends RiskFacts {
  /** Of each line, in their order. */
  goods: readonly Goods[];
  /** The best estimate of the time, for prices and their windows. */
  nowMs: number;
  hours: Hours;
}

export interface Judgement {
  /** Against it, whoever decides. */
  refusals: Reason[];
  /** Against it where the appliance decides alone. */
  offlineRefusals: Reason[];
  /** Once approved a person at central is to look at it. */
  review: ReasonCode[];
  pricing: Pricing;
}

export interface Decision {
  verdict: VerdictKind;
  reasons: Reason[];
}

/** Judges a checkout; who decides is for the caller, see above. */
export function judgeCheckout(checkout: Asked, facts: CheckoutFacts, policy: Policy): Judgement {
  const pricing = priceBasket(
    checkout,
    facts.goods.map(({ product }) => product),
    policy,
    facts.nowMs,
  );
  const { bill } = pricing;
  const amountMinor = checkout.totalMinor ?? bill?.totalMinor ?? 0;
  const refusals = byLine([...judgeGoods(checkout, facts.goods, policy), ...pricing.reasons]);
  const check = (holds: boolean, code: ReasonCode) => {
    if (!holds && !refusals.some((reason) => reason.code === code && reason.line === undefined))
      refusals.push({ code });
  };
  check(checkout.currency === policy.currency, 'currency_not_accepted');
  check(!bill || bill.totalMinor === amountMinor, 'total_mismatch');
  check(amountMinor <= policy.checkout.totalMinorMax, 'checkout_above_limit');
  check(!facts.card?.hot, 'card_not_taken');
  check(facts.hours !== 'closed', 'outside_opening_hours');
  check(facts.hours !== 'time_unknown', 'time_unknown');

  const offline = offlineRisk(amountMinor, facts, policy);
  if ((checkout.mode ?? policy.online.mode) === 'require_online') offline.unshift('online_required');
  return {
    refusals,
    offlineRefusals: offline.map((code) => ({ code })),
    review: reviewOf(amountMinor, pricing.deviationBasisPoints, policy),
    pricing,
  };
}

/** What the appliance says where nobody else can be asked. */
export function alone({ refusals, offlineRefusals }: Judgement): Decision {
  const reasons = [...refusals, ...offlineRefusals];
  return { verdict: reasons.length === 0 ? 'approved_offline' : 'refused', reasons };
}

/** The reasons of lines first, line by line; within a line as they were found. */
function byLine(reasons: Reason[]): Reason[] {
  return reasons.length < 2
    ? reasons
    : reasons.sort((a, b) => (a.line ?? Number.MAX_SAFE_INTEGER) - (b.line ?? Number.MAX_SAFE_INTEGER));
}

/** What the journal knows of the checkout that a void or refund refers to. */
export interface TargetFacts {
  kind: DocumentKind;
  verdict: VerdictKind;
  currency: string;
  totalMinor: number;
  voided: boolean;
  refundedMinor: number;
  /** The customer has the goods that were kept for a hand-over. */
  handedOver: boolean;
}

/** Judges a void: an approved checkout can be voided once, and not after money went back or reserved goods went out. */
export function decideVoid(target: TargetFacts): Decision {
  if (!isApproved(target)) return refused('checkout_not_approved');
  if (target.voided) return refused('already_voided');
  if (target.handedOver) return refused('already_handed_over');
  if (target.refundedMinor > 0) return refused('already_refunded');
  return approved;
}

/** Judges a refund without a checkout: only where the policy allows it, and only up to its limit. */
export function decideUnlinkedRefund(refund: UnlinkedRefund, policy: Policy): Decision {
  if (policy.unlinkedRefund.permission === 'refused') return refused('unlinked_refund_not_allowed');
  if (refund.currency !== policy.currency) return refused('currency_not_accepted');
  if (refund.totalMinor > policy.unlinkedRefund.totalMinorMax) return refused('refund_above_limit');
  const sum = refund.lines.reduce((total, line) => total + refundedMinor(line), 0);
  return sum === refund.totalMinor ? approved : refused('total_mismatch');
}

/** What a line without a checkout gives back: its price, less what was off it. */
function refundedMinor({ price, quantity, discount }: Line): number {
  const totalMinor = price ? lineTotalMinor(price, quantity) : 0;
  return totalMinor - (discount ? discountMinor(discount, totalMinor) : 0);
}

const approved: Decision = { verdict: 'approved_offline', reasons: [] };

function refused(code: ReasonCode): Decision {
  return { verdict: 'refused', reasons: [{ code }] };
}

/** Whether it is a checkout that was approved, by whomever. */
export function isApproved(target: Pick<TargetFacts, 'kind' | 'verdict'>): boolean {
  return (
    target.kind === 'checkout' && (target.verdict === 'approved_offline' || target.verdict === 'authorised')
  );
}
