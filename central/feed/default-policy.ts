// The policy of a central that has been told nothing yet: careful, and enough to sell. The reasons for each value stand
// in docs/operations/policy.md.
import { Policy } from '../../contract/policy.ts';

const dayMinutes = 24 * 60;

export const defaultPolicy = Policy.parse({
  currency: 'GBP',
  checkout: { totalMinorMax: 5_000_000 },
  exposure: { totalMinorMax: 50_000_000, countMax: 10_000 },
  offline: { hoursMax: 72, policyAgeHoursMax: 30 * 24, catalogueAgeHoursMax: 14 * 24 },
  priceOverride: { permission: 'refused' },
  risk: {
    floorMinor: 20_000,
    randomOnline: { shareBasisPoints: 200, biasedAboveMinor: 5000, shareBasisPointsMax: 2000 },
    velocity: [
      { per: 'fingerprint', windowMinutes: dayMinutes, countMax: 5, totalMinorMax: 50_000 },
      { per: 'kiosk', windowMinutes: 60, countMax: 240 },
    ],
    splitWindowMinutes: dayMinutes,
    newFingerprintMinorMax: 10_000,
    review: { totalMinor: 100_000 },
  },
  unlinkedRefund: { permission: 'refused', totalMinorMax: 0 },
});
