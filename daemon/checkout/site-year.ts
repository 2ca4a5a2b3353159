// The calendar year of a site at a moment, by its own time zone. Pure.

const quarterHourMs = 900_000;

/** A function that tells the year; made once for a time zone, which is dear to look up. Without one it is UTC's. */
export function siteYear(timeZone = 'UTC'): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-GB-u-ca-gregory', { timeZone, year: 'numeric' });
  // No time zone in use begins its year within a quarter of an hour.
  let lastQuarter = Number.NaN;
  let last = 0;
  return (ms) => {
    const quarter = Math.floor(ms / quarterHourMs);
    if (quarter === lastQuarter) return last;
    lastQuarter = quarter;
    last = Number(format.format(ms));
    return last;
  };
}
