// What the operators' page asks of the store beside what there was. Part of LedgerCalls.
import type { Wanted } from './find-checkouts.ts';

export interface FoundCheckout {
  id: string;
  applianceId: string;
  site: string | null;
  kind: string;
  verdict: string;
  slip: number | null;
  last4: string | null;
  currency: string;
  totalMinor: number;
  atMs: number;
}

export interface DashboardCalls {
  /** The newest booking first. */
  findCheckouts(search: { wanted: Wanted; limit: number }): FoundCheckout[];
}
