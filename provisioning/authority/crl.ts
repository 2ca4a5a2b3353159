// A list of revoked certificates (RFC 5280 §5) for brokers that know nothing of central's deny list. Theirs is the second
// lock: one that is past its nextUpdate locks everybody out, so that it is made to live long and renewed at half its life.
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  Extension,
  X509CrlGenerator,
  X509CrlReason,
  X509Certificate as X509Document,
} from '@peculiar/x509';
import { publicDer, signingForm } from './keys.ts';
import type { Issuer } from './sign-certificate.ts';

export interface RevokedCertificate {
  /** Lower-case hex. */
  serial: string;
  revokedMs: number;
  reason: 'key_compromise' | 'superseded' | 'cessation';
}

const reasons = {
  key_compromise: X509CrlReason.keyCompromise,
  superseded: X509CrlReason.superseded,
  cessation: X509CrlReason.cessationOfOperation,
};

const CRL_NUMBER = '2.5.29.20';

/** In PEM. The number of the list is its second: it grows with each, as §5.2.3 wants it. */
export async function createCrl(
  issuer: Issuer,
  revoked: readonly RevokedCertificate[],
  validity: { thisUpdateMs: number; nextUpdateMs: number },
): Promise<string> {
  const thisUpdate = wholeSecond(validity.thisUpdateMs);
  const crl = await X509CrlGenerator.create(
    {
      issuer: new X509Document(issuer.certificate.raw).subjectName,
      thisUpdate,
      nextUpdate: wholeSecond(validity.nextUpdateMs),
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
      signingKey: signingForm(issuer.privateKey),
      // Absent rather than empty (RFC 5280 §5.1.2.6).
      ...(revoked.length > 0 && { entries: revoked.map(entry) }),
      extensions: [
        await AuthorityKeyIdentifierExtension.create(
          publicDer(issuer.certificate.publicKey),
          false,
          webcrypto,
        ),
        new Extension(CRL_NUMBER, false, derInteger(Math.floor(thisUpdate.getTime() / 1000))),
      ],
    },
    webcrypto,
  );
  // why by hand: the library writes "CRL", which nobody reads (RFC 7468 §6).
  const lines = Buffer.from(crl.rawData)
    .toString('base64')
    .replace(/.{1,64}/g, '$&\n');
  return `-----BEGIN X509 CRL-----\n${lines}-----END X509 CRL-----\n`;
}

function entry({ serial, revokedMs, reason }: RevokedCertificate) {
  return { serialNumber: serial, revocationDate: wholeSecond(revokedMs), reason: reasons[reason] };
}

/** Of five bytes: seconds since 1970 for the next thousand years, never negative. */
function derInteger(value: number): Uint8Array {
  const content = Buffer.alloc(5);
  content.writeUIntBE(value, 0, 5);
  const first = content.findIndex((byte) => byte !== 0);
  const shortest = content.subarray(first);
  const body = (shortest[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), shortest]) : shortest;
  return Buffer.concat([Buffer.from([0x02, body.length]), body]);
}

function wholeSecond(ms: number): Date {
  return new Date(Math.floor(ms / 1000) * 1000);
}
