// The policy of a central that has been told nothing yet: careful, and enough to sell.
import type { Policy } from '../../contract/feed.ts';

export const defaultPolicy: Policy = {
  currency: 'GBP',
  checkout: { totalMinorMax: 5_000_000 },
  exposure: { totalMinorMax: 50_000_000 },
  priceOverride: 'refused',
  unlinkedRefund: { permission: 'refused', totalMinorMax: 0 },
};
