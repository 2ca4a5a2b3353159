// What is said of a clock, and which certificates out of their time are borne, as tables.
import { describe, expect, it } from 'vitest';
import { assertServerTime, clockWords, lengthWords } from './clock-words.ts';

const minuteMs = 60_000;
const dayMs = 1440 * minuteMs;

describe('the clock of a box', () => {
  it.each<[number, string | null]>([
    [0, null],
    [5 * minuteMs, null],
    [-5 * minuteMs, null],
    [6 * minuteMs, '6 minutes ahead of'],
    [-90 * minuteMs, '90 minutes behind'],
    [-3 * dayMs, '3 days behind'],
    [-56.9 * 365.25 * dayMs, '56 years behind'],
    [14 * 365.25 * dayMs, '14 years ahead of'],
  ])('that is %d ms ahead is said to be: %s', (aheadMs, words) => {
    const said = clockWords(aheadMs);
    if (words === null) expect(said).toBeNull();
    else expect(said).toContain(`clock is ${words} central's`);
  });

  it('is off by at least a minute when it is said', () => {
    expect(lengthWords(minuteMs)).toBe('1 minute');
  });
});

describe('central’s certificate, valid from day 10 to day 100, for a box certified on day 50', () => {
  const server = (time: 'valid' | 'not_yet_valid' | 'expired') =>
    ({ ok: true, time, notBeforeMs: 10 * dayMs, notAfterMs: 100 * dayMs }) as const;
  const bear = (time: 'valid' | 'not_yet_valid' | 'expired', centralDay: number) => () =>
    assertServerTime(server(time), centralDay * dayMs, 50 * dayMs);

  it.each([
    ['by a clock that agrees', 'valid', 60],
    ['by a clock of 1970, when central says day 60', 'not_yet_valid', 60],
    ['by a clock of 2040, when central says day 60', 'expired', 60],
  ] as const)('is borne %s', (_, time, centralDay) => {
    expect(bear(time, centralDay)).not.toThrow();
  });

  it.each([
    ['it has run out by central’s own word', 'expired', 101],
    ['central’s word is before its beginning', 'not_yet_valid', 9],
    ['central’s word is before the box was certified: an old certificate that somebody found', 'expired', 49],
  ] as const)('is not borne when %s', (_, time, centralDay) => {
    expect(bear(time, centralDay)).toThrow(expect.objectContaining({ code: 'central_not_trusted' }));
  });
});
