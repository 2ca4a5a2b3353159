// The life of a payout: pure.
import type { PayoutState } from './port.ts';

const after: Record<PayoutState, readonly PayoutState[]> = {
  prepared: ['approved', 'failed'],
  approved: ['paid', 'failed'],
  paid: ['returned'],
  failed: [],
  returned: [],
};

export function mayBecome(state: PayoutState, next: PayoutState): boolean {
  return after[state].includes(next);
}
