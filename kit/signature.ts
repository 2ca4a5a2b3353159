// Signatures over bytes as they stand: P-256 (appliances) and Ed25519 (central), chosen by the key.
import { sign as cryptoSign, verify as cryptoVerify, type KeyObject } from 'node:crypto';

/** Signs the bytes: 64 bytes for either kind of key (ECDSA in IEEE P1363 form). */
export function sign(privateKey: KeyObject, bytes: Uint8Array): Buffer {
  return cryptoSign(digestFor(privateKey), bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' });
}

/** True when one of the keys made the signature over exactly these bytes. */
export function verify(publicKeys: readonly KeyObject[], bytes: Uint8Array, signature: Uint8Array): boolean {
  return publicKeys.some((key) =>
    cryptoVerify(digestFor(key), bytes, { key, dsaEncoding: 'ieee-p1363' }, signature),
  );
}

/** Ed25519 hashes by itself; ECDSA is told SHA-256. */
function digestFor(key: KeyObject): 'sha256' | null {
  return key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
}
