// Sites, enrolments and appliances in words, for lists and for people who must act.
import { momentWords } from '../commands/moment.ts';
import type { CertificateView, EnrolmentView, SiteView } from './port.ts';
import { type EnrolmentState, wrongAttemptsMax } from './progress.ts';
import type { IdentityView, MissingRange } from './standing-port.ts';

const stateWords: Record<EnrolmentState, string> = {
  created: 'waits for the box',
  certificate_issued: 'has its certificate, and was not heard of with it yet',
  profile_fetched: 'has its profile, and has not connected yet',
  first_hello: 'has connected, and nothing it wrote was received yet',
  first_receipt: 'works',
  expired: 'the code expired unused',
  locked: 'the code is locked: too many wrong ones were tried',
  cancelled: 'was cancelled',
  revoked: 'its certificate was revoked',
};

export function enrolmentWords(enrolment: EnrolmentView): string {
  const { number, applianceId, site, state, expiresMs, wrongAttempts } = enrolment;
  return [
    `${number}  ${applianceId}  at ${site}`,
    stateWords[state],
    ...(state === 'created' ? [`code until ${momentWords(expiresMs)}`] : []),
    ...(wrongAttempts > 0 ? [`${wrongAttempts} of ${wrongAttemptsMax} wrong codes tried`] : []),
  ].join('  ');
}

/** What happened, a step a line. */
export function enrolmentSteps(enrolment: EnrolmentView): string[] {
  const { createdMs, createdBy, issuedMs, profileMs, firstHelloMs, serial } = enrolment;
  const steps: [string, number | null][] = [
    [`created by ${createdBy}`, createdMs],
    [`certificate ${serial} issued`, issuedMs],
    ['profile fetched with it', profileMs],
    ['first hello', firstHelloMs],
  ];
  return steps.flatMap(([what, atMs]) => (atMs === null ? [] : [`  ${momentWords(atMs)}  ${what}`]));
}

export function siteWords({ name, applianceIds, openEnrolments }: SiteView): string {
  const boxes = applianceIds.length === 0 ? 'no appliance' : applianceIds.join(', ');
  return [name, boxes, ...(openEnrolments > 0 ? [`${openEnrolments} code(s) wait`] : [])].join('  ');
}

export function identityWords(identity: IdentityView): string {
  const { applianceId, site, denial, conditions, certificates, missing, replacement } = identity;
  const readmitted = denial?.readmittedMs ?? null;
  return [
    `${applianceId}  ${site === null ? 'without a site' : `at ${site}`}`,
    ...(denial === null
      ? []
      : [
          `  ${denial.kind} ${momentWords(denial.atMs)}: ${denial.reason}`,
          ...(readmitted === null
            ? []
            : [`  let in again ${momentWords(readmitted)}, with what was issued since`]),
        ]),
    ...conditions.map(({ code, sinceMs, detail }) => `  ${code} since ${momentWords(sinceMs)}: ${detail}`),
    ...certificates.map((one) => `  ${certificateWords(one)}`),
    ...missingWords(missing),
    ...(replacement === null
      ? []
      : [
          `  ${replacement.state === 'done' ? 'replaced by' : 'to be replaced by'} ${replacement.newId}: ${replacement.note}`,
          ...missingWords(replacement.missing).map((line) => `  signed for: ${line.trim()}`),
        ]),
  ].join('\n');
}

export function missingWords(missing: readonly (MissingRange & { found?: number })[]): string[] {
  return missing.map(({ journalId, fromSeq, atLeast, atMost, found = 0 }) => {
    const count =
      atMost === null
        ? `at least ${atLeast}, at most unknown`
        : atMost === atLeast
          ? `${atMost}`
          : `at least ${atLeast}, at most ${atMost}`;
    const since = found === 0 ? '' : `, ${found} of them handed over since`;
    return `  journal ${journalId}: not received from seq ${fromSeq} on: ${count} entries${since}`;
  });
}

function certificateWords(certificate: CertificateView): string {
  const { serial, issuedAs, notAfterMs, revokedMs, revokedReason } = certificate;
  const end =
    revokedMs === null
      ? `until ${momentWords(notAfterMs)}`
      : `revoked ${momentWords(revokedMs)} (${revokedReason})`;
  return `certificate ${serial}  by ${issuedAs}  ${end}`;
}
