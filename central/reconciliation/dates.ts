// Days and moments as reports and statements write them. A day that no calendar has is none.

/** Time zones as processors abbreviate them, in minutes east of UTC. Taken at their word: CET is +1 in July too. */
const minutesByZone: ReadonlyMap<string, number> = new Map([
  ...Object.entries({
    UTC: 0,
    GMT: 0,
    WET: 0,
    BST: 60,
    IST: 330,
    WEST: 60,
    CET: 60,
    CEST: 120,
    EET: 120,
    EEST: 180,
  }),
  ...Object.entries({ MSK: 180, GST: 240, SGT: 480, HKT: 480, AWST: 480, JST: 540, AEST: 600, AEDT: 660 }),
  ...Object.entries({ NZST: 720, NZDT: 780, BRT: -180, EST: -300, EDT: -240, CST: -360, CDT: -300 }),
  ...Object.entries({ MST: -420, MDT: -360, PST: -480, PDT: -420 }),
]);

const momentPattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?)?(Z|[+-]\d{2}:\d{2})?$/;

/** A moment in milliseconds since 1970; without an offset of its own it is in the zone given. A day alone is its midnight. */
export function momentMs(text: string, zone = 'UTC'): number | undefined {
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = '0', offset] =
    momentPattern.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const dayMs = dayStartMs(Number(year), Number(month), Number(day));
  const zoneMinutes = offset === undefined ? minutesByZone.get(zone) : offsetMinutes(offset);
  if (dayMs === undefined || zoneMinutes === undefined) return undefined;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const seconds = Number(hour) * 3600 + (Number(minute) - zoneMinutes) * 60 + Number(second);
  return dayMs + seconds * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3));
}

/** Whether it is a zone that momentMs() knows. */
export function isZone(zone: string): boolean {
  return minutesByZone.has(zone);
}

/** `YYYY-MM-DD` out of an ISO 8601 day or moment, as it is written there. */
export function isoDay(text: string): string | undefined {
  return momentMs(text) === undefined ? undefined : text.slice(0, 10);
}

/** `YYYY-MM-DD` out of SWIFT's YYMMDD; two-digit years are of this century until 80, as SWIFT reads them. */
export function swiftDay(text: string): string | undefined {
  if (!/^\d{6}$/.test(text)) return undefined;
  const year = Number(text.slice(0, 2));
  const day = `${year < 80 ? 20 : 19}${text.slice(0, 2)}-${text.slice(2, 4)}-${text.slice(4)}`;
  return isoDay(day);
}

/** SWIFT's MMDD beside a value date: the nearest such day, so that a year may turn between the two. */
export function entryDay(monthDay: string, valueOn: string): string | undefined {
  const valueMs = momentMs(valueOn);
  if (valueMs === undefined) return undefined;
  const year = Number(valueOn.slice(0, 4));
  const days = [year - 1, year, year + 1]
    .map((candidate) => `${candidate}-${monthDay.slice(0, 2)}-${monthDay.slice(2)}`)
    .filter((day) => isoDay(day) !== undefined);
  const distanceMs = (day: string) => Math.abs((momentMs(day) ?? 0) - valueMs);
  return days.sort((a, b) => distanceMs(a) - distanceMs(b))[0];
}

function dayStartMs(year: number, month: number, day: number): number | undefined {
  const ms = Date.UTC(year, month - 1, day);
  const date = new Date(ms);
  // Date.UTC takes the 31st of February for a day in March, and the year 26 for 1926.
  return year >= 1900 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? ms : undefined;
}

function offsetMinutes(offset: string): number | undefined {
  if (offset === 'Z') return 0;
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(4))];
  if (hours > 14 || minutes > 59) return undefined;
  return (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
