// The pump's rest beside kiosks, by a clock turned by hand.
import { describe, expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import { createGiveWay } from './give-way.ts';

/** How long a piece of work is followed by rest, in milliseconds; null where there is none. */
async function restAfter(workedMs: number, kiosks: 'submit' | 'are quiet'): Promise<number | null> {
  const clock = manualClock();
  const startMs = clock.monotonicMs();
  let endedMs: number | null = null;
  void createGiveWay(
    { kiosksSubmit: () => kiosks === 'submit' },
    clock,
  )(workedMs).then(() => {
    endedMs ??= clock.monotonicMs() - startMs;
  });
  await Promise.resolve();
  await Promise.resolve();
  if (endedMs !== null) return null;
  for (let ms = 0; ms < 1000 && endedMs === null; ms++) {
    clock.advance(1);
    await Promise.resolve();
    await Promise.resolve();
  }
  return endedMs;
}

describe('a backlog', () => {
  it('is worked off without a rest while nobody submits', async () => {
    expect(await restAfter(50, 'are quiet')).toBeNull();
  });

  it.each([
    [4, 20],
    [0, 5],
    [1000, 200],
  ])('of which a piece took %i ms leaves kiosks %i ms', async (workedMs, restMs) => {
    expect(await restAfter(workedMs, 'submit')).toBe(restMs);
  });
});
