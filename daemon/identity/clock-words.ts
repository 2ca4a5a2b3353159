// What central's time says of this box's clock, for a person to act on.
import type { Condition } from '../../contract/kiosk-api.ts';
import type { TimeKnown } from './server-time.ts';

const minuteMs = 60_000;
/** Below this nobody needs to act. */
const offsetMsMax = 5 * minuteMs;

/** Null when the clock is near enough. @param aheadMs how far the box's clock is ahead of central's */
export function clockWords(aheadMs: number): string | null {
  if (Math.abs(aheadMs) <= offsetMsMax) return null;
  const direction = aheadMs > 0 ? 'ahead of' : 'behind';
  return `this box's clock is ${lengthWords(Math.abs(aheadMs))} ${direction} central's; ${remedy}`;
}

const remedy = 'selling does not depend on it, but set it (chrony or timedatectl)';

/**
 * `clock_wrong`, or nothing: by how much once central was heard in this boot; before that only what is surely wrong.
 * @param best the site's best estimate, trusted when it is central's
 */
export function clockConditions(best: { ms: number; trusted: boolean }, time: TimeKnown): Condition[] {
  const hint = best.trusted ? clockWords(time.wallMs - best.ms) : surelyWrong(time);
  return hint === null ? [] : [{ code: 'clock_wrong', hint: `T${hint.slice(1)}.`, sinceMs: 0 }];
}

function surelyWrong({ wallMs, earliestMs, latestMs }: TimeKnown): string | null {
  const behindMs = earliestMs - wallMs;
  if (behindMs > offsetMsMax)
    return `this box's clock is at least ${lengthWords(behindMs)} behind; ${remedy}`;
  // Where the bound itself is years wide, more than it is beyond belief.
  return wallMs > latestMs ? `this box's clock is years ahead; ${remedy}` : null;
}

/** In the largest unit that says enough. */
export function lengthWords(ms: number): string {
  const units: [number, string][] = [
    [365.25 * 24 * 60, 'year'],
    [24 * 60, 'day'],
    [60, 'hour'],
    [1, 'minute'],
  ];
  const minutes = ms / minuteMs;
  const [size, name] = units.find(([size]) => minutes >= 2 * size) ?? [1, 'minute'];
  const whole = Math.floor(minutes / size);
  return `${whole} ${name}${whole === 1 ? '' : 's'}`;
}
