// One signed certificate from its parts: serial number, identifiers and times as RFC 5280 wants them.
import 'reflect-metadata';
import { type KeyObject, randomBytes, webcrypto, X509Certificate } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  type Extension,
  Name,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
  X509Certificate as X509Document,
} from '@peculiar/x509';
import { publicDer, signingForm } from './keys.ts';

/** A CA's certificate with its key. */
export interface Issuer {
  certificate: X509Certificate;
  privateKey: KeyObject;
}

export interface CertificateParts {
  commonName: string;
  publicKey: KeyObject;
  /** The key that signs, and whose it is: a CA's, or the certificate's own when it is a root. */
  issuer: Issuer | { certificate: 'self'; privateKey: KeyObject };
  extensions: Extension[];
  notBeforeMs: number;
  /** Cut down to the issuer's own: beyond that the certificate would look valid and be refused. */
  notAfterMs: number;
}

export async function signCertificate(parts: CertificateParts): Promise<X509Certificate> {
  const parent = parts.issuer.certificate;
  const subject = new Name([{ CN: [parts.commonName] }]);
  const publicKey = publicDer(parts.publicKey);
  const notAfterMs =
    parent === 'self' ? parts.notAfterMs : Math.min(parts.notAfterMs, parent.validToDate.getTime());
  const made = await X509CertificateGenerator.create(
    {
      serialNumber: randomSerial(),
      subject,
      // The very bytes of the issuer's subject: names are matched, not read (RFC 5280 §4.1.2.4).
      issuer: parent === 'self' ? subject : new X509Document(parent.raw).subjectName,
      notBefore: wholeSeconds(parts.notBeforeMs),
      notAfter: wholeSeconds(notAfterMs),
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      publicKey,
      signingKey: signingForm(parts.issuer.privateKey),
      extensions: [
        ...parts.extensions,
        await SubjectKeyIdentifierExtension.create(publicKey, false, webcrypto),
        await AuthorityKeyIdentifierExtension.create(
          parent === 'self' ? publicKey : publicDer(parent.publicKey),
          false,
          webcrypto,
        ),
      ],
    },
    webcrypto,
  );
  return new X509Certificate(Buffer.from(made.rawData));
}

/** Positive, at most 20 bytes and unpredictable (RFC 5280 §4.1.2.2): 16 bytes, 126 of their bits random. */
function randomSerial(): string {
  const bytes = randomBytes(16);
  // 0x40 set and 0x80 clear: positive, and always of this length.
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString('hex');
}

/** RFC 5280 §4.1.2.5 has no fractions of a second. */
function wholeSeconds(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000);
}
