// The enrolment slip: what a technician takes along, as JSON in a QR code, as text, and as a page to print. The root's
// fingerprint on it is how the box knows central without having met it (RFC 7030 §4.1.1).
import { createHash } from 'node:crypto';
import { renderSVG } from 'uqr';
import { centralFiles } from '../../provisioning/identity.ts';
import { readCertificates } from '../../provisioning/pem-file.ts';

export interface Slip {
  v: 1;
  /** https://host:port */
  est: string;
  appliance: string;
  code: string;
  /** `sha256:` and the hex digest of the root certificate's DER. */
  root: string;
}

export function makeSlip(parts: { estUrl: string; applianceId: string; code: string; root: string }): Slip {
  const { estUrl, applianceId, code, root } = parts;
  return { v: 1, est: estUrl.replace(/\/+$/, ''), appliance: applianceId, code, root };
}

/**
 * Of the newest root that central knows.
 * @throws ProvisioningError file_… when central's identity is not there
 */
export function rootFingerprint(identityFolder: string): string {
  const { certificates } = readCertificates(centralFiles(identityFolder).ca);
  const [newest] = certificates
    .filter((one) => one.checkIssued(one))
    .sort((a, b) => b.validFromDate.getTime() - a.validFromDate.getTime());
  const der = (newest ?? certificates[0]).raw;
  return `sha256:${createHash('sha256').update(der).digest('hex')}`;
}

/** Four lines for a person who has to type. */
export function slipWords(slip: Slip): string {
  const { est, appliance, code, root } = slip;
  return [`EST        ${est}`, `appliance  ${appliance}`, `code       ${code}`, `root       ${root}`].join(
    '\n',
  );
}

/** A page of its own: nothing is loaded from anywhere, and nothing in it runs. */
export function slipHtml(slip: Slip, about: { site: string; until: string }): string {
  const rows = [
    ['Site', about.site],
    ['Appliance', slip.appliance],
    ['Code', slip.code],
    ['EST', slip.est],
    ['Root', slip.root],
    ['Valid until', about.until],
  ].map(([name = '', value = '']) => `<tr><th>${escaped(name)}</th><td>${escaped(value)}</td></tr>`);
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>Enrolment of ${escaped(slip.appliance)}</title>
<style>
body { font: 12pt/1.5 sans-serif; margin: 2cm; color: #000; background: #fff }
th { text-align: left; vertical-align: top; padding-right: 1em }
td { font-family: monospace; overflow-wrap: anywhere }
svg { width: 7cm; height: 7cm }
</style>
<h1>Enrolment slip</h1>
<p>On the box run <code>holdfast enrol</code> and scan this, or type what stands below. The code works once.</p>
${renderSVG(JSON.stringify(slip))}
<table>${rows.join('')}</table>
</html>
`;
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
