// The wall clock is turned by hand under node-cron itself.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../kit/clock.ts';
import { createLog } from '../../kit/log.ts';
import { type Scheduled, startSchedule } from './schedule.ts';
import { isSchedule } from './schedule-words.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const startMs = Date.UTC(2026, 10, 2, 3);
const log = createLog('test', 'silent');
let scheduled: Scheduled | null = null;
let runsAt: string[] = [];

beforeEach(() => {
  runsAt = [];
  vi.useFakeTimers({ now: startMs, toFake: ['setTimeout', 'clearTimeout', 'Date', 'hrtime', 'performance'] });
});
afterEach(() => {
  scheduled?.stop();
  vi.useRealTimers();
});

function start(expression: string, run = async () => {}): void {
  scheduled = startSchedule({
    expression,
    clock: systemClock(),
    log,
    run: () => {
      runsAt.push(new Date().toISOString().slice(0, 16));
      return run();
    },
  });
}

describe('the schedule', () => {
  it('runs at its time in UTC, once', async () => {
    start('15 4 * * *');
    await vi.advanceTimersByTimeAsync(2 * dayMs);
    expect(runsAt).toEqual(['2026-11-02T04:15', '2026-11-03T04:15']);
  });

  it('runs nothing of what a step forwards has passed over, and goes on from there', async () => {
    start('15 * * * *');
    await vi.advanceTimersByTimeAsync(60_000);
    vi.setSystemTime(Date.now() + 300 * dayMs);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(runsAt).toEqual([]);
    await vi.advanceTimersByTimeAsync(hourMs);
    expect(runsAt).toEqual(['2027-08-29T03:15']);
  });

  it('is not silent after a step backwards', async () => {
    start('15 * * * *');
    await vi.advanceTimersByTimeAsync(60_000);
    vi.setSystemTime(Date.now() - 300 * dayMs);
    await vi.advanceTimersByTimeAsync(hourMs);
    expect(runsAt).toEqual(['2026-01-06T03:15']);
  });

  it('begins no run while one is at work', async () => {
    start('0,15,30,45 * * * *', () => new Promise((resolve) => setTimeout(resolve, 40 * 60_000)));
    await vi.advanceTimersByTimeAsync(80 * 60_000);
    expect(runsAt).toEqual(['2026-11-02T03:15', '2026-11-02T04:00']);
  });

  it('goes on after a run that failed', async () => {
    start('15 * * * *', () => Promise.reject(new Error('no')));
    await vi.advanceTimersByTimeAsync(2 * hourMs);
    expect(runsAt).toHaveLength(2);
  });

  it.each([
    ['15 4 * * *', true],
    ['0,30 * * * *', true],
    ['* * * * *', false],
    ['0 15 4 * * *', false],
    ['sometimes', false],
  ])('%s: %s', (text, taken) => expect(isSchedule(text)).toBe(taken));
});
