// How often a password may be tried: counted before it is looked at, for each name and each address, known or not. After a few
// wrong ones the next is looked at only after a wait that doubles up to a bound, so that nobody is shut out for good by
// others' tries. In memory: a restart forgets it, which no caller can bring about.
import { subscriberOf } from '../../kit/address-list.ts';

export interface SignInGuard {
  /** Counts a try. @returns how long to wait instead; 0: go on */
  begin(name: string, from: string): number;
  /** The try was right: the name's count begins anew, and the address has one less. */
  right(name: string, from: string): void;
}

export const guardLimits = {
  /** Slips of a finger. */
  freeTriesOfName: 5,
  /** Many people may come from one address. */
  freeTriesOfAddress: 30,
  waitMsMin: 30_000,
  waitMsMax: 15 * 60_000,
  /** After so long without a try all is forgotten. */
  forgetMs: 60 * 60_000,
  /** The oldest go first. */
  countsMax: 20_000,
} as const;

interface Count {
  tries: number;
  lastMs: number;
}

export function createSignInGuard(nowMs: () => number): SignInGuard {
  /** The least recently tried first. */
  const counts = new Map<string, Count>();

  const of = (key: string): Count => {
    const found = counts.get(key);
    return found && nowMs() - found.lastMs < guardLimits.forgetMs ? found : { tries: 0, lastMs: nowMs() };
  };
  const keep = (key: string, count: Count) => {
    counts.delete(key);
    counts.set(key, count);
    if (counts.size <= guardLimits.countsMax) return;
    for (const oldest of counts.keys()) {
      counts.delete(oldest);
      break;
    }
  };
  const leftMs = ({ tries, lastMs }: Count, free: number) =>
    Math.max(0, lastMs + waitMsAfter(tries, free) - nowMs());

  return {
    begin(name, from) {
      const address = `address ${subscriberOf(from)}`;
      const [ofName, ofAddress] = [of(`name ${name}`), of(address)];
      const waitMs = Math.max(
        leftMs(ofName, guardLimits.freeTriesOfName),
        leftMs(ofAddress, guardLimits.freeTriesOfAddress),
      );
      if (waitMs > 0) return waitMs;
      keep(`name ${name}`, { tries: ofName.tries + 1, lastMs: nowMs() });
      keep(address, { tries: ofAddress.tries + 1, lastMs: nowMs() });
      return 0;
    },
    right(name, from) {
      counts.delete(`name ${name}`);
      const address = `address ${subscriberOf(from)}`;
      const { tries, lastMs } = of(address);
      keep(address, { tries: Math.max(0, tries - 1), lastMs });
    },
  };
}

/** None for the free ones, then doubling up to the bound. */
export function waitMsAfter(tries: number, free: number): number {
  if (tries < free) return 0;
  return Math.min(guardLimits.waitMsMax, guardLimits.waitMsMin * 2 ** Math.min(tries - free, 20));
}
