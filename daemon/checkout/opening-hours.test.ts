// Opening hours by the site's own time zone, over midnight and over the change to summer time.
import { describe, expect, it } from 'vitest';
import type { Policy } from '../../contract/policy.ts';
import { openingHours } from './opening-hours.ts';

type Hours = NonNullable<Policy['openingHours']>;
const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const london = (from: string, until: string, on: Hours['periods'][number]['days'] = [...days]): Hours => ({
  timeZone: 'Europe/London',
  periods: [{ days: on, from, until }],
  untrustedClock: 'sell',
});
const ask = (hours: Hours | undefined, iso: string, trusted = true) =>
  openingHours(hours)({ ms: Date.parse(iso), trusted });

describe('a site', () => {
  it.each<[string, Hours | undefined, string, string]>([
    ['without hours', undefined, '2026-11-24T03:00Z', 'open'],
    ['in winter at its first minute', london('08:00', '20:00'), '2026-11-24T08:00Z', 'open'],
    ['in winter before it', london('08:00', '20:00'), '2026-11-24T07:59:59Z', 'closed'],
    ['in winter at its last minute', london('08:00', '20:00'), '2026-11-24T19:59:59Z', 'open'],
    ['in winter after it', london('08:00', '20:00'), '2026-11-24T20:00Z', 'closed'],
    ['in summer, an hour earlier by UTC', london('08:00', '20:00'), '2026-07-01T07:00Z', 'open'],
    ['in summer before that', london('08:00', '20:00'), '2026-07-01T06:59Z', 'closed'],
    ['on another day', london('08:00', '20:00', ['mon']), '2026-11-24T12:00Z', 'closed'],
    ['late in the evening of its day', london('22:00', '02:00', ['tue']), '2026-11-24T23:00Z', 'open'],
    ['past midnight into the next day', london('22:00', '02:00', ['tue']), '2026-11-25T01:59Z', 'open'],
    ['past the end in the next day', london('22:00', '02:00', ['tue']), '2026-11-25T02:00Z', 'closed'],
    ['past midnight of another day', london('22:00', '02:00', ['tue']), '2026-11-24T01:00Z', 'closed'],
    ['over the end of the week', london('22:00', '02:00', ['sun']), '2026-11-23T01:00Z', 'open'],
    ['with no period at all', { ...london('08:00', '20:00'), periods: [] }, '2026-11-24T12:00Z', 'closed'],
  ])('%s is as its hours say', (_, hours, iso, expected) => {
    expect(ask(hours, iso)).toBe(expected);
  });

  it('that does not know the time sells or not as its policy says', () => {
    const hours = london('08:00', '20:00');
    expect(ask(hours, '2026-11-24T03:00Z', false)).toBe('open');
    expect(ask({ ...hours, untrustedClock: 'refuse' }, '2026-11-24T12:00Z', false)).toBe('time_unknown');
    expect(ask(undefined, '2026-11-24T12:00Z', false)).toBe('open');
  });

  it('is asked again in each minute', () => {
    const open = openingHours(london('08:00', '20:00'));
    const at = (iso: string) => open({ ms: Date.parse(iso), trusted: true });
    expect([at('2026-11-24T07:59Z'), at('2026-11-24T08:00Z'), at('2026-11-24T20:00Z')]).toEqual([
      'closed',
      'open',
      'closed',
    ]);
  });
});
