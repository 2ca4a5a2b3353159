// The policy of a central that has been told nothing yet: careful, and enough to sell.
import { Policy } from '../../contract/policy.ts';

export const defaultPolicy = Policy.parse({
  currency: 'GBP',
  checkout: { totalMinorMax: 5_000_000 },
  exposure: { totalMinorMax: 50_000_000 },
  priceOverride: { permission: 'refused' },
  unlinkedRefund: { permission: 'refused', totalMinorMax: 0 },
});
