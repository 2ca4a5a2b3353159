// The way to central: the name, the port, TLS with the reason in words, and what central says of this box. Pure.
import type { Standing } from '../identity/standing.ts';
import { type Check, fault, ok, unknown, warning } from './check.ts';

/** How far a connection to central's broker came. */
export type Reached =
  | { at: 'name'; error: string }
  | { at: 'port'; address: string; error: string }
  | { at: 'tls'; address: string; error: string }
  /**
   * @property days until central's certificate ends
   * @property borne it is out of its time by this box's clock, which is surely wrong
   */
  | { at: 'connected'; address: string; days: number; borne: boolean };

/** Of three checks, one for each step of the way; what was not come to is unknown. */
export function judgeReached(reached: Reached, host: string, port: number): Check[] {
  const sells = 'It sells on meanwhile.';
  if (reached.at === 'name') {
    const hint = `${sells} Look at the cable, the router and the name server: getent hosts ${host}`;
    return [
      fault('dns', `${host} has no address (${reached.error})`, hint),
      unknown('port', 'not tried: there is no address'),
      unknown('tls', 'not tried: there is no address'),
    ];
  }
  const name = ok('dns', `${host} is ${reached.address}`);
  if (reached.at === 'port') {
    const hint = `${sells} A firewall must let TCP ${port} out to ${host}; or central does not run.`;
    return [
      name,
      fault('port', `${reached.address} port ${port} does not open (${reached.error})`, hint),
      unknown('tls', 'not tried: the port does not open'),
    ];
  }
  const open = ok('port', `${reached.address} port ${port} opens`);
  if (reached.at === 'tls') return [name, open, fault('tls', ...tlsWords(reached.error, host))];
  const { days, borne } = reached;
  if (borne) {
    const clockHint =
      'The link stands all the same. Set the clock: `date`, `timedatectl`, `chronyc tracking`.';
    const clockWords = 'central proves who it is; by this box’s clock its certificate is out of its time';
    return [name, open, warning('tls', clockWords, clockHint)];
  }
  const hint = 'Tell whoever runs central: every appliance stops syncing on that day.';
  const words = `central proves who it is, for another ${days} days`;
  return [name, open, days < 14 ? warning('tls', words, hint) : ok('tls', words)];
}

/** Node's own codes, as OpenSSL names them. */
function tlsWords(code: string, host: string): [words: string, hint: string] {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return [
        'central’s certificate has run out, by this box’s clock',
        'Look at the clock first: `date`. Then tell whoever runs central.',
      ];
    case 'CERT_NOT_YET_VALID':
      return [
        'central’s certificate is not valid yet, by this box’s clock',
        'The clock of this box is behind: `date`, `timedatectl`.',
      ];
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return [
        `central’s certificate does not name ${host}`,
        'Use the name that stands in it as central.url, or have it made for this name too.',
      ];
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
      return [
        'somebody else answers there: a certificate that central’s root has not vouched for',
        'Look for a proxy or a captive portal between; or the box was enrolled at another central.',
      ];
    default:
      return [
        `the TLS connection was not made (${code})`,
        'Something between changes or cuts TLS, or central refuses this box: see the check “standing”.',
      ];
  }
}

/** @param standing null where the configuration does not say where to ask */
export function judgeStanding(standing: Standing | null): Check {
  const code = 'standing';
  if (standing === null) {
    return warning(
      code,
      'central.est is not set: nothing renews this box’s certificate',
      'Run: holdfast enrol',
    );
  }
  switch (standing.kind) {
    case 'accepted':
      return ok(code, 'central takes this box’s certificate');
    case 'refused':
      return fault(code, `central does not take it: ${standing.error.message}`, standing.error.hint);
    case 'unknown':
      return unknown(code, `central’s enrolment service gave no answer: ${standing.error.message}`);
  }
}
