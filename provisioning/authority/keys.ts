// Key pairs, and how they are written. P-256 for what speaks TLS, because every broker and TLS stack takes it;
// Ed25519 for central's receipts and feed, which only our own programs verify.
import { generateKeyPairSync, type KeyObject, type webcrypto } from 'node:crypto';

export interface KeyPair {
  privateKey: KeyObject;
  publicKey: KeyObject;
}

export function createP256KeyPair(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
}

export function createEd25519KeyPair(): KeyPair {
  return generateKeyPairSync('ed25519');
}

/** PKCS #8, unencrypted: the file's mode protects it. */
export function privatePem(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'pkcs8' }).toString();
}

export function publicPem(key: KeyObject): string {
  return key.export({ format: 'pem', type: 'spki' }).toString();
}

export function publicDer(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' });
}

/** A P-256 private key in the form that signs certificates. */
export function signingForm(key: KeyObject): webcrypto.CryptoKey {
  return key.toCryptoKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
}
