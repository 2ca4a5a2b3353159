import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  codeLeftMs,
  type Guard,
  judgePairing,
  type Moment,
  openGuard,
  pairingLimits,
} from './judge-pairing.ts';

const { codeMsMax, lockMs, wrongTriesMax } = pairingLimits;
const at = (monotonicMs: number, bootId = 'this boot'): Moment => ({ bootId, monotonicMs });
const locked = (lockedAt: Moment): Guard => ({ wrongTries: wrongTriesMax, lockedAt });

describe('a try to pair', () => {
  it.each<[string, Guard, Moment | null, Moment, string]>([
    ['with a code just made', openGuard, at(0), at(0), 'paired'],
    ['at the last moment of a code', openGuard, at(0), at(codeMsMax - 1), 'paired'],
    ['when the code is over', openGuard, at(0), at(codeMsMax), 'wrong_code'],
    ['with a code of another boot', openGuard, at(0, 'the boot before'), at(1), 'wrong_code'],
    ['when time ran backwards', openGuard, at(5), at(4), 'wrong_code'],
    ['with no code that there is', openGuard, null, at(0), 'wrong_code'],
    ['with the right code after four wrong ones', { wrongTries: 4, lockedAt: null }, at(0), at(1), 'paired'],
    ['with the right code during a lock', locked(at(0)), at(0), at(1), 'locked'],
    ['at the last moment of a lock', locked(at(0)), at(0), at(lockMs - 1), 'locked'],
    ['when the lock is over', locked(at(0)), at(0), at(lockMs), 'paired'],
    ['under a lock of another boot', locked(at(0, 'the boot before')), at(0), at(1), 'locked'],
  ])('%s', (_, guard, madeAt, now, kind) => {
    expect(judgePairing(guard, madeAt, now).kind).toBe(kind);
  });

  it('counts the wrong ones, and locks with the fifth', () => {
    let guard = openGuard;
    const kinds: string[] = [];
    for (let n = 0; n < 7; n++) {
      const judged = judgePairing(guard, null, at(n));
      kinds.push(judged.kind);
      guard = judged.guard;
    }
    expect(kinds).toEqual([...Array(5).fill('wrong_code'), 'locked', 'locked']);
    expect(guard).toEqual(locked(at(4)));
  });

  it('after a lock has five tries again', () => {
    const { guard } = judgePairing(locked(at(0)), null, at(lockMs));
    expect(guard).toEqual({ wrongTries: 1, lockedAt: null });
  });

  it('that succeeds forgets the wrong ones before it', () => {
    expect(judgePairing({ wrongTries: 4, lockedAt: null }, at(0), at(1)).guard).toEqual(openGuard);
  });

  it('under a lock that a restart of the box interrupted waits for the whole of it again, once', () => {
    const first = judgePairing(locked(at(900_000, 'the boot before')), at(0), at(10));
    expect(first).toEqual({ kind: 'locked', leftMs: lockMs, guard: locked(at(10)) });
    expect(judgePairing(first.guard, at(0), at(10 + lockMs - 1))).toMatchObject({
      kind: 'locked',
      leftMs: 1,
    });
    expect(judgePairing(first.guard, at(0), at(10 + lockMs)).kind).toBe('paired');
  });

  it('is never made more than five times within any lock’s length without success, however they come', () => {
    const wait = fc.integer({ min: 0, max: lockMs });
    fc.assert(
      fc.property(fc.array(wait, { maxLength: 60 }), (waits) => {
        let now = 0;
        let guard = openGuard;
        const looked: number[] = [];
        for (const ms of waits) {
          now += ms;
          const judged = judgePairing(guard, null, at(now));
          if (judged.kind === 'wrong_code') looked.push(now);
          guard = judged.guard;
        }
        // After the fifth try the next that is looked at comes a whole lock later.
        for (let i = wrongTriesMax; i < looked.length; i += wrongTriesMax) {
          expect((looked[i] ?? 0) - (looked[i - 1] ?? 0)).toBeGreaterThanOrEqual(lockMs);
        }
      }),
    );
  });
});

describe('what is left of a code', () => {
  it('falls to nothing and not below', () => {
    expect([0, 1, codeMsMax, 2 * codeMsMax].map((now) => codeLeftMs(at(0), at(now)))).toEqual([
      codeMsMax,
      codeMsMax - 1,
      0,
      0,
    ]);
  });
});
