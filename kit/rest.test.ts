import { describe, expect, it } from 'vitest';
import { manualClock } from './clock.ts';
import { collectAtRest, type Rest } from './rest.ts';

const program = () => {
  const clock = manualClock();
  const startMs = clock.monotonicMs();
  const collectedMs: number[] = [];
  const rest = collectAtRest(clock, () => collectedMs.push(clock.monotonicMs() - startMs));
  return { clock, rest, collectedMs };
};
const work = (rest: Rest, things: number) => {
  for (let i = 0; i < things; i++) rest.worked();
};

describe('a program at rest', () => {
  it('gives back what starting up left behind, once', () => {
    const { clock, collectedMs } = program();
    clock.advance(60_000);
    expect(collectedMs).toEqual([5000]);
  });

  it('is not held up while it works, and collects once it has stopped', () => {
    const { clock, rest, collectedMs } = program();
    for (let i = 0; i < 10; i++) {
      work(rest, 50);
      clock.advance(5000);
    }
    expect(collectedMs).toEqual([]);
    clock.advance(60_000);
    expect(collectedMs).toEqual([55_000]);
  });

  it('is at rest though somebody asks for a trifle now and then, and has nothing to collect for it', () => {
    const { clock, rest, collectedMs } = program();
    for (let i = 0; i < 50; i++) {
      work(rest, 5);
      clock.advance(1000);
    }
    expect(collectedMs).toEqual([]);
    for (let i = 0; i < 50; i++) {
      work(rest, 4);
      clock.advance(1000);
    }
    expect(collectedMs).toHaveLength(1);
  });

  it('leaves nothing to wait for once it is stopped', () => {
    const { clock, rest, collectedMs } = program();
    rest.stop();
    clock.advance(60_000);
    expect(collectedMs).toEqual([]);
  });
});
