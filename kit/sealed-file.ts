// Bytes that only a passphrase opens: scrypt (RFC 7914) makes the key, AES-256-GCM keeps them secret and whole. Whoever
// finds the file learns nothing from it but that it is one, and can change nothing in it.
import { createCipheriv, createDecipheriv, randomBytes, type ScryptOptions, scrypt } from 'node:crypto';
import * as z from 'zod';

const opening = 'holdfast-sealed';
/** 64 MB and a tenth of a second on a small box, for each passphrase that somebody tries. */
const costs = { n: 2 ** 16, r: 8, p: 1 };
const tagBytes = 16;
const headerBytesMax = 512;
const newline = 0x0a;

const Header = z.strictObject({
  kind: z.literal(opening),
  v: z.int(),
  /** Bounded: the header is believed before the passphrase is tried, and must not eat the memory. */
  n: z.literal([2 ** 15, 2 ** 16, 2 ** 17]),
  r: z.literal(8),
  p: z.literal(1),
  salt: z.base64().length(24),
  nonce: z.base64().length(16),
});

export type Unsealed =
  | { kind: 'opened'; bytes: Buffer }
  /** It is none of these files, or not whole. */
  | { kind: 'not_sealed' }
  /** A release after this one made it. */
  | { kind: 'newer' }
  /** Another passphrase, or somebody has changed the file: nothing tells the two apart. */
  | { kind: 'refused' };

export async function seal(bytes: Uint8Array, passphrase: string): Promise<Buffer> {
  const [salt, nonce] = [randomBytes(16), randomBytes(12)];
  const header = {
    kind: opening,
    v: 1,
    ...costs,
    salt: salt.toString('base64'),
    nonce: nonce.toString('base64'),
  };
  const line = Buffer.from(`${JSON.stringify(header)}\n`);
  const cipher = createCipheriv('aes-256-gcm', await keyOf(passphrase, salt, costs), nonce);
  cipher.setAAD(line);
  return Buffer.concat([line, cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
}

export async function unseal(file: Buffer, passphrase: string): Promise<Unsealed> {
  const end = file.subarray(0, headerBytesMax).indexOf(newline);
  const parsed = Header.safeParse(parseJson(file.toString('utf8', 0, Math.max(0, end))));
  if (!parsed.success || file.length < end + 1 + tagBytes) return { kind: 'not_sealed' };
  const { v, salt, nonce, ...cost } = parsed.data;
  if (v !== 1) return { kind: 'newer' };
  const key = await keyOf(passphrase, Buffer.from(salt, 'base64'), cost);
  const cipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64'), {
    authTagLength: tagBytes,
  });
  cipher.setAAD(file.subarray(0, end + 1));
  cipher.setAuthTag(file.subarray(-tagBytes));
  try {
    const bytes = cipher.update(file.subarray(end + 1, -tagBytes));
    return { kind: 'opened', bytes: Buffer.concat([bytes, cipher.final()]) };
  } catch {
    return { kind: 'refused' };
  }
}

function keyOf(passphrase: string, salt: Buffer, { n, r, p }: typeof costs): Promise<Buffer> {
  const options: ScryptOptions = { N: n, r, p, maxmem: 256 * n * r };
  return new Promise((resolve, reject) => {
    scrypt(passphrase, salt, 32, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
