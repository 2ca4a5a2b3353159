// A certificate request (PKCS #10, RFC 2986) for a key that never leaves its machine: it asks for the key alone, and
// central says the name.
import 'reflect-metadata';
import { createPublicKey, type KeyObject, webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { publicDer, signingForm } from './keys.ts';

/** @returns DER, signed with the key as proof that its sender holds it (RFC 7030 §3.4); the subject is empty */
export async function createRequest(key: KeyObject): Promise<Buffer> {
  const publicKey = await webcrypto.subtle.importKey(
    'spki',
    publicDer(createPublicKey(key)),
    { name: 'ECDSA', namedCurve: 'P-256' },
    true,
    ['verify'],
  );
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      name: '',
      keys: { publicKey, privateKey: signingForm(key) },
      signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    },
    webcrypto,
  );
  return Buffer.from(request.rawData);
}
