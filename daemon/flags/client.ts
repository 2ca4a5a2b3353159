// The flags as they stand for one kiosk, asked of an OpenFeature client one by one. One answer is of one policy.
import { randomUUID } from 'node:crypto';
import { OpenFeature } from '@openfeature/server-sdk';
import { FlagReason, type Flags } from '../../contract/kiosk-api.ts';
import { createPolicyProvider, type PolicyFlags } from './provider.ts';

/** Asking the client for 256 flags takes 3 ms: a kiosk that asks again is answered from memory, up to so many kiosks. */
const answersKeptMax = 32;

export interface FlagClient {
  /** Of the newest policy that was handed over; 0 before the first. */
  readonly policyVersion: number;
  /**
   * Every flag for this kiosk, by name.
   * @param newer a policy to go by from now on; null when there is none newer
   * @param kiosk as it was paired; null for whoever has no token
   */
  answer(newer: PolicyFlags | null, kiosk: string | null): Promise<Flags>;
}

/** @param site the appliance's own, as the policy names it; null where it is not known */
export function createFlagClient(applianceId: string, site: string | null): FlagClient {
  const provider = createPolicyProvider();
  // The API is one for the whole process: what two appliances in one process ask, as in tests, stays apart by domain.
  const domain = `policy-${randomUUID()}`;
  // Ready at once: there is nothing to initialize.
  OpenFeature.setProvider(domain, provider);
  const client = OpenFeature.getClient(domain);
  let turn: Promise<unknown> = Promise.resolve();
  /** Of the policy in force, by kiosk. */
  const kept = new Map<string | null, Flags>();

  async function answerInTurn(newer: PolicyFlags | null, kiosk: string | null): Promise<Flags> {
    if (newer) {
      provider.take(newer);
      kept.clear();
    }
    const before = kept.get(kiosk);
    if (before) return before;
    const answer = await askAll(kiosk);
    const [oldest] = kept.keys();
    if (kept.size >= answersKeptMax && oldest !== undefined) kept.delete(oldest);
    kept.set(kiosk, answer);
    return answer;
  }

  async function askAll(kiosk: string | null): Promise<Flags> {
    const { policyVersion, flags } = provider.inForce;
    // Tills bear the same names at every site, so the appliance's id is part of the key.
    const targetingKey = kiosk === null ? applianceId : `${applianceId}/${kiosk}`;
    const context = { targetingKey, site, kiosk };
    const answered: Flags['flags'] = {};
    for (const name of Object.keys(flags).sort()) {
      const { value, reason } = await client.getBooleanDetails(name, false, context);
      answered[name] = { value, variant: value ? 'on' : 'off', reason: FlagReason.parse(reason) };
    }
    return { policyVersion, site, kiosk, flags: answered };
  }

  return {
    get policyVersion() {
      return provider.inForce.policyVersion;
    },
    answer(newer, kiosk) {
      // One after the other: the client looks at the provider between awaits, and it must be the same policy all along.
      const mine = turn.then(() => answerInTurn(newer, kiosk));
      turn = mine.catch(() => {});
      return mine;
    },
  };
}
