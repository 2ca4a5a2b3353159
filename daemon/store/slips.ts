// Slip numbers: gapless within a calendar year of the site, and no year is begun again once a later one was (I15).
import { present } from '../../kit/assert.ts';
import type { Policies } from './policy.ts';
import type { Positions } from './positions.ts';
import type { SiteTime } from './site-time.ts';

interface Parts {
  positions: Positions;
  policies: Policies;
  siteTime: SiteTime;
}

/** The next slip, for a document that is approved in this batch. */
export type NextSlip = () => { slip: number; slipYear: number };

export function createSlips({ positions, policies, siteTime }: Parts): NextSlip {
  return () => {
    const { year } = present(policies.inForce, 'the policy by which it was approved');
    return positions.nextSlip(year(siteTime.best().ms));
  };
}
