import { expect, it } from 'vitest';
import { dayAfter, dayStartMs } from './days.ts';

it.each([
  ['2026-11-30', 'UTC', '2026-11-30T00:00:00.000Z'],
  ['2026-07-01', 'Europe/London', '2026-06-30T23:00:00.000Z'],
  // The clocks go forward and back within these days.
  ['2026-03-29', 'Europe/London', '2026-03-29T00:00:00.000Z'],
  ['2026-03-30', 'Europe/London', '2026-03-29T23:00:00.000Z'],
  ['2026-10-25', 'Europe/London', '2026-10-24T23:00:00.000Z'],
  ['2026-10-26', 'Europe/London', '2026-10-26T00:00:00.000Z'],
  // The clocks leave midnight out, or show the hour before it twice, or that after it.
  ['2026-09-06', 'America/Santiago', '2026-09-06T04:00:00.000Z'],
  ['2026-09-07', 'America/Santiago', '2026-09-07T03:00:00.000Z'],
  ['2026-04-05', 'America/Santiago', '2026-04-05T04:00:00.000Z'],
  ['2026-03-29', 'Asia/Beirut', '2026-03-28T22:00:00.000Z'],
  ['2026-03-30', 'Asia/Beirut', '2026-03-29T21:00:00.000Z'],
  ['2026-10-25', 'Asia/Beirut', '2026-10-24T22:00:00.000Z'],
  ['2026-03-08', 'America/Havana', '2026-03-08T05:00:00.000Z'],
  ['2026-11-01', 'America/Havana', '2026-11-01T04:00:00.000Z'],
  ['2026-11-30', 'Asia/Kolkata', '2026-11-29T18:30:00.000Z'],
  ['2026-11-30', 'Pacific/Kiritimati', '2026-11-29T10:00:00.000Z'],
  ['2026-11-30', 'America/Los_Angeles', '2026-11-30T08:00:00.000Z'],
])('%s begins in %s at %s', (day, zone, moment) => {
  expect(new Date(dayStartMs(day, zone) ?? Number.NaN).toISOString()).toBe(moment);
});

it('takes nothing for a day that is none', () => {
  for (const text of ['', '2026-13-01', '30.11.2026', '2026-11-30T06:00Z']) {
    expect(dayStartMs(text, 'UTC'), text).toBeNull();
  }
  expect(dayAfter('2026-12-31')).toBe('2027-01-01');
});
