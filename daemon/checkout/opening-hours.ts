// Whether a site is open at a moment, by its own time zone. Pure; summer time is the time zone's business.
import type { Policy } from '../../contract/policy.ts';

type OpeningHours = NonNullable<Policy['openingHours']>;
type Weekday = OpeningHours['periods'][number]['days'][number];

export type Hours = 'open' | 'closed' | 'time_unknown';

/** The wall clock of a site. */
interface LocalTime {
  day: Weekday;
  /** HH:MM, comparable as text. */
  time: string;
}

const weekdays: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/**
 * A function that tells whether the site is open; made once for a policy, for a time zone is dear to look up.
 * A period that ends before it begins runs past midnight, into the next day. Without opening hours a site is always open.
 */
export function openingHours(
  hours: OpeningHours | undefined,
): (moment: { ms: number; trusted: boolean }) => Hours {
  if (!hours) return () => 'open';
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: hours.timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  let lastMinute = Number.NaN;
  let last: Hours = 'open';
  return ({ ms, trusted }) => {
    // What nobody knows cannot close a shop, unless the policy says so.
    if (!trusted) return hours.untrustedClock === 'sell' ? 'open' : 'time_unknown';
    const minute = Math.floor(ms / 60_000);
    if (minute === lastMinute) return last;
    lastMinute = minute;
    last = isWithin(hours, localTime(format, ms)) ? 'open' : 'closed';
    return last;
  };
}

function isWithin({ periods }: OpeningHours, { day, time }: LocalTime): boolean {
  const dayBefore = weekdays[(weekdays.indexOf(day) + 6) % 7] as Weekday;
  return periods.some(({ days, from, until }) => {
    if (from < until) return days.includes(day) && time >= from && time < until;
    return (days.includes(day) && time >= from) || (days.includes(dayBefore) && time < until);
  });
}

function localTime(format: Intl.DateTimeFormat, ms: number): LocalTime {
  const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, value]));
  return {
    day: String(parts.get('weekday')).toLowerCase().slice(0, 3) as Weekday,
    time: `${parts.get('hour')}:${parts.get('minute')}`,
  };
}
