// Days as people name them, in the zone that their screen is in. Pure.

/**
 * @param day as a field for days gives it, 2026-11-30
 * @param timeZone undefined: the viewer's own
 * @returns when it begins there; null: it is no day
 */
export function dayStartMs(day: string, timeZone: string | undefined): number | null {
  const wantedMs = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(wantedMs)) return null;
  const format = new Intl.DateTimeFormat('en-US', {
    ...(timeZone !== undefined && { timeZone }),
    ...{ year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' },
    hourCycle: 'h23',
  });
  /** What the clocks there show, as if they were right in Greenwich. */
  const shownMs = (ms: number) => {
    const part = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day: date = 1, hour = 0, minute = 0 } = part;
    return Date.UTC(year, month - 1, date, hour, minute);
  };
  // Twice: the first guess may lie on the other side of a change of the clocks.
  const first = wantedMs - (shownMs(wantedMs) - wantedMs);
  const second = first + wantedMs - shownMs(first);
  // Where the change leaves midnight out, one of them shows the evening before.
  return Math.min(...[first, second].filter((ms) => shownMs(ms) >= wantedMs));
}

/** The day after, as a field for days has it. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
}
