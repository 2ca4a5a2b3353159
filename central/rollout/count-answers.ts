// What boxes answered to their kiosks, at those that have a change and at those that wait for it: by the difference of what two
// reports of a box counted. Kept in memory until the store takes it; what was counted while central was down is nobody's.
import type { Answers, BoxState } from './next.ts';

/** What a box counted since its program started. */
export interface AnswersSaid extends Answers {
  upMs: number;
}

export interface Sides {
  with: Answers;
  without: Answers;
}

export interface AnswerCount {
  /** What some boxes of a rollout said last, each in the state that it is in. */
  hear(
    rollout: number,
    boxes: readonly { ref: number; state: BoxState; said: AnswersSaid | null }[],
    nowMs: number,
  ): void;
  /** What came since it was taken; null: nothing, or that was a moment ago. */
  take(rollout: number, nowMs: number): Sides | null;
  /** Nobody asks any more: it ended, or is judged anew. */
  forget(rollout: number): void;
}

/** Each is a commit, and boxes speak every half minute. */
const takenEveryMs = 5000;
/** Of one box between two looks: what it says is not proved, and a single one must not drown the others. */
const requestsPerLookMax = 10_000;

type Side = keyof Sides;
const sideOf: Partial<Record<BoxState, Side>> = { confirmed: 'with', waiting: 'without' };

interface Counting {
  seen: Map<number, AnswersSaid & { side: Side }>;
  sums: Sides;
  takenMs: number;
}

export function createAnswerCount(): AnswerCount {
  const countings = new Map<number, Counting>();
  return {
    hear(rollout, boxes, nowMs) {
      const begun = { seen: new Map(), sums: noAnswers(), takenMs: nowMs - takenEveryMs };
      const { seen, sums } = countings.get(rollout) ?? begun;
      if (!countings.has(rollout)) countings.set(rollout, begun);
      for (const { ref, state, said } of boxes) {
        const side = sideOf[state];
        if (side === undefined || said === null) {
          seen.delete(ref);
          continue;
        }
        const before = seen.get(ref);
        seen.set(ref, { ...said, side });
        // Of before it was so nothing counts.
        if (before?.side === side) sums[side] = sum(sums[side], answeredSince(before, said));
      }
    },
    take(rollout, nowMs) {
      const counting = countings.get(rollout);
      if (!counting || nowMs - counting.takenMs < takenEveryMs) return null;
      const { sums } = counting;
      if (sums.with.requests + sums.without.requests === 0) return null;
      counting.sums = noAnswers();
      counting.takenMs = nowMs;
      return sums;
    },
    forget: (rollout) => void countings.delete(rollout),
  };
}

/** A program that started between has counted from nothing; what the one before counted last is not known. */
export function answeredSince(before: AnswersSaid, now: AnswersSaid): Answers {
  const from = now.upMs < before.upMs ? { requests: 0, errors: 0 } : before;
  const requests = Math.max(0, now.requests - from.requests);
  const errors = Math.min(requests, Math.max(0, now.errors - from.errors));
  if (requests <= requestsPerLookMax) return { requests, errors };
  return { requests: requestsPerLookMax, errors: Math.round((errors * requestsPerLookMax) / requests) };
}

export function sidesSum(a: Sides, b: Sides): Sides {
  return { with: sum(a.with, b.with), without: sum(a.without, b.without) };
}

export function noAnswers(): Sides {
  return { with: { requests: 0, errors: 0 }, without: { requests: 0, errors: 0 } };
}

function sum(a: Answers, b: Answers): Answers {
  return { requests: a.requests + b.requests, errors: a.errors + b.errors };
}
