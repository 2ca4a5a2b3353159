import { describe, expect, it } from 'vitest';
import { siteYear } from './site-year.ts';

describe('the year of a site', () => {
  it.each([
    [undefined, '2026-12-31T23:59:59.999Z', 2026],
    [undefined, '2027-01-01T00:00:00Z', 2027],
    ['Europe/Berlin', '2026-12-31T22:59:59Z', 2026],
    ['Europe/Berlin', '2026-12-31T23:00:00Z', 2027],
    ['America/New_York', '2027-01-01T04:59:59Z', 2026],
    ['Asia/Kathmandu', '2026-12-31T18:15:00Z', 2027],
    [undefined, '1970-01-01T00:00:00Z', 1970],
  ])('in %s at %s is %i', (timeZone, at, year) => {
    expect(siteYear(timeZone)(Date.parse(at))).toBe(year);
  });

  it('turns between two moments of one site', () => {
    const year = siteYear('Europe/London');
    const midnight = Date.parse('2027-01-01T00:00:00Z');
    expect([year(midnight - 1), year(midnight), year(midnight - 1)]).toEqual([2026, 2027, 2026]);
  });
});
