import { expect, it } from 'vitest';
import { deliveryDelayMs, workDelayMs, workTriesMax } from './retries.ts';

const delays = (delay: (tries: number) => number | null): number[] => {
  const found: number[] = [];
  for (let next = delay(1); next !== null; next = delay(found.length + 1)) found.push(next);
  return found;
};
const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

it('works an event twelve times within six hours, at first soon and then every hour', () => {
  const found = delays(workDelayMs);
  expect(found).toHaveLength(workTriesMax - 1);
  expect(found.slice(0, 4)).toEqual([1000, 4000, 16_000, 64_000]);
  expect(found.at(-1)).toBe(3_600_000);
  expect(sum(found)).toBeLessThan(6 * 3_600_000);
});

it('tries a delivery over most of a day and no longer', () => {
  const found = delays(deliveryDelayMs);
  expect(found.map((ms) => ms / 60_000)).toEqual([1, 5, 30, 60, 180, 360, 360, 360]);
  expect(sum(found)).toBeLessThan(24 * 3_600_000);
  expect(sum(found)).toBeGreaterThan(22 * 3_600_000);
});
