// The risk checks as tables: each alone, at exactly its limit and one beyond; and the draw that sends a share online.
import { describe, expect, it } from 'vitest';
import { Policy, type PolicyInput } from '../../contract/policy.ts';
import { offlineRisk, onlineShare, type RiskFacts, reviewOf } from './risk.ts';

const policyWith = (changes: Partial<PolicyInput>): Policy =>
  Policy.parse({
    currency: 'GBP',
    checkout: { totalMinorMax: 100_000 },
    exposure: { totalMinorMax: 10_000 },
    priceOverride: { permission: 'allowed' },
    unlinkedRefund: { permission: 'refused', totalMinorMax: 0 },
    ...changes,
  });
const calm: RiskFacts = {
  exposure: { count: 0, totalMinor: 0 },
  velocity: [],
  card: { hot: false, known: true, splitMinor: 0 },
  draw: 9_999,
  offlineMs: 0,
  policyAgeMs: 0,
  catalogueAgeMs: 0,
};
const hourMs = 3_600_000;
const perCard = { per: 'fingerprint' as const, windowMinutes: 60 };
const perKiosk = { per: 'kiosk' as const, windowMinutes: 60 };

describe('what speaks against deciding alone', () => {
  it.each<[string, Partial<PolicyInput>, Partial<RiskFacts>, Partial<RiskFacts>, string]>([
    [
      'exposure',
      {},
      { exposure: { count: 9, totalMinor: 9_900 } },
      { exposure: { count: 9, totalMinor: 9_901 } },
      'exposure_limit_reached',
    ],
    [
      'exposed checkouts',
      { exposure: { totalMinorMax: 10_000, countMax: 3 } },
      { exposure: { count: 2, totalMinor: 0 } },
      { exposure: { count: 3, totalMinor: 0 } },
      'exposure_count_reached',
    ],
    [
      'hours offline',
      { offline: { hoursMax: 72 } },
      { offlineMs: 72 * hourMs },
      { offlineMs: 72 * hourMs + 1 },
      'offline_too_long',
    ],
    [
      'an old policy',
      { offline: { policyAgeHoursMax: 1 } },
      { policyAgeMs: hourMs },
      { policyAgeMs: hourMs + 1 },
      'policy_too_old',
    ],
    [
      'an old catalogue',
      { offline: { catalogueAgeHoursMax: 1 } },
      { catalogueAgeMs: hourMs },
      { catalogueAgeMs: hourMs + 1 },
      'catalogue_too_old',
    ],
    [
      'a card used often',
      { risk: { velocity: [{ ...perCard, countMax: 5 }] } },
      { velocity: [{ count: 4, totalMinor: 0 }] },
      { velocity: [{ count: 5, totalMinor: 0 }] },
      'velocity_fingerprint_reached',
    ],
    [
      'a card used for much',
      { risk: { velocity: [{ ...perCard, totalMinorMax: 500 }] } },
      { velocity: [{ count: 9, totalMinor: 400 }] },
      { velocity: [{ count: 9, totalMinor: 401 }] },
      'velocity_fingerprint_reached',
    ],
    [
      'a kiosk used often',
      { risk: { velocity: [{ ...perKiosk, countMax: 5 }] } },
      { velocity: [{ count: 4, totalMinor: 0 }] },
      { velocity: [{ count: 5, totalMinor: 0 }] },
      'velocity_kiosk_reached',
    ],
    [
      'the second of two windows',
      {
        risk: {
          velocity: [
            { ...perCard, countMax: 5 },
            { ...perCard, windowMinutes: 1440, countMax: 9 },
          ],
        },
      },
      {
        velocity: [
          { count: 1, totalMinor: 0 },
          { count: 8, totalMinor: 0 },
        ],
      },
      {
        velocity: [
          { count: 1, totalMinor: 0 },
          { count: 9, totalMinor: 0 },
        ],
      },
      'velocity_fingerprint_reached',
    ],
    [
      'a sale split in two',
      { risk: { floorMinor: 500, splitWindowMinutes: 10 } },
      { card: { hot: false, known: true, splitMinor: 399 } },
      { card: { hot: false, known: true, splitMinor: 400 } },
      'split_above_floor_limit',
    ],
    [
      'a draw',
      { risk: { randomOnline: { shareBasisPoints: 200, biasedAboveMinor: 1000, shareBasisPointsMax: 200 } } },
      { draw: 200 },
      { draw: 199 },
      'chosen_for_online',
    ],
  ])('is %s, beyond its limit and not at it', (_, changes, within, beyond, code) => {
    const policy = policyWith(changes);
    expect(offlineRisk(100, { ...calm, ...within }, policy)).toEqual([]);
    expect(offlineRisk(100, { ...calm, ...beyond }, policy)).toEqual([code]);
  });

  it.each<[string, Partial<PolicyInput>, Partial<RiskFacts>, number, string]>([
    ['from the floor limit on', { risk: { floorMinor: 500 } }, {}, 500, 'above_floor_limit'],
    [
      'above one checkout’s share of the exposure',
      { exposure: { totalMinorMax: 10_000, checkoutMinorMax: 499 } },
      {},
      500,
      'checkout_above_offline_limit',
    ],
    [
      'above what a new card may buy',
      { risk: { newFingerprintMinorMax: 499 } },
      { card: { hot: false, known: false, splitMinor: 0 } },
      500,
      'new_card_above_limit',
    ],
  ])('is an amount %s', (_, changes, facts, amount, code) => {
    const policy = policyWith(changes);
    expect(offlineRisk(amount - 1, { ...calm, ...facts }, policy)).toEqual([]);
    expect(offlineRisk(amount, { ...calm, ...facts }, policy)).toEqual([code]);
  });

  it('is everything at once, each named once', () => {
    const policy = policyWith({
      exposure: { totalMinorMax: 10_000, countMax: 0, checkoutMinorMax: 1 },
      offline: { hoursMax: 1, policyAgeHoursMax: 1, catalogueAgeHoursMax: 1 },
      risk: {
        floorMinor: 5_000,
        splitWindowMinutes: 1,
        newFingerprintMinorMax: 1,
        velocity: [
          { ...perCard, countMax: 1 },
          { ...perCard, totalMinorMax: 1 },
          { ...perKiosk, countMax: 1 },
        ],
        randomOnline: { shareBasisPoints: 10_000, biasedAboveMinor: 0, shareBasisPointsMax: 10_000 },
      },
    });
    const much = { count: 9, totalMinor: 9_999 };
    const facts: RiskFacts = {
      exposure: much,
      velocity: [much, much, much],
      card: { hot: true, known: false, splitMinor: 9_999 },
      draw: 9_999,
      offlineMs: 9e9,
      policyAgeMs: 9e9,
      catalogueAgeMs: 9e9,
    };
    expect(offlineRisk(100, facts, policy)).toEqual([
      'offline_too_long',
      'policy_too_old',
      'catalogue_too_old',
      'exposure_limit_reached',
      'exposure_count_reached',
      'checkout_above_offline_limit',
      'split_above_floor_limit',
      'chosen_for_online',
      'new_card_above_limit',
      'velocity_fingerprint_reached',
      'velocity_kiosk_reached',
    ]);
  });

  it('is nothing about cards where there is none to look at', () => {
    const policy = policyWith({
      risk: {
        floorMinor: 500,
        splitWindowMinutes: 1,
        newFingerprintMinorMax: 1,
        velocity: [{ ...perCard, countMax: 1 }],
      },
    });
    expect(
      offlineRisk(100, { ...calm, card: null, velocity: [{ count: 9, totalMinor: 9 }] }, policy),
    ).toEqual([]);
  });
});

describe('the share that goes online (EMV Book 3 §10.6.2)', () => {
  const random = { shareBasisPoints: 200, biasedAboveMinor: 1000, shareBasisPointsMax: 1000 };
  it.each([
    [1, 3000, 200],
    [999, 3000, 200],
    [1000, 3000, 200],
    [2000, 3000, 600],
    [2999, 3000, 999],
    [3000, 3000, 1000],
    [9999, 3000, 1000],
    [1000, 1000, 1000],
    [5000, undefined, 200],
  ])('of an amount of %i under a floor limit of %s is %i basis points', (amount, floor, share) => {
    expect(onlineShare(amount, random, floor)).toBe(share);
  });
});

describe('a look by a person', () => {
  const policy = policyWith({ risk: { review: { totalMinor: 500, deviationBasisPoints: 1000 } } });
  it.each<[number, number, string[]]>([
    [499, 999, []],
    [500, 0, ['review_amount']],
    [1, 1000, ['review_price_deviation']],
    [500, 1000, ['review_amount', 'review_price_deviation']],
  ])('for an amount of %i and a deviation of %i is asked for by %j', (amount, deviation, codes) => {
    expect(reviewOf(amount, deviation, policy)).toEqual(codes);
  });
});
