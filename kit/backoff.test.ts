import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffDelayMs } from './backoff.ts';

const limits = { delayMsBase: 250, delayMsMax: 60_000 };
const always = (value: number) => () => value;

describe('full jitter', () => {
  it('doubles what it may wait with each failure, up to the bound, for ever', () => {
    const most = [0, 1, 2, 7, 8, 9, 1000, 1e9].map((failures) =>
      backoffDelayMs(limits, failures, always(1 - 1e-12)),
    );
    expect(most).toEqual([249, 499, 999, 31_999, 59_999, 59_999, 59_999, 59_999]);
    expect(backoffDelayMs(limits, 5, always(0))).toBe(0);
  });

  it('is a whole number of milliseconds within the bound, whatever the dice say', () => {
    fc.assert(
      fc.property(
        fc.nat(100),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (failures, dice) => {
          const delay = backoffDelayMs(limits, failures, always(dice));
          expect(Number.isInteger(delay) && delay >= 0 && delay < limits.delayMsMax).toBe(true);
        },
      ),
    );
  });
});
