// What runs out at the authority, and when somebody must act: certificates of CAs and servers, and lists of revoked ones. Pure.
import type { CrlWritten } from './port.ts';

export const authorityConditionCodes = [
  'crl_half_spent',
  'crl_expired',
  'issuing_expiring',
  'issuing_expired',
  'server_certificate_expiring',
  'server_certificate_expired',
] as const;

export interface AuthorityCondition {
  code: (typeof authorityConditionCodes)[number];
  /** What it is about: a fingerprint, or the server. */
  about: string;
  /** When it ends, or ended. */
  endMs: number;
}

/** Half a year: the offline root has to be fetched from where it is kept. */
export const issuingNoticeMs = 180 * 86_400_000;
export const serverNoticeMs = 30 * 86_400_000;

export interface AuthorityFacts {
  /** The issuing CA at work, or null without [est]. */
  issuing: { fingerprint: string; notAfterMs: number } | null;
  serverNotAfterMs: number;
  crls: readonly CrlWritten[];
}

export function authorityConditions(facts: AuthorityFacts, nowMs: number): AuthorityCondition[] {
  const { issuing, serverNotAfterMs, crls } = facts;
  const conditions: AuthorityCondition[] = [];
  for (const { issuer, thisUpdateMs, nextUpdateMs } of crls) {
    const about = issuer;
    if (nowMs >= nextUpdateMs) conditions.push({ code: 'crl_expired', about, endMs: nextUpdateMs });
    else if (nowMs >= (thisUpdateMs + nextUpdateMs) / 2) {
      conditions.push({ code: 'crl_half_spent', about, endMs: nextUpdateMs });
    }
  }
  if (issuing !== null) {
    const { fingerprint: about, notAfterMs: endMs } = issuing;
    if (nowMs > endMs) conditions.push({ code: 'issuing_expired', about, endMs });
    else if (nowMs > endMs - issuingNoticeMs) conditions.push({ code: 'issuing_expiring', about, endMs });
  }
  const server = { about: "central's server", endMs: serverNotAfterMs };
  if (nowMs > serverNotAfterMs) conditions.push({ code: 'server_certificate_expired', ...server });
  else if (nowMs > serverNotAfterMs - serverNoticeMs) {
    conditions.push({ code: 'server_certificate_expiring', ...server });
  }
  return conditions;
}
