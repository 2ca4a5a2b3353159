import { describe, expect, it } from 'vitest';
import { momentAhead, momentWords } from './moment.ts';

const nowMs = Date.parse('2026-11-24T14:00:00Z');

describe('a moment ahead', () => {
  it.each([
    ['90d', '2027-02-22T14:00Z'],
    ['24h', '2026-11-25T14:00Z'],
    ['30m', '2026-11-24T14:30Z'],
    ['2027-01-31', '2027-01-31T00:00Z'],
    ['2027-01-31T18:00Z', '2027-01-31T18:00Z'],
    ['2027-01-31T18:00:30+02:00', '2027-01-31T16:00Z'],
  ])('%s is %s', (text, words) => {
    expect(momentWords(momentAhead('--expires', text, nowMs))).toBe(words);
  });

  it.each(['', 'soon', '0d', '-1d', '5w', '2027-13-01', '2027-01-31T18:00', '2026-11-24', '2020-01-01'])(
    '%j is refused with the form that it must have',
    (text) => {
      expect(() => momentAhead('--expires', text, nowMs)).toThrow(
        expect.objectContaining({ code: 'argument_malformed', hint: expect.stringContaining('--expires') }),
      );
    },
  );
});
