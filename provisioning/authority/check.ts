// Whether a certificate makes its bearer an appliance, and which one. Asked for each connection and each hello.
import { type KeyObject, X509Certificate } from 'node:crypto';
import { parseApplianceUri } from '../../contract/id.ts';
import { ProvisioningError } from '../error.ts';
import { parseCertificates } from '../pem-file.ts';

export type ApplianceCheck =
  | {
      ok: true;
      applianceId: string;
      /** Of the certificate, in lower-case hex. */
      serial: string;
      /** P-256: verifies what the appliance signs. */
      publicKey: KeyObject;
      notAfterMs: number;
    }
  | {
      ok: false;
      /** expired and not_yet_valid are said of the certificate or of the CAs above it. */
      reason: 'malformed' | 'other_authority' | 'expired' | 'not_yet_valid' | 'not_an_appliance';
    };

/** The issuing CAs that a root vouches for, each with the time in which it and its root are both valid. */
export interface Authorities {
  readonly issuing: readonly Authority[];
}

/**
 * Judges one certificate (DER) by the path rules of RFC 5280 §6.1, cut to our own shape: leaf, issuing CA, root.
 * The id comes from the certificate alone: its single subject alternative name, a URI. The signature is judged before
 * anything the certificate says of itself, so that a stranger's is `other_authority` whatever it claims.
 * @param authorities from readAuthorities, or its PEM (parsed anew on each call)
 * @param nowMs wall-clock milliseconds since 1970
 * @throws ProvisioningError file_malformed when the PEM given for `authorities` holds no usable authority
 */
export function checkApplianceCertificate(
  der: Uint8Array,
  authorities: string | Authorities,
  nowMs: number,
): ApplianceCheck {
  const { issuing } = typeof authorities === 'string' ? readAuthorities(authorities) : authorities;
  const certificate = parseDer(der);
  if (!certificate) return { ok: false, reason: 'malformed' };

  const issuer = issuing.find((ca) => isIssuedBy(certificate, ca));
  if (!issuer) return { ok: false, reason: 'other_authority' };

  const applianceId = applianceIdOf(certificate);
  if (applianceId === null) return { ok: false, reason: 'not_an_appliance' };

  const validity = intersect(validityOf(certificate), issuer);
  if (nowMs < validity.notBeforeMs) return { ok: false, reason: 'not_yet_valid' };
  // RFC 5280 §4.1.2.5: valid through notAfter, inclusive, which counts whole seconds.
  if (nowMs >= validity.notAfterMs + 1000) return { ok: false, reason: 'expired' };

  const { notAfterMs } = validityOf(certificate);
  const serial = certificate.serialNumber.toLowerCase();
  return { ok: true, applianceId, serial, publicKey: certificate.publicKey, notAfterMs };
}

/**
 * Parses a PEM bundle of root and issuing CAs once, for many checks. Several of either may be in it, so that a CA can
 * be replaced while the old one's certificates live on; one that no root in the bundle has signed is left out.
 * @throws ProvisioningError file_malformed when it is no PEM, or no issuing CA in it is signed by a root in it
 */
export function readAuthorities(caPem: string): Authorities {
  const authorities = parseBundle(caPem);
  const roots = authorities.filter((ca) => isIssuedBy(ca.certificate, ca));
  const issuing = authorities
    .filter((ca) => !roots.includes(ca))
    .flatMap((ca) => {
      const root = roots.find((candidate) => isIssuedBy(ca.certificate, candidate));
      return root ? [{ ...ca, ...intersect(ca, root) }] : [];
    });
  if (issuing.length === 0) throw noAuthority();
  return { issuing };
}

/**
 * The appliance a certificate names, or null when it is not an appliance's: a CA, no clientAuth (RFC 5280 §4.2.1.12),
 * a key that is not P-256, or a subject alternative name other than exactly one appliance URI. Says nothing about who
 * signed it.
 */
export function applianceIdOf(certificate: X509Certificate): string | null {
  if (certificate.ca || !(certificate.keyUsage ?? []).includes(CLIENT_AUTH)) return null;
  if (certificate.publicKey.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return null;
  // Node joins names with ', ' and quotes a name that holds anything doubtful. An id holds neither comma nor quote,
  // so a match of the whole text means one name, and no name can pass itself off as two.
  const names = certificate.subjectAltName ?? '';
  return names.startsWith('URI:') ? parseApplianceUri(names.slice('URI:'.length)) : null;
}

const CLIENT_AUTH = '1.3.6.1.5.5.7.3.2';

interface Validity {
  notBeforeMs: number;
  notAfterMs: number;
}

interface Authority extends Validity {
  readonly certificate: X509Certificate;
  readonly publicKey: KeyObject;
}

/** Names and key identifiers match, the issuer may sign certificates, and it did: a forged name alone is not enough. */
function isIssuedBy(certificate: X509Certificate, issuer: Authority): boolean {
  return certificate.checkIssued(issuer.certificate) && certificate.verify(issuer.publicKey);
}

function validityOf(certificate: X509Certificate): Validity {
  return {
    notBeforeMs: certificate.validFromDate.getTime(),
    notAfterMs: certificate.validToDate.getTime(),
  };
}

function intersect(a: Validity, b: Validity): Validity {
  return {
    notBeforeMs: Math.max(a.notBeforeMs, b.notBeforeMs),
    notAfterMs: Math.min(a.notAfterMs, b.notAfterMs),
  };
}

/** The constructor also takes PEM and ignores what follows the certificate; both are refused here. */
function parseDer(der: Uint8Array): X509Certificate | null {
  try {
    const certificate = new X509Certificate(der);
    return certificate.raw.equals(der) ? certificate : null;
  } catch {
    return null;
  }
}

function parseBundle(caPem: string): Authority[] {
  try {
    return parseCertificates(caPem)
      .filter((certificate) => certificate.ca)
      .map((certificate) => ({
        certificate,
        publicKey: certificate.publicKey,
        ...validityOf(certificate),
      }));
  } catch (error) {
    throw noAuthority(error);
  }
}

function noAuthority(cause?: unknown): ProvisioningError {
  return new ProvisioningError(
    'file_malformed',
    'the CA bundle holds no issuing CA with the root that signed it',
    "Use the ca.crt of central's identity: the root and the issuing CA, in PEM.",
    cause,
  );
}
