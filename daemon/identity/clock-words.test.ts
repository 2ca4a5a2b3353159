// What is said of a clock, as a table.
import { describe, expect, it } from 'vitest';
import { clockConditions, clockWords, lengthWords } from './clock-words.ts';
import { timeKnown } from './server-time.ts';

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

describe('the condition clock_wrong', () => {
  const now = Date.parse('2026-11-24T12:00Z');
  const heard = { ms: now, trusted: true };
  const unheard = { ms: now, trusted: false };
  it.each<[string, number, typeof heard, RegExp | null]>([
    ['says by how much, once central was heard', 0, heard, /is 56 years behind central's/],
    ['says by how much a clock is ahead', Date.parse('2040-06-01'), heard, /is 13 years ahead of central's/],
    ['is gone when the clock is right', now + 60_000, heard, null],
    ['says at least how much before that', 0, unheard, /is at least 56 years behind;/],
    ['says of 2040 that it cannot be', Date.parse('2040-06-01'), unheard, /is years ahead;/],
    ['says nothing of what may be', now + 300 * dayMs, unheard, null],
  ])('%s', (_, wallMs, best, words) => {
    const [condition] = clockConditions(best, timeKnown(wallMs, now));
    if (words === null) expect(condition).toBeUndefined();
    else expect(condition).toMatchObject({ code: 'clock_wrong', hint: expect.stringMatching(words) });
  });
});
