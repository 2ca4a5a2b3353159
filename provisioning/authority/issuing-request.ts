// The request by which a new issuing CA asks the offline root for its certificate: a key, and the proof that it is held.
import 'reflect-metadata';
import { createHash, createPublicKey, type KeyObject, webcrypto } from 'node:crypto';
import { Pkcs10CertificateRequest, Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { type KeyPair, publicDer, signingForm } from './keys.ts';

/** In PEM. */
export async function createIssuingRequest({ privateKey, publicKey }: KeyPair): Promise<string> {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      name: 'CN=Holdfast issuing CA',
      keys: {
        privateKey: signingForm(privateKey),
        publicKey: publicKey.toCryptoKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['verify']),
      },
      signingAlgorithm: algorithm,
    },
    webcrypto,
  );
  return `${request.toString('pem').trim()}\n`;
}

/** The key of a request that proves it is held; null when it proves nothing, or the key is of another kind. */
export async function readIssuingRequest(pem: string): Promise<KeyObject | null> {
  try {
    const request = new Pkcs10CertificateRequest(pem);
    if (!(await request.verify(webcrypto as Parameters<typeof request.verify>[0]))) return null;
    const der = Buffer.from(request.publicKey.rawData);
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return key.asymmetricKeyDetails?.namedCurve === 'prime256v1' ? key : null;
  } catch {
    return null;
  }
}

/** What two people read to each other across the room: of the key, so that request and certificate show the same. */
export function keyFingerprint(key: KeyObject): string {
  const digest = createHash('sha256').update(publicDer(key)).digest('hex').toUpperCase();
  return digest.replace(/(..)(?=.)/g, '$1:');
}
