// The policy in force, with what is dear to make from it made once.
import type { Database } from 'better-sqlite3';
import type { FeedItem } from '../../contract/feed.ts';
import { Policy } from '../../contract/policy.ts';
import { openingHours } from '../checkout/opening-hours.ts';
import { siteYear } from '../checkout/site-year.ts';
import type { Ask, FlagsAnswer } from './commands.ts';

type PolicyItem = Extract<FeedItem, { kind: 'policy' }>;

export interface PolicyInForce {
  version: number;
  policy: Policy;
  /** Elapsed time when it was applied. */
  appliedMs: number;
  /** Whether the site is open. */
  hours: ReturnType<typeof openingHours>;
  /** The calendar year of the site at a moment. */
  year: ReturnType<typeof siteYear>;
}

export interface Policies {
  readonly inForce: PolicyInForce | null;
  /** Goes forward by its version only. */
  apply(item: PolicyItem, elapsedMs: number): void;
  reload(): void;
}

/** @param halved whether only half of the exposure limit counts at this moment */
export function openPolicies(db: Database, halved: () => boolean): Policies {
  const select = db.prepare<[], { version: number; body: string; appliedMs: number }>(
    'SELECT version, body, applied_ms AS appliedMs FROM policy',
  );
  const save = db.prepare(
    'INSERT OR REPLACE INTO policy (id, version, body, applied_ms) VALUES (1, ?, ?, ?)',
  );
  const load = () => {
    const row = select.get();
    return row ? made(row.version, Policy.parse(JSON.parse(row.body)), row.appliedMs) : null;
  };
  let inForce = load();
  let lower = inForce && withHalf(inForce);
  return {
    get inForce() {
      return halved() ? lower : inForce;
    },
    apply({ version, policy }, elapsedMs) {
      if (inForce && version <= inForce.version) return;
      save.run(version, JSON.stringify(policy), elapsedMs);
      inForce = made(version, policy, elapsedMs);
      lower = withHalf(inForce);
    },
    reload() {
      inForce = load();
      lower = inForce && withHalf(inForce);
    },
  };
}

/**
 * While central has not been told what a salvage left in doubt: as much again may be lost already, of which neither side knows
 * the sum, and the two together must stay within the limit.
 */
const untoldShare = 0.5;

function withHalf(inForce: PolicyInForce): PolicyInForce {
  const { exposure } = inForce.policy;
  const totalMinorMax = Math.floor(exposure.totalMinorMax * untoldShare);
  return { ...inForce, policy: { ...inForce.policy, exposure: { ...exposure, totalMinorMax } } };
}

/** The flags in force, where the asker does not have them yet: most do, and they need not cross the threads each time. */
export function flagsAfter({ inForce }: Policies, { afterPolicyVersion }: Ask<'flags'>): FlagsAnswer {
  if (!inForce) return { kind: 'unaccepted', code: 'policy_missing' };
  const { version: policyVersion, policy } = inForce;
  return {
    kind: 'known',
    newer: policyVersion > afterPolicyVersion ? { policyVersion, flags: policy.flags } : null,
  };
}

function made(version: number, policy: Policy, appliedMs: number): PolicyInForce {
  const { openingHours: periods } = policy;
  return { version, policy, appliedMs, hours: openingHours(periods), year: siteYear(periods?.timeZone) };
}
