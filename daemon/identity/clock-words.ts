// What central's time says of this box's clock, and whether a certificate that the clock calls wrong may be believed.
import { IdentityError } from './error.ts';
import type { ServerJudgement } from './judge-server.ts';

const minuteMs = 60_000;
/** Below this nobody needs to act. */
const offsetMsMax = 5 * minuteMs;

/** Null when the clock is near enough. @param aheadMs how far the box's clock is ahead of central's */
export function clockWords(aheadMs: number): string | null {
  if (Math.abs(aheadMs) <= offsetMsMax) return null;
  const direction = aheadMs > 0 ? 'ahead of' : 'behind';
  return `this box's clock is ${lengthWords(Math.abs(aheadMs))} ${direction} central's; selling does not depend on it, but set it (chrony or timedatectl)`;
}

/**
 * A server's certificate that is out of its time by this box's clock is borne only if it is in its time by central's word,
 * and central's word is not before our own certificate was made. So a clock of 1970 or 2040 keeps no box out, and an old
 * certificate of central's is worth nothing to whoever found it.
 * @throws IdentityError central_not_trusted
 */
export function assertServerTime(
  { time, notBeforeMs, notAfterMs }: Extract<ServerJudgement, { ok: true }>,
  centralNowMs: number,
  certifiedFromMs: number,
): void {
  if (time === 'valid') return;
  if (centralNowMs >= notBeforeMs && centralNowMs <= notAfterMs && centralNowMs >= certifiedFromMs) return;
  throw new IdentityError(
    'central_not_trusted',
    time === 'expired' ? "central's certificate has run out" : "central's certificate is not valid yet",
    'Tell whoever runs central; compare the clocks of both machines.',
  );
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
