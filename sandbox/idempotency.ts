// Idempotency keys: the first answer of a key is given again for as long as the processor keeps keys, to the same request only.
import { hash } from 'node:crypto';
import type { Clock } from '../kit/clock.ts';

/** Stripe's. */
export const keyLifeMs = 24 * 3_600_000;
const forgetEveryMs = 60_000;

export type Claim<Answer> =
  /** Nobody has it: do it, then keep or drop. */
  { kind: 'free' } | { kind: 'replay'; answer: Answer } | { kind: 'other_request' } | { kind: 'in_use' };

export interface Keys<Answer> {
  /** @param request what was asked: method, path and parameters */
  claim(key: string, request: string): Claim<Answer>;
  keep(key: string, answer: Answer): void;
  /** The request did not begin to be carried out: the key is free again. */
  drop(key: string): void;
  readonly count: number;
  clear(): void;
}

export function createKeys<Answer>(clock: Pick<Clock, 'wallMs'>, lifeMs = keyLifeMs): Keys<Answer> {
  // In the order they were claimed, so that the old ones are the first.
  const kept = new Map<string, { digest: string; claimedMs: number; answer: Answer | null }>();

  const isOver = ({ claimedMs }: { claimedMs: number }) => clock.wallMs() - claimedMs >= lifeMs;
  // Only to have the memory back: a pass begins at the oldest and costs as much as was forgotten before.
  let nextForgetMs = 0;
  function forget(): void {
    if (clock.wallMs() < nextForgetMs) return;
    nextForgetMs = clock.wallMs() + forgetEveryMs;
    for (const [key, claim] of kept) {
      if (!isOver(claim)) return;
      kept.delete(key);
    }
  }

  return {
    claim(key, request) {
      forget();
      const digest = digestOf(request);
      const known = kept.get(key);
      if (!known || isOver(known)) {
        // Anew, so that it stands where its new time belongs.
        kept.delete(key);
        kept.set(key, { digest, claimedMs: clock.wallMs(), answer: null });
        return { kind: 'free' };
      }
      if (known.digest !== digest) return { kind: 'other_request' };
      return known.answer ? { kind: 'replay', answer: known.answer } : { kind: 'in_use' };
    },
    keep(key, answer) {
      const known = kept.get(key);
      if (known) known.answer = answer;
    },
    drop: (key) => void kept.delete(key),
    get count() {
      return kept.size;
    },
    clear() {
      kept.clear();
      nextForgetMs = 0;
    },
  };
}

/** A request is only compared: its digest is a tenth of its length, for each of many keys. */
function digestOf(request: string): string {
  return hash('sha1', request, 'base64');
}
