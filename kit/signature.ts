// Signatures over bytes as they stand: P-256 (appliances) and Ed25519 (central), chosen by the key.
import { sign as cryptoSign, verify as cryptoVerify, type KeyObject } from 'node:crypto';

/** Signs the bytes: 64 bytes for either kind of key (ECDSA in IEEE P1363 form). */
export function sign(privateKey: KeyObject, bytes: Uint8Array): Buffer {
  return cryptoSign(digestFor(privateKey), bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' });
}

/** True when one of the keys made the signature over exactly these bytes. */
export function verify(publicKeys: readonly KeyObject[], bytes: Uint8Array, signature: Uint8Array): boolean {
  return publicKeys.some((key) => {
    if (digestFor(key) === null) return cryptoVerify(null, bytes, key, signature);
    const der = derOf(signature);
    // why DER and the bare key: told of `dsaEncoding` by an object around the key, Node takes half as long again.
    return der !== null && cryptoVerify('sha256', bytes, key, der);
  });
}

/** Ed25519 hashes by itself; ECDSA is told SHA-256. */
function digestFor(key: KeyObject): 'sha256' | null {
  return key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
}

/** Of r and s of P-256. */
const numberBytes = 32;

/** The same signature as OpenSSL reads it (RFC 3279 §2.2.3); null where it has not the length of one. */
function derOf(signature: Uint8Array): Buffer | null {
  if (signature.length !== 2 * numberBytes) return null;
  const [r, s] = [derNumber(signature.subarray(0, numberBytes)), derNumber(signature.subarray(numberBytes))];
  return Buffer.from([0x30, r.length + s.length, ...r, ...s]);
}

/** As DER wants it: no zeros in front, but one where the first bit would be a sign. */
function derNumber(bytes: Uint8Array): number[] {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? [0] : [...bytes.subarray(first)];
  if ((digits[0] ?? 0) >= 0x80) digits.unshift(0);
  return [0x02, digits.length, ...digits];
}
