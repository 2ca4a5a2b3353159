// The terminal's own risk checks, in software and on tokens, after EMV Book 3 §10.6: what an appliance may approve while
// nobody else decides. Pure: counts, sums, ages and the draw are given.
import type { Policy } from '../../contract/policy.ts';
import type { ReasonCode } from '../../contract/verdict.ts';

/** What was approved within a moving window. */
export interface Used {
  count: number;
  totalMinor: number;
}

export interface RiskFacts {
  /** Approved offline and without an outcome. */
  exposure: Used;
  /** Of each velocity rule of the policy, in their order. */
  velocity: readonly Used[];
  /** How the card stands; null where there is none to look at, as when only a price is asked. */
  card: { hot: boolean; known: boolean; splitMinor: number } | null;
  /** Drawn for this checkout, 0 to 9,999: reproducible, and not to be foreseen by who chooses the id. */
  draw: number;
  /** Since the link was last up, and since policy and catalogue were last known to be the newest. */
  offlineMs: number;
  policyAgeMs: number;
  catalogueAgeMs: number;
}

const hourMs = 3_600_000;

/** What holds only where the appliance decides alone: with a link these are the reasons to ask central. */
export function offlineRisk(amountMinor: number, facts: RiskFacts, policy: Policy): ReasonCode[] {
  const { risk, offline } = policy;
  const codes: ReasonCode[] = [];
  const above = (is: number, max: number | undefined, code: ReasonCode) => {
    if (max !== undefined && is > max) codes.push(code);
  };
  above(facts.offlineMs, inMs(offline.hoursMax), 'offline_too_long');
  above(facts.policyAgeMs, inMs(offline.policyAgeHoursMax), 'policy_too_old');
  above(facts.catalogueAgeMs, inMs(offline.catalogueAgeHoursMax), 'catalogue_too_old');
  // I12: the sum is compared before it is booked, in the transaction that books it.
  above(facts.exposure.totalMinor + amountMinor, policy.exposure.totalMinorMax, 'exposure_limit_reached');
  above(facts.exposure.count + 1, policy.exposure.countMax, 'exposure_count_reached');
  above(amountMinor, policy.exposure.checkoutMinorMax, 'checkout_above_offline_limit');
  codes.push(...floor(amountMinor, facts, risk));
  if (facts.card && !facts.card.known)
    above(amountMinor, risk.newFingerprintMinorMax, 'new_card_above_limit');
  risk.velocity.forEach(({ per, countMax, totalMinorMax }, i) => {
    if (per === 'fingerprint' && !facts.card) return;
    const { count, totalMinor } = facts.velocity[i] ?? nothing;
    const code = per === 'kiosk' ? 'velocity_kiosk_reached' : 'velocity_fingerprint_reached';
    const reached =
      (countMax !== undefined && count + 1 > countMax) ||
      (totalMinorMax !== undefined && totalMinor + amountMinor > totalMinorMax);
    if (reached && !codes.includes(code)) codes.push(code);
  });
  return codes;
}

/** From the floor limit on central decides; below it for a random share, and for what a card split into several. */
function floor(amountMinor: number, { card, draw }: RiskFacts, risk: Policy['risk']): ReasonCode[] {
  const { floorMinor, randomOnline } = risk;
  if (floorMinor !== undefined && amountMinor >= floorMinor) return ['above_floor_limit'];
  const codes: ReasonCode[] = [];
  if (floorMinor !== undefined && card && card.splitMinor > 0 && card.splitMinor + amountMinor >= floorMinor)
    codes.push('split_above_floor_limit');
  if (randomOnline && draw < onlineShare(amountMinor, randomOnline, floorMinor))
    codes.push('chosen_for_online');
  return codes;
}

/**
 * The share of checkouts of an amount that go online, in basis points (EMV Book 3 §10.6.2): the target below the
 * threshold, from there growing straight to the greatest at the floor limit.
 */
export function onlineShare(
  amountMinor: number,
  random: NonNullable<Policy['risk']['randomOnline']>,
  floorMinor: number | undefined,
): number {
  const { shareBasisPoints, biasedAboveMinor, shareBasisPointsMax } = random;
  // Without a floor limit there is nothing to grow to.
  if (amountMinor < biasedAboveMinor || floorMinor === undefined) return shareBasisPoints;
  const span = floorMinor - biasedAboveMinor;
  if (span <= 0) return shareBasisPointsMax;
  const part = Math.min(amountMinor - biasedAboveMinor, span);
  // At most 10^4 × 10^11: exact.
  return shareBasisPoints + Math.floor(((shareBasisPointsMax - shareBasisPoints) * part) / span);
}

/** Legal, but worth a look by a person at central. */
export function reviewOf(amountMinor: number, deviationBasisPoints: number, policy: Policy): ReasonCode[] {
  const { totalMinor, deviationBasisPoints: deviationMin } = policy.risk.review;
  const codes: ReasonCode[] = [];
  if (totalMinor !== undefined && amountMinor >= totalMinor) codes.push('review_amount');
  if (deviationMin !== undefined && deviationBasisPoints > 0 && deviationBasisPoints >= deviationMin)
    codes.push('review_price_deviation');
  return codes;
}

const nothing: Used = { count: 0, totalMinor: 0 };

function inMs(hours: number | undefined): number | undefined {
  return hours === undefined ? undefined : hours * hourMs;
}
