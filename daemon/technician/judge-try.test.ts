import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Moment } from '../kiosks/judge-pairing.ts';
import { judgeTry, openGuard, type TryGuard, tryLimits, waitLeft, waitMsAfter } from './judge-try.ts';

const { freeTries, waitMsFirst, waitMsMax } = tryLimits;
const at = (monotonicMs: number, bootId = 'this boot'): Moment => ({ bootId, monotonicMs });
const tried = (wrongTries: number, lastAt: Moment): TryGuard => ({ wrongTries, lastAt, firstMs: 1 });

describe('the wait after wrong PINs', () => {
  it.each([
    [0, 0],
    [freeTries, 0],
    [freeTries + 1, waitMsFirst],
    [freeTries + 2, 2 * waitMsFirst],
    [freeTries + 6, 32 * waitMsFirst],
    [freeTries + 7, waitMsMax],
    [1_000_000, waitMsMax],
  ])('after %i of them is %i ms', (wrongTries, ms) => {
    expect(waitMsAfter(wrongTries)).toBe(ms);
  });

  it('is counted from the last one, and not a millisecond less', () => {
    const guard = tried(freeTries + 1, at(1000));
    expect(judgeTry(guard, at(1000 + waitMsFirst - 1), 5)).toEqual({ kind: 'wait', leftMs: 1, guard });
    expect(judgeTry(guard, at(1000 + waitMsFirst), 5)).toEqual({
      kind: 'may_try',
      guard: { wrongTries: freeTries + 2, lastAt: at(1000 + waitMsFirst), firstMs: 1 },
    });
  });

  it('begins anew after a start of the box, once, and when time ran backwards', () => {
    const guard = tried(freeTries + 1, at(900_000, 'the boot before'));
    const first = judgeTry(guard, at(10), 5);
    expect(first).toEqual({ kind: 'wait', leftMs: waitMsFirst, guard: { ...guard, lastAt: at(10) } });
    expect(waitLeft(first.guard, at(10 + waitMsFirst)).leftMs).toBe(0);
    expect(waitLeft(tried(freeTries + 1, at(50)), at(40)).leftMs).toBe(waitMsFirst);
  });

  it('counts a try before it is looked at, and remembers when the first was', () => {
    const judged = judgeTry(openGuard, at(7), 1234);
    expect(judged).toEqual({ kind: 'may_try', guard: { wrongTries: 1, lastAt: at(7), firstMs: 1234 } });
  });

  it('lets at most 34 PINs be looked at in the first day, and 24 in any later one, however they come', () => {
    const wait = fc.integer({ min: 0, max: waitMsMax });
    fc.assert(
      fc.property(fc.array(wait, { minLength: 200, maxLength: 400 }), (waits) => {
        let [now, guard] = [0, openGuard];
        const looked: number[] = [];
        for (const ms of waits) {
          now += ms;
          const judged = judgeTry(guard, at(now), now);
          if (judged.kind === 'may_try') looked.push(now);
          guard = judged.guard;
        }
        const dayMs = 24 * 3_600_000;
        expect(looked.filter((ms) => ms < dayMs).length).toBeLessThanOrEqual(34);
        const later = looked.filter((ms) => ms >= dayMs && ms < 2 * dayMs);
        expect(later.length).toBeLessThanOrEqual(24);
      }),
      { numRuns: 50 },
    );
  });
});
