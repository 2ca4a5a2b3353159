// When a certificate is renewed: at a third of its life left, and earlier at a site whose outages have been long, so that
// the next one does not outlast it.

const hourMs = 3_600_000;

export interface RenewalFacts {
  nowMs: number;
  notBeforeMs: number;
  notAfterMs: number;
  /** How long the site's outages lasted, those remembered and the present one. */
  outagesMs: readonly number[];
}

export type RenewalDue =
  | { due: false; fromMs: number }
  | { due: true; why: 'third_of_life_left' | 'long_outages' | 'expired' };

/**
 * With twice the longest outage left at the latest, but never in the first third of the life: a renewal needs the link as
 * well, and one a day would say nothing.
 */
export function renewalDue({ nowMs, notBeforeMs, notAfterMs, outagesMs }: RenewalFacts): RenewalDue {
  const lifeMs = notAfterMs - notBeforeMs;
  const third = lifeMs / 3;
  const margin = Math.min(Math.max(third, 2 * Math.max(0, ...outagesMs)), 2 * third);
  const leftMs = notAfterMs - nowMs;
  if (leftMs <= 0) return { due: true, why: 'expired' };
  if (leftMs <= third) return { due: true, why: 'third_of_life_left' };
  if (leftMs <= margin) return { due: true, why: 'long_outages' };
  return { due: false, fromMs: notAfterMs - margin };
}

/** An outage shorter than this says nothing about certificates. */
export const outageMsMin = hourMs;
