// What central says of this box's certificate. The broker's door only closes: TLS 1.3 has no words for why. The enrolment
// service answers the same judgement with a reason.

import type { ClientCertificate } from './central-connection.ts';
import { IdentityError } from './error.ts';
import { fetchProfile } from './est-client.ts';
import { assertCentralsWord, type TimeKnown } from './server-time.ts';

export type Standing =
  | { kind: 'accepted'; centralNowMs: number; renewAfterMs: number }
  /** Revoked, run out, or not central's: the error says which. */
  | { kind: 'refused'; error: IdentityError }
  /** No answer that says anything about the certificate. */
  | { kind: 'unknown'; error: IdentityError };

export async function askStanding(
  est: string,
  identity: ClientCertificate & { caPem: string },
  time: TimeKnown,
): Promise<Standing> {
  try {
    const { profile, server } = await fetchProfile({ est, rootPem: identity.caPem }, identity, time);
    const centralNowMs = Date.parse(profile.now);
    assertCentralsWord(server, time, centralNowMs);
    return {
      kind: 'accepted',
      centralNowMs,
      renewAfterMs: Date.parse(profile.renewAfter),
    };
  } catch (error) {
    if (!(error instanceof IdentityError)) throw error;
    switch (error.code) {
      case 'certificate_revoked':
      case 'renewal_window_passed':
      case 'central_refused':
        return { kind: 'refused', error };
      default:
        return { kind: 'unknown', error };
    }
  }
}
