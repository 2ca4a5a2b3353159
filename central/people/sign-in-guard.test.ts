import { beforeEach, describe, expect, it } from 'vitest';
import { createSignInGuard, guardLimits, type SignInGuard, waitMsAfter } from './sign-in-guard.ts';

describe('tries of passwords', () => {
  let nowMs = 0;
  let guard: SignInGuard;
  const wrong = (times: number, name = 'ann', from = '10.0.0.1') =>
    Array.from({ length: times }, () => guard.begin(name, from));
  beforeEach(() => {
    nowMs = 1_795_000_000_000;
    guard = createSignInGuard(() => nowMs);
  });

  it('are free at first, then wait longer and longer, and never for good', () => {
    expect([4, 5, 6, 7, 9, 10, 500].map((tries) => waitMsAfter(tries, 5) / 1000)).toEqual([
      0, 30, 60, 120, 480, 900, 900,
    ]);
  });

  it('wait for the name after five wrong ones, from wherever, and others do not', () => {
    expect(wrong(5)).toEqual([0, 0, 0, 0, 0]);
    expect(guard.begin('ann', '10.0.0.2')).toBe(30_000);
    expect(guard.begin('bob', '10.0.0.1')).toBe(0);
    nowMs += 30_000;
    expect(guard.begin('ann', '10.0.0.2')).toBe(0);
    expect(guard.begin('ann', '10.0.0.2')).toBe(60_000);
  });

  it('that only wait are not counted: asking does not lengthen the wait', () => {
    wrong(5);
    expect(wrong(100).every((ms) => ms === 30_000)).toBe(true);
  });

  it('wait for an address that tries many names', () => {
    for (let n = 0; n < guardLimits.freeTriesOfAddress; n++) expect(guard.begin(`n${n}`, '10.0.0.1')).toBe(0);
    expect(guard.begin('zoe', '10.0.0.1')).toBe(30_000);
    expect(guard.begin('zoe', '10.0.0.2')).toBe(0);
  });

  it('wait for a whole network of IPv6, of which one subscriber has every address', () => {
    for (let n = 0; n < guardLimits.freeTriesOfAddress; n++)
      expect(guard.begin(`n${n}`, `2001:db8:0:7::${n.toString(16)}`)).toBe(0);
    expect(guard.begin('zoe', '2001:db8:0:7:ffff::1')).toBe(30_000);
    expect(guard.begin('zoe', '2001:db8:0:8::1')).toBe(0);
  });

  it('begin anew for the name after a right one, and with time', () => {
    wrong(4);
    guard.right('ann', '10.0.0.1');
    expect(wrong(5)).toEqual([0, 0, 0, 0, 0]);
    nowMs += guardLimits.forgetMs;
    expect(wrong(5)).toEqual([0, 0, 0, 0, 0]);
  });

  it('of more names than are kept forget the oldest alone', () => {
    wrong(5);
    for (let n = 0; n < guardLimits.countsMax / 2 - 10; n++) guard.begin(`n${n}`, `a${n}`);
    expect(guard.begin('ann', 'b')).toBe(30_000);
    for (let n = 0; n < 100; n++) guard.begin(`m${n}`, `c${n}`);
    expect(guard.begin('ann', 'b')).toBe(0);
  });
});
