// Signatures in the format of minisign, which anybody can check with the program of that name: Ed25519 over the BLAKE2b hash
// of the file, and once more over that signature and the trusted comment (https://jedisct1.github.io/minisign/).
import { createPrivateKey, createPublicKey, hash, type KeyObject, sign } from 'node:crypto';
import { PackageError } from './error.ts';

/** Signs the hash, not the file: the form minisign itself writes since 0.10. */
const hashed = Buffer.from('ED');
const plain = Buffer.from('Ed');
const keyIdBytes = 8;
/** An Ed25519 public key in SPKI is its 32 bytes after a fixed head (RFC 8410 §4). */
const spkiHeadBytes = 12;

/**
 * @param pem an Ed25519 private key, PKCS#8
 * @throws PackageError key_unusable
 */
export function readSigningKey(pem: string): KeyObject {
  const hint = 'Make one by: openssl genpkey -algorithm ed25519 -out release.key';
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    throw new PackageError('key_unusable', 'the signing key cannot be read', hint, error);
  }
  if (key.asymmetricKeyType === 'ed25519') return key;
  throw new PackageError('key_unusable', `the signing key is of type ${key.asymmetricKeyType}`, hint);
}

/** The file that `minisign -p` takes. */
export function publicKeyFile(key: KeyObject): string {
  const raw = rawPublicKey(key);
  const id = keyId(raw);
  return lines(`untrusted comment: minisign public key ${idWords(id)}`, Buffer.concat([plain, id, raw]));
}

/**
 * The file `<name>.minisig` for a file's content.
 * @param comment one line that the signature vouches for too; minisign shows it
 */
export function signatureFile(key: KeyObject, content: Uint8Array, comment: string): string {
  const id = keyId(rawPublicKey(key));
  const signature = sign(null, hash('blake2b512', content, 'buffer'), key);
  const whole = sign(null, Buffer.concat([signature, Buffer.from(comment)]), key);
  return (
    lines(`untrusted comment: signature of key ${idWords(id)}`, Buffer.concat([hashed, id, signature])) +
    lines(`trusted comment: ${comment}`, whole)
  );
}

function lines(comment: string, bytes: Buffer): string {
  return `${comment}\n${bytes.toString('base64')}\n`;
}

function rawPublicKey(key: KeyObject): Buffer {
  return createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(spkiHeadBytes);
}

/** minisign draws it by lot; of the key itself it is the same for everybody who has the key. */
function keyId(raw: Buffer): Buffer {
  return hash('blake2b512', raw, 'buffer').subarray(0, keyIdBytes);
}

/** As minisign writes it: a number with the least byte first. */
function idWords(id: Buffer): string {
  return Buffer.from(id).reverse().toString('hex').toUpperCase();
}
