// How far an enrolment got, from what is known of it. No clock, no database.

export const enrolmentStates = [
  'created',
  'certificate_issued',
  'profile_fetched',
  'first_hello',
  'first_receipt',
  'expired',
  'locked',
  'cancelled',
  'revoked',
] as const;
/**
 * created: the code waits. certificate_issued: the box has asked and its certificate is stored. profile_fetched: the box came
 * back with it. first_hello, first_receipt: it speaks, and what it wrote is safe here. expired, locked (too many wrong codes),
 * cancelled: nobody can use the code any more. revoked: the certificate does not count any more.
 */
export type EnrolmentState = (typeof enrolmentStates)[number];

/** Wrong codes for one appliance: people mistype twice; nobody guesses 80 bits. */
export const wrongAttemptsMax = 20;

export interface EnrolmentFacts {
  expiresMs: number;
  wrongAttempts: number;
  cancelledMs: number | null;
  issuedMs: number | null;
  profileMs: number | null;
  firstHelloMs: number | null;
  /** Any journal of the appliance has a receipt. */
  received: boolean;
  revoked: boolean;
}

export function enrolmentState(facts: EnrolmentFacts, nowMs: number): EnrolmentState {
  if (facts.issuedMs === null) return codeState(facts, nowMs) ?? 'created';
  if (facts.revoked) return 'revoked';
  if (facts.firstHelloMs !== null) return facts.received ? 'first_receipt' : 'first_hello';
  return facts.profileMs === null ? 'certificate_issued' : 'profile_fetched';
}

/** Why a code that was never used cannot be used any more; null when it can. */
export function codeState(
  facts: Pick<EnrolmentFacts, 'expiresMs' | 'wrongAttempts' | 'cancelledMs'>,
  nowMs: number,
): 'cancelled' | 'locked' | 'expired' | null {
  if (facts.cancelledMs !== null) return 'cancelled';
  if (facts.wrongAttempts >= wrongAttemptsMax) return 'locked';
  return facts.expiresMs <= nowMs ? 'expired' : null;
}
