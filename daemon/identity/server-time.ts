// Whether central's certificate is in its time, for a box whose clock may say 1970 or 2040. The clock is believed as long
// as nothing contradicts it. Where it is surely wrong, the time is bounded by what is known without it, and a certificate
// that was in its time within these bounds is borne until central's own word. Enrolment, renewal, the link and the doctor
// all judge by this; it is pure.
import { X509Certificate } from 'node:crypto';
import { IdentityError } from './error.ts';

const dayMs = 86_400_000;

/**
 * So long after the last moment that has surely come a box can still be asked to believe its clock: an issuing CA lives as
 * long, and who was not heard for longer knows nobody at central any more.
 */
export const unheardMsMax = 5 * 365 * dayMs;
/** How far central's own clock may be off, once its time was heard in this boot. */
export const heardMsTolerance = dayMs;

/** What a box knows of the time. */
export interface TimeKnown {
  /** What its clock says. */
  wallMs: number;
  /** It is surely not earlier: central said so, or something that was made then is here. */
  earliestMs: number;
  /** It is surely not later. */
  latestMs: number;
}

/** While central was not heard in this boot. @param pastMs moments that have surely come; none: nothing is known */
export function timeKnown(wallMs: number, ...pastMs: readonly number[]): TimeKnown {
  if (pastMs.length === 0) return { wallMs, earliestMs: 0, latestMs: Number.MAX_SAFE_INTEGER };
  const earliestMs = Math.max(...pastMs);
  return { wallMs, earliestMs, latestMs: earliestMs + unheardMsMax };
}

/** What the clock says, unless it cannot be; then the last moment that has surely come. */
export function believedMs({ wallMs, earliestMs, latestMs }: TimeKnown): number {
  return wallMs < earliestMs || wallMs > latestMs ? earliestMs : wallMs;
}

/** A moment that has surely come: the box's own certificate counts since then. */
export function certifiedFromMs({ certificatePem }: { certificatePem: string }): number {
  return new X509Certificate(certificatePem).validFromDate.getTime();
}

/** Of a whole path: from the latest beginning to the earliest end. */
export interface Dates {
  notBeforeMs: number;
  notAfterMs: number;
}

/** `borne`: out of its time by this box's clock, and still to be confirmed by central's word. */
export type DatesJudged = 'valid' | 'borne' | 'not_yet_valid' | 'expired';

export function judgeDates({ notBeforeMs, notAfterMs }: Dates, time: TimeKnown): DatesJudged {
  const { wallMs, earliestMs, latestMs } = time;
  if (wallMs >= notBeforeMs && wallMs <= notAfterMs) return 'valid';
  // It ended before a moment that has surely come: whoever shows it has found it.
  if (notAfterMs < earliestMs) return 'expired';
  if (notBeforeMs > latestMs) return 'not_yet_valid';
  // One of the future cannot have been found, and a clock that is behind is the common case.
  if (wallMs < notBeforeMs) return 'borne';
  return wallMs > latestMs ? 'borne' : 'expired';
}

/** @throws IdentityError central_not_trusted */
export function assertDates(dates: Dates, time: TimeKnown): 'valid' | 'borne' {
  const judged = judgeDates(dates, time);
  if (judged === 'valid' || judged === 'borne') return judged;
  throw new IdentityError('central_not_trusted', dateWords[judged], dateHint);
}

/**
 * What was borne is believed only if it is in its time by central's word, and that word is within what the box knows.
 * @returns what speaks against it; null for nothing
 */
export function judgeCentralsWord(dates: Dates, time: TimeKnown, centralMs: number): IdentityError | null {
  const { notBeforeMs, notAfterMs } = dates;
  const refused = (words: string) => new IdentityError('central_not_trusted', words, dateHint);
  if (centralMs < notBeforeMs) return refused(dateWords.not_yet_valid);
  if (centralMs > notAfterMs) return refused(dateWords.expired);
  if (centralMs >= time.earliestMs - heardMsTolerance && centralMs <= time.latestMs) return null;
  return refused(`central says it is ${new Date(centralMs).toISOString().slice(0, 10)}, which cannot be`);
}

/** The same, for who asks over one connection. @throws IdentityError central_not_trusted */
export function assertCentralsWord(
  { standing, dates }: { standing: 'valid' | 'borne'; dates: Dates },
  time: TimeKnown,
  centralMs: number,
): void {
  const error = standing === 'borne' ? judgeCentralsWord(dates, time, centralMs) : null;
  if (error) throw error;
}

export const dateWords = {
  expired: "central's certificate has run out",
  not_yet_valid: "central's certificate is not valid yet",
};
export const dateHint =
  "Look at this box's clock first (date), and set it if it is wrong; else tell whoever runs central.";
