// Checks signatures in the format of minisign (https://jedisct1.github.io/minisign/): Ed25519 over the BLAKE2b hash of the
// file, and once more over that signature and the trusted comment, which therefore can be believed too.
import { createPublicKey, hash, type KeyObject, verify } from 'node:crypto';

export interface MinisignKey {
  id: Buffer;
  key: KeyObject;
}

const hashed = Buffer.from('ED');
const plain = Buffer.from('Ed');
const idBytes = 8;
const rawKeyBytes = 32;
const signatureBytes = 64;
/** What stands before the 32 bytes of an Ed25519 key in SPKI (RFC 8410 §4). */
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');

/** The line that begins with RW, alone or with the comment above it; null for anything else. */
export function readMinisignKey(text: string): MinisignKey | null {
  const bytes = fromBase64(text.trim().split('\n').at(-1) ?? '');
  if (bytes.length !== plain.length + idBytes + rawKeyBytes || !bytes.subarray(0, 2).equals(plain))
    return null;
  const key = createPublicKey({
    key: Buffer.concat([spkiHead, bytes.subarray(2 + idBytes)]),
    format: 'der',
    type: 'spki',
  });
  return { id: bytes.subarray(2, 2 + idBytes), key };
}

/**
 * The trusted comment, when one of the keys made this signature over exactly these bytes; null when none did.
 * @param signature the file `<name>.minisig`
 */
export function verifyMinisign(
  keys: readonly MinisignKey[],
  content: Uint8Array,
  signature: string,
): string | null {
  const [, first = '', commentLine = '', second = ''] = signature.split('\n');
  const prefix = 'trusted comment: ';
  const bytes = fromBase64(first);
  const whole = fromBase64(second);
  if (bytes.length !== 2 + idBytes + signatureBytes || !bytes.subarray(0, 2).equals(hashed)) return null;
  if (!commentLine.startsWith(prefix) || whole.length !== signatureBytes) return null;
  const comment = commentLine.slice(prefix.length);
  const own = bytes.subarray(2 + idBytes);
  const digest = hash('blake2b512', content, 'buffer');
  const signed = keys.some(
    ({ id, key }) =>
      id.equals(bytes.subarray(2, 2 + idBytes)) &&
      verify(null, digest, key, own) &&
      verify(null, Buffer.concat([own, Buffer.from(comment)]), key, whole),
  );
  return signed ? comment : null;
}

function fromBase64(text: string): Buffer {
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : Buffer.alloc(0);
}
