import { describe, expect, it } from 'vitest';
import { manualClock } from './clock.ts';
import { collectAtRest } from './rest.ts';

const resting = () => {
  const clock = manualClock();
  const collected: number[] = [];
  const rest = collectAtRest(clock, () => collected.push(clock.monotonicMs()), 1000);
  const startMs = clock.monotonicMs();
  return { clock, rest, collected: () => collected.map((ms) => ms - startMs) };
};

describe('a program at rest', () => {
  it('gives back what starting up left behind, once', () => {
    const { clock, collected } = resting();
    clock.advance(60_000);
    expect(collected()).toEqual([1000]);
  });

  it('is not held up while it works', () => {
    const { clock, rest, collected } = resting();
    for (let i = 0; i < 100; i++) {
      clock.advance(500);
      rest.worked();
    }
    expect(collected()).toEqual([]);
  });

  it('collects once after every stretch of work, when it has been quiet for long enough', () => {
    const { clock, rest, collected } = resting();
    clock.advance(5000);
    rest.worked();
    clock.advance(1500);
    rest.worked();
    expect(collected()).toEqual([1000]);
    clock.advance(60_000);
    expect(collected()).toHaveLength(2);
    expect(collected()[1]).toBeGreaterThanOrEqual(7500);
    expect(collected()[1]).toBeLessThanOrEqual(8500);
  });

  it('leaves nothing to wait for once it is stopped', () => {
    const { clock, rest, collected } = resting();
    rest.stop();
    clock.advance(60_000);
    expect(collected()).toEqual([]);
  });
});
