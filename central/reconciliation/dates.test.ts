import { describe, expect, it } from 'vitest';
import { entryDay, isoDay, momentMs, swiftDay } from './dates.ts';

describe('momentMs', () => {
  const moments: [text: string, zone: string, expected: string | undefined][] = [
    ['2026-09-14 10:02:11', 'UTC', '2026-09-14T10:02:11.000Z'],
    ['2026-09-14 10:02', 'UTC', '2026-09-14T10:02:00.000Z'],
    ['2026-09-14', 'UTC', '2026-09-14T00:00:00.000Z'],
    ['2022-02-22 00:24:23', 'CET', '2022-02-21T23:24:23.000Z'],
    ['2022-03-02 02:21:49', 'PDT', '2022-03-02T09:21:49.000Z'],
    ['2014-01-06T16:20:26.673Z', 'UTC', '2014-01-06T16:20:26.673Z'],
    ['2014-01-06T16:20:26.123456+02:00', 'CET', '2014-01-06T14:20:26.123Z'],
    ['2024-02-29', 'UTC', '2024-02-29T00:00:00.000Z'],
    ['2026-02-29', 'UTC', undefined],
    ['2026-13-01', 'UTC', undefined],
    ['2026-09-14 24:00:00', 'UTC', undefined],
    ['14/09/2026', 'UTC', undefined],
    ['0026-09-14', 'UTC', undefined],
    ['2026-09-14 10:02:11', 'XYZ', undefined],
    ['', 'UTC', undefined],
  ];
  it.each(moments)('reads %s in %s as %s', (text, zone, expected) => {
    const ms = momentMs(text, zone);
    expect(ms === undefined ? undefined : new Date(ms).toISOString()).toBe(expected);
  });
});

describe('days', () => {
  it('keeps the day as it is written, whatever the hour', () => {
    expect(isoDay('2014-01-05T23:30:00-05:00')).toBe('2014-01-05');
  });

  it("reads SWIFT's two digits of a year", () => {
    expect(['140105', '991231', '260230', '2601'].map(swiftDay)).toEqual([
      '2014-01-05',
      '1999-12-31',
      undefined,
      undefined,
    ]);
  });

  it('lets the year turn between the value date and the entry date', () => {
    expect(entryDay('0102', '2025-12-31')).toBe('2026-01-02');
    expect(entryDay('1231', '2026-01-02')).toBe('2025-12-31');
    expect(entryDay('1331', '2026-01-02')).toBeUndefined();
  });
});
