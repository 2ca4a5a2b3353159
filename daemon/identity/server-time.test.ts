// Which of central's certificates are in their time for a box that does not know the time, as tables.
import { describe, expect, it } from 'vitest';
import { believedMs, judgeCentralsWord, judgeDates, timeKnown, unheardMsMax } from './server-time.ts';

const dayMs = 86_400_000;
const year = (n: number) => Date.UTC(n, 0);
/** What surely has come: the box was certified then. */
const certified = year(2027);
const dates = (from: number, to: number) => ({ notBeforeMs: from, notAfterMs: to });
/** Central's, of 397 days. */
const usual = dates(certified - 100 * dayMs, certified + 297 * dayMs);

describe('central’s certificate, for a box that was certified in 2027,', () => {
  it.each([
    ['is valid by a clock that agrees', certified + 60 * dayMs, usual, 'valid'],
    ['is borne by a clock of 1970', 0, usual, 'borne'],
    ['is borne by a clock of 2040', year(2040), usual, 'borne'],
    ['is not borne by a clock that may be right', certified + 400 * dayMs, usual, 'expired'],
    [
      'is borne when it begins after a clock that is behind',
      certified,
      dates(year(2028), year(2029)),
      'borne',
    ],
    // Somebody found it: it had ended before the box was certified.
    ['is not borne when it ended before that, by 1970', 0, dates(year(2025), certified - 1), 'expired'],
    [
      'is not borne when it ended before that, by 2040',
      year(2040),
      dates(year(2025), certified - 1),
      'expired',
    ],
    [
      'is not borne when it begins later than any box lies unheard',
      0,
      dates(certified + unheardMsMax + dayMs, year(2034)),
      'not_yet_valid',
    ],
    // An older release once heard a central whose own clock was wrong: a clock that agrees helps out.
    [
      'is valid by a clock that agrees, whatever was heard',
      year(2024),
      dates(year(2023), year(2025)),
      'valid',
    ],
  ] as const)('%s', (_, wallMs, certificate, judged) => {
    expect(judgeDates(certificate, timeKnown(wallMs, certified))).toBe(judged);
  });

  it('is judged to the day once central was heard in this boot', () => {
    const heard = certified + 290 * dayMs;
    const time = { wallMs: heard + 30 * dayMs, earliestMs: heard - dayMs, latestMs: heard + dayMs };
    expect(judgeDates(usual, time)).toBe('borne');
    expect(judgeDates(dates(year(2025), heard - 2 * dayMs), time)).toBe('expired');
  });
});

describe('central’s word on what was borne', () => {
  const time = timeKnown(0, certified);
  it.each([
    ['confirms it', certified + 60 * dayMs, true],
    ['does not when it is after its end', certified + 298 * dayMs, false],
    ['does not when it is before its beginning', certified - 101 * dayMs, false],
    ['does not when it is before the box was certified', certified - 2 * dayMs, false],
  ])('%s', (_, centralMs, confirmed) => {
    expect(judgeCentralsWord(usual, time, centralMs) === null).toBe(confirmed);
  });

  it('does not when nobody lies unheard for so long', () => {
    const long = dates(certified, year(2060));
    expect(judgeCentralsWord(long, time, certified + unheardMsMax + dayMs)).toMatchObject({
      code: 'central_not_trusted',
    });
  });
});

describe('a clock', () => {
  it.each([
    ['that may be right is believed', certified + dayMs, certified + dayMs],
    ['of 1970 is not', 0, certified],
    ['of 2040 is not', year(2040), certified],
  ])('%s', (_, wallMs, believed) => {
    expect(believedMs(timeKnown(wallMs, certified))).toBe(believed);
  });

  it('is believed where nothing is known', () => {
    expect(believedMs(timeKnown(year(2040)))).toBe(year(2040));
  });
});
