import { afterEach, describe, expect, it, vi } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import { type Called, createGate, type GateView } from './breakers.ts';

const failed: Called<string> = { value: 'no answer', health: 'failed' };
const answered: Called<string> = { value: 'declined', health: 'answered' };

afterEach(() => vi.useRealTimers());

function open(placesMax = 4) {
  const clock = manualClock();
  const changes: GateView['breaker'][] = [];
  const gate = createGate({ placesMax, clock, random: () => 0.5, onChange: (now) => changes.push(now) });
  const call = (what: Called<string>) =>
    gate.run(
      async () => what,
      async () => {},
    );
  const fail = async (times: number) => {
    for (let i = 0; i < times; i++) await call(failed);
  };
  return { clock, changes, gate, call, fail };
}

describe('the places at a processor', () => {
  it('are taken until the work after the call is done, and never more than there are', async () => {
    const { gate } = open(2);
    const waiting = Promise.withResolvers<void>();
    const first = gate.run(
      async () => answered,
      () => waiting.promise,
    );
    expect(gate.places()).toBe(1);
    const second = gate.run(
      async () => answered,
      () => waiting.promise,
    );
    expect(gate.places()).toBe(0);
    expect(
      await gate.run(
        async () => expect.fail('called without a place'),
        async () => {},
      ),
    ).toBe('closed');
    waiting.resolve();
    expect([await first, await second]).toEqual(['called', 'called']);
    expect(gate.places()).toBe(2);
  });

  it('come back when the work fails', async () => {
    const { gate } = open(1);
    await expect(
      gate.run(
        async () => answered,
        () => Promise.reject(new Error('disk')),
      ),
    ).rejects.toThrow('disk');
    expect(gate.places()).toBe(1);
  });
});

describe('the breaker', () => {
  it('opens when most of the last calls failed, and not for declines', async () => {
    const { gate, call, fail, changes } = open();
    for (let i = 0; i < 10; i++) await call(answered);
    await fail(10);
    expect(gate.view().breaker).toBe('closed');
    await fail(1);
    expect(gate.view().breaker).toBe('open');
    expect(gate.places()).toBe(0);
    expect(await call(answered)).toBe('closed');
    expect(changes).toEqual(['open']);
  });

  it('does not open for a few failures of a quiet hour', async () => {
    const { gate, fail } = open();
    await fail(4);
    expect(gate.view().breaker).toBe('closed');
  });

  it('lets one call try after a while, and closes when that is answered', async () => {
    const { gate, clock, fail, call, changes } = open();
    await fail(5);
    clock.advance(1999);
    expect(gate.places()).toBe(0);
    clock.advance(1);
    expect(gate.places()).toBe(1);
    const waiting = Promise.withResolvers<Called<string>>();
    const probe = gate.run(
      () => waiting.promise,
      async () => {},
    );
    expect(gate.places()).toBe(0);
    expect(await call(answered)).toBe('closed');
    waiting.resolve(answered);
    await probe;
    expect(gate.places()).toBe(4);
    expect(changes).toEqual(['open', 'probing', 'closed']);
  });

  it('waits longer after each try that failed', async () => {
    const { gate, clock, fail, changes } = open();
    await fail(5);
    const waits: number[] = [];
    for (let i = 0; i < 7; i++) {
      const openedMs = clock.monotonicMs();
      while (gate.places() === 0) clock.advance(100);
      waits.push(clock.monotonicMs() - openedMs);
      await fail(1);
    }
    expect(waits).toEqual([2000, 3000, 5000, 9000, 17_000, 31_000, 31_000]);
    expect(changes.filter((change) => change === 'probing')).toHaveLength(7);
  });

  it('does not stay open for as long as a clock was set back', async () => {
    const { gate, clock, fail } = open();
    await fail(5);
    // The library reads the machine's clock, which is not ours to turn.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 366 * 86_400_000 });
    clock.advance(2000);
    expect(gate.places()).toBe(1);
    expect(
      await gate.run(
        async () => answered,
        async () => {},
      ),
    ).toBe('called');
    expect(gate.view().breaker).toBe('closed');
  });
});
