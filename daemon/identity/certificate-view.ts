// How a certificate stands, for the status and for whoever is called at night.
import type { Condition, Status } from '../../contract/kiosk-api.ts';

export interface CertificateFacts {
  nowMs: number;
  notBeforeMs: number;
  notAfterMs: number;
  /** Central's own words when it refuses the certificate; null while it takes it, or has not been heard. */
  refused: { words: string; sinceMs: number } | null;
  /** Since when the link goes by the identity before the renewed one. */
  fellBackSinceMs: number | null;
}

const dayMs = 86_400_000;

/** @param nowMs the site's best estimate of the time, not this box's clock */
export function certificateView({ nowMs, notAfterMs }: CertificateFacts): Status['certificate'] {
  return { notAfterMs, daysLeft: Math.floor((notAfterMs - nowMs) / dayMs) };
}

export function certificateConditions(facts: CertificateFacts): Condition[] {
  const { nowMs, notBeforeMs, notAfterMs, refused, fellBackSinceMs } = facts;
  // Renewed at a third of its life left: at a quarter something is amiss.
  const quarterMs = notAfterMs - (notAfterMs - notBeforeMs) / 4;
  const conditions: Condition[] = [];
  // One that has run out is refused for that: once said is enough.
  if (refused && nowMs < notAfterMs) {
    const hint = `Central refuses this box's certificate (${refused.words}). Selling goes on, nothing is handed over: ask central, then run holdfast renew or holdfast enrol.`;
    conditions.push({ code: 'certificate_refused', hint, sinceMs: refused.sinceMs });
  }
  if (nowMs >= notAfterMs) conditions.push({ ...expired, sinceMs: notAfterMs });
  else if (nowMs >= quarterMs) conditions.push({ ...expiring, sinceMs: Math.round(quarterMs) });
  if (fellBackSinceMs !== null) conditions.push({ ...fellBack, sinceMs: fellBackSinceMs });
  return conditions;
}

const expired = {
  code: 'certificate_expired',
  hint: 'The certificate has run out: selling goes on, and nothing is handed over. Run holdfast renew, which works for a while after the end; then holdfast enrol with a new code.',
};
const expiring = {
  code: 'certificate_expiring',
  hint: 'The certificate should have been renewed by now: run holdfast renew and see what it says; look at holdfast-renew.timer.',
};
const fellBack = {
  code: 'certificate_fell_back',
  hint: 'Central did not take the renewed certificate, and the link goes by the one before: run holdfast renew --force, then reload.',
};
