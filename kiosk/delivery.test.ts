import { describe, expect, it } from 'vitest';
import { defaultRetry, parseRetryAfterMs, retryDelayMs } from './delivery.ts';
import { newId } from './uuid.ts';

describe('the delay before a retry', () => {
  it('doubles its ceiling up to the cap', () => {
    for (const [failures, ceilingMs] of [
      [0, 100],
      [1, 200],
      [5, 3200],
      [6, 5000],
      [1000, 5000],
    ] as const) {
      const delays = Array.from({ length: 200 }, () => retryDelayMs(defaultRetry, failures, 0));
      expect(Math.max(...delays)).toBeLessThan(ceilingMs);
      expect(Math.max(...delays)).toBeGreaterThan(ceilingMs * 0.8);
      expect(Math.min(...delays)).toBeLessThan(ceilingMs * 0.2);
    }
  });

  it('is never shorter than Retry-After asks, within its bound', () => {
    expect(retryDelayMs(defaultRetry, 0, 2000)).toBeGreaterThanOrEqual(2000);
    expect(retryDelayMs(defaultRetry, 0, 86_400_000)).toBeLessThan(defaultRetry.retryAfterMsMax + 100);
  });

  it.each([
    [null, 0],
    ['7', 7000],
    ['Thu, 01 Jan 1970 00:00:12 GMT', 2000],
    ['Thu, 01 Jan 1970 00:00:01 GMT', 0],
    ['soon', 0],
    ['-5', 0],
  ])('reads Retry-After: %s', (header, expected) => {
    expect(parseRetryAfterMs(header, 10_000)).toBe(expected);
  });
});

describe('an id', () => {
  it('is a UUIDv7 that carries its time and differs each time', () => {
    const ids = Array.from({ length: 1000 }, () => newId(0x0190_1234_5678));
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) expect(id).toMatch(/^01901234-5678-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('sorts by the time it was made', () => {
    expect(newId(1_790_000_000_000) < newId(1_790_000_000_001)).toBe(true);
  });
});
