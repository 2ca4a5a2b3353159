// What EST answers with, byte by byte: a "certs-only" CMS message (RFC 7030 §4.1.3, RFC 5652 §5) and the attributes a
// request should have (RFC 7030 §4.5.2). Written by hand, so that a running central loads no library for them.
import type { X509Certificate } from 'node:crypto';
import { CONTEXT_0, der, derOid, derSmallInteger, SEQUENCE, SET } from './der.ts';

const SIGNED_DATA = '1.2.840.113549.1.7.2';
const DATA = '1.2.840.113549.1.7.1';
const EC_PUBLIC_KEY = '1.2.840.10045.2.1';
const P256 = '1.2.840.10045.3.1.7';
const ECDSA_SHA256 = '1.2.840.10045.4.3.2';

/** A degenerate SignedData: no content, no signer, only the certificates. DER. */
export function certsOnly(certificates: readonly X509Certificate[]): Buffer {
  const signedData = der(
    SEQUENCE,
    // Version 1: every certificate is an X.509 one (RFC 5652 §5.1).
    derSmallInteger(1),
    der(SET),
    der(SEQUENCE, derOid(DATA)),
    der(CONTEXT_0, ...certificates.map(({ raw }) => raw)),
    der(SET),
  );
  return der(SEQUENCE, derOid(SIGNED_DATA), der(CONTEXT_0, signedData));
}

/** "Use a P-256 key and sign the request with ECDSA and SHA-256." DER. */
export function requestAttributes(): Buffer {
  const key = der(SEQUENCE, derOid(EC_PUBLIC_KEY), der(SET, derOid(P256)));
  return der(SEQUENCE, key, derOid(ECDSA_SHA256));
}
