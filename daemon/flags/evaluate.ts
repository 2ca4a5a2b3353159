// What a flag of the policy says to one kiosk. Pure and stable: it depends on the flag and on who asks, on nothing else,
// and whoever has a flag keeps it when its share grows.
import { hash } from 'node:crypto';
import type { FlagReason } from '../../contract/kiosk-api.ts';
import type { Policy } from '../../contract/policy.ts';

export type Flag = Policy['flags'][string];

/** Who asks. */
export interface Subject {
  /** What the share is drawn by: the same for ever, and of one kiosk in the whole fleet. Absent: nothing can be drawn. */
  targetingKey: string | undefined;
  /** Null where it is not known: flags that name sites are off there. */
  site: string | null;
  /** Null for whoever has no token: flags that name kiosks are off there. */
  kiosk: string | null;
}

export type Evaluation = { kind: 'evaluated'; value: boolean; reason: FlagReason } | { kind: 'nobody' };

/** All kiosks, in basis points. */
const everybody = 10_000;

/**
 * A flag is on for who is named, where somebody is named, and of these for its share.
 * @returns `nobody` when a share has to be drawn and there is no targeting key
 */
export function evaluate(name: string, flag: Flag, { targetingKey, site, kiosk }: Subject): Evaluation {
  const { shareBasisPoints, sites, kiosks } = flag;
  if (shareBasisPoints === 0) return { kind: 'evaluated', value: false, reason: 'DISABLED' };
  if (!isNamed(site, sites) || !isNamed(kiosk, kiosks)) {
    return { kind: 'evaluated', value: false, reason: 'DEFAULT' };
  }
  if (shareBasisPoints === everybody) {
    return { kind: 'evaluated', value: true, reason: sites || kiosks ? 'TARGETING_MATCH' : 'STATIC' };
  }
  if (targetingKey === undefined) return { kind: 'nobody' };
  return { kind: 'evaluated', value: draw(name, targetingKey) < shareBasisPoints, reason: 'SPLIT' };
}

function isNamed(one: string | null, among: readonly string[] | undefined): boolean {
  return among === undefined || (one !== null && among.includes(one));
}

/**
 * From 0 to 9,999, by SHA-256 of flag and kiosk: with the flag, so that it is not the same kiosks that try everything
 * first. Of 48 bits the remainder favours no number by more than one in 10^10.
 */
function draw(name: string, targetingKey: string): number {
  return hash('sha256', `${name}/${targetingKey}`, 'buffer').readUIntBE(0, 6) % everybody;
}
