// What the commands of enrolment share: where boxes enrol by the configuration, the slip, and refusals in words.
import { writeFileSync } from 'node:fs';
import { renderUnicodeCompact } from 'uqr';
import { ApplianceId, Text } from '../../contract/id.ts';
import { readConfig } from '../config.ts';
import { hashCode, newCode, plainCode } from '../enrolment/code.ts';
import type { EstConfig } from '../enrolment/config.ts';
import type { DenialKind, EnrolmentCreated, EnrolmentView } from '../enrolment/port.ts';
import { makeSlip, rootFingerprint, type Slip, slipHtml, slipWords } from '../enrolment/slip.ts';
import { CommandError } from '../errors.ts';
import { momentWords } from './moment.ts';

/** For how long a code waits unless said. */
export const codeDays = 14;

export const SiteName = Text(100);

/** @throws CommandError est_missing */
export function estOf(configPath: string): { est: EstConfig; root: string } {
  const { est, identityFolder } = readConfig(configPath);
  if (est !== undefined) return { est, root: rootFingerprint(identityFolder) };
  throw new CommandError(
    'est_missing',
    'nobody can enrol here: the configuration has no [est]',
    'Add [est] with url, centralUrl and issuingFolder; docs/operations/enrolment.md says how.',
  );
}

export function freshCode(): { code: string; codeHash: Uint8Array } {
  const code = newCode();
  return { code, codeHash: new Uint8Array(hashCode(plainCode(code) ?? '')) };
}

/** The slip in words with its QR code, written to a page too where one is asked for. */
export function slipSaid(
  enrolment: EnrolmentView,
  parts: { est: EstConfig; root: string; code: string; html?: string },
): { slip: Slip; words: string } {
  const { est, root, code, html } = parts;
  const slip = makeSlip({ estUrl: est.url, applianceId: enrolment.applianceId, code, root });
  const until = momentWords(enrolment.expiresMs);
  if (html !== undefined) writePage(html, slipHtml(slip, { site: enrolment.site, until }));
  const words = [
    `enrolment ${enrolment.number} for ${enrolment.applianceId} at ${enrolment.site}`,
    '',
    slipWords(slip),
    '',
    renderUnicodeCompact(JSON.stringify(slip)),
    '',
    `The code works once, until ${until}; it is said this once.`,
  ].join('\n');
  return { slip, words };
}

/** @throws CommandError argument_malformed */
export function assertApplianceId(text: string): void {
  if (ApplianceId.safeParse(text).success) return;
  const hint = 'Use 1 to 63 of a-z, 0-9 and -, not beginning with -.';
  throw new CommandError('argument_malformed', `'${text}' cannot be an appliance's id`, hint);
}

/** @throws CommandError argument_malformed */
export function assertSiteName(text: string): void {
  if (SiteName.safeParse(text).success) return;
  const hint = 'Use 1 to 100 characters on one line.';
  throw new CommandError('argument_malformed', 'this cannot be the name of a site', hint);
}

/** @throws CommandError site_unknown, site_known, appliance_refused, appliance_denied */
export function createdEnrolment(made: EnrolmentCreated, site: string): EnrolmentView {
  switch (made.kind) {
    case 'created':
      return made.enrolment;
    case 'site_unknown':
      throw new CommandError(
        'site_unknown',
        `there is no site '${site}'`,
        'See `site list`; for a new site give --new-site.',
      );
    case 'site_known':
      throw new CommandError('site_known', `'${site}' is known`, 'Leave --new-site out.');
    case 'appliance_elsewhere':
      throw new CommandError(
        'appliance_refused',
        `that appliance stands at '${made.site}'`,
        'Name that site, or leave --appliance out for a new appliance.',
      );
    case 'appliance_denied':
      throw deniedAlready(made.denial);
  }
}

export function deniedAlready(denial: DenialKind): CommandError {
  return new CommandError(
    'appliance_denied',
    `that appliance was ${denial}`,
    'Take a new id; `appliance readmit` lets the old one in again, should it be the same box.',
  );
}

export function applianceUnknown(applianceId: string): CommandError {
  return new CommandError(
    'appliance_unknown',
    `no appliance is called ${applianceId}`,
    'See `appliance list`.',
  );
}

/** @throws CommandError file_refused */
function writePage(path: string, html: string): void {
  try {
    // The code is in it.
    writeFileSync(path, html, { mode: 0o600 });
  } catch (error) {
    const hint = 'Name a file in a folder that you may write to.';
    throw new CommandError('file_refused', `${path} cannot be written`, hint, { cause: error });
  }
}
