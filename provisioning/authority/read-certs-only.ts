// What an EST server hands certificates out in: a "certs-only" PKCS #7 (RFC 7030 §4.1.3, RFC 5652 §5), which signs nothing.
import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { X509Certificates } from '@peculiar/x509';

/** The certificates inside, in no order that means anything. @throws Error when it is no such thing, or empty */
export function readCertsOnly(der: Uint8Array): X509Certificate[] {
  const found = new X509Certificates(new Uint8Array(der));
  if (found.length === 0) throw new Error('it holds no certificate');
  return found.map(({ rawData }) => new X509Certificate(Buffer.from(rawData)));
}
