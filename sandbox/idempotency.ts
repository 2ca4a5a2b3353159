// Idempotency keys as Stripe keeps them: the first answer of a key is given again for 24 hours, to the same request only.
import type { Clock } from '../kit/clock.ts';
import type { Answer } from './stripe/answer.ts';

export const keyLifeMs = 24 * 3_600_000;

export type Claim =
  /** Nobody has it: do it, then keep or drop. */
  { kind: 'free' } | { kind: 'replay'; answer: Answer } | { kind: 'other_request' } | { kind: 'in_use' };

export interface Keys {
  /** @param request what was asked: method, path and parameters */
  claim(key: string, request: string): Claim;
  keep(key: string, answer: Answer): void;
  /** The request did not begin to be carried out: the key is free again. */
  drop(key: string): void;
  readonly count: number;
  clear(): void;
}

export function createKeys(clock: Pick<Clock, 'wallMs'>): Keys {
  // In the order they were claimed, so that the old ones are the first.
  const kept = new Map<string, { request: string; claimedMs: number; answer: Answer | null }>();

  function forget(): void {
    for (const [key, { claimedMs }] of kept) {
      if (clock.wallMs() - claimedMs < keyLifeMs) return;
      kept.delete(key);
    }
  }

  return {
    claim(key, request) {
      forget();
      const known = kept.get(key);
      if (!known) {
        kept.set(key, { request, claimedMs: clock.wallMs(), answer: null });
        return { kind: 'free' };
      }
      if (known.request !== request) return { kind: 'other_request' };
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
    clear: () => kept.clear(),
  };
}
