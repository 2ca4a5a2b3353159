import { describe, expect, it } from 'vitest';
import { manualClock, systemClock } from './clock.ts';

describe('the clock of the machine', () => {
  it('counts forward, names its boot, and shares both with every other of the same boot', () => {
    const [one, two] = [systemClock(), systemClock()];
    const before = one.monotonicMs();
    expect(Number.isInteger(before)).toBe(true);
    expect(two.monotonicMs()).toBeGreaterThanOrEqual(before);
    expect(two.bootId).toBe(one.bootId);
    expect(one.bootId).toMatch(/^[0-9a-f-]{36}$/);
    expect(Math.abs(one.wallMs() - Date.now())).toBeLessThan(1000);
  });

  it('runs a task once, unless it is cancelled', async () => {
    const clock = systemClock();
    const ran: string[] = [];
    clock.after(1, () => ran.push('cancelled'))();
    await new Promise<void>((resolve) => {
      clock.after(5, () => {
        ran.push('ran');
        resolve();
      });
    });
    expect(ran).toEqual(['ran']);
  });
});

describe('a clock turned by hand', () => {
  it('runs what falls due in order, also what that brings, each at its own moment', () => {
    const clock = manualClock(0);
    const start = clock.monotonicMs();
    const ran: [string, number][] = [];
    const at = (name: string) => () => ran.push([name, clock.monotonicMs() - start]);
    clock.after(20, at('second'));
    clock.after(10, () => {
      at('first')();
      clock.after(5, at('between'));
      clock.after(500, at('later'));
    });
    clock.after(15, at('cancelled'))();
    clock.advance(100);
    expect(ran).toEqual([
      ['first', 10],
      ['between', 15],
      ['second', 20],
    ]);
    expect([clock.wallMs(), clock.monotonicMs() - start]).toEqual([100, 100]);
  });

  it('may be wrong about the day without being wrong about durations', () => {
    const clock = manualClock(5000);
    clock.setWall(-1);
    clock.advance(10);
    expect(clock.wallMs()).toBe(9);
  });
});
