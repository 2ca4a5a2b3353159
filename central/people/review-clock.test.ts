import { describe, expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import { startReviewClock } from './review-clock.ts';
import { ReviewConfig } from './review-config.ts';

const minuteMs = 60_000;
const yearMs = 365 * 24 * 3_600_000;

/** A store in which so many are due at every look; remembers when it was asked. */
function lookedAt(dueInPieces: readonly number[]) {
  const pieces = [...dueInPieces];
  const askedMs: number[] = [];
  const clock = manualClock();
  const store = {
    decideDueReviews: async ({ nowMs }: { nowMs: number }) => {
      askedMs.push(nowMs);
      return { decided: pieces.shift() ?? 0, escalated: 0 };
    },
  };
  const watch = startReviewClock({ store, rules: ReviewConfig.parse(undefined), clock, log: silentLog });
  const pass = async (ms: number) => {
    clock.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { askedMs, clock, watch, pass };
}

describe('the clock of reviews', () => {
  it('looks once a minute, and goes on at once while there is more', async () => {
    const { askedMs, pass, watch } = lookedAt([50, 50, 3]);
    await pass(minuteMs - 1);
    expect(askedMs).toHaveLength(0);
    await pass(1);
    expect(askedMs).toHaveLength(3);
    await pass(minuteMs);
    expect(askedMs).toHaveLength(4);
    await watch.stop();
    await pass(10 * minuteMs);
    expect(askedMs).toHaveLength(4);
  });

  it('declines nothing for an hour after the wall clock was set, so that a wrong one can be set right', async () => {
    const { askedMs, clock, pass, watch } = lookedAt([]);
    await pass(minuteMs);
    expect(askedMs).toHaveLength(1);
    clock.setWall(clock.wallMs() + yearMs);
    for (let minute = 0; minute < 59; minute++) await pass(minuteMs);
    expect(askedMs).toHaveLength(1);
    for (let minute = 0; minute < 3; minute++) await pass(minuteMs);
    expect(askedMs.length).toBeGreaterThan(1);
    await watch.stop();
  });

  it('goes on after the disk was full', async () => {
    const clock = manualClock();
    let asked = 0;
    const store = {
      decideDueReviews: async () => {
        asked++;
        if (asked === 1) throw new Error('SQLITE_FULL');
        return { decided: 0, escalated: 0 };
      },
    };
    const watch = startReviewClock({ store, rules: ReviewConfig.parse(undefined), clock, log: silentLog });
    for (let minute = 0; minute < 2; minute++) {
      clock.advance(minuteMs);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(asked).toBe(2);
    await watch.stop();
  });
});
