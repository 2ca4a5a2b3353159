// Passwords of persons: argon2id (RFC 9106), kept as a PHC string, so that a later release may ask for more work and still
// know what it finds. Each costs some 20 MB and a tenth of a second while it is looked at: only so many at once.
import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import * as z from 'zod';

const derive = promisify<'argon2id', Argon2Parameters, Buffer>(argon2);

/** OWASP's Password Storage Cheat Sheet: 19 MiB, two passes, one lane. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 };
const hashBytes = 32;

export const passwordCharsMin = 12;
/** NIST SP 800-63B §3.1.1.2: length counts, rules of composition do not. */
export const NewPassword = z
  .string()
  .refine((text) => [...text].length >= passwordCharsMin, {
    error: `use at least ${passwordCharsMin} characters; a few words are good`,
  })
  .refine((text) => [...text].length <= 200, { error: 'use at most 200 characters' })
  .refine((text) => new Set(text).size >= 5, { error: 'use more than a few different characters' });

/** `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, without padding. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  return phcOf(cost, salt, await work(password, salt, cost, hashBytes));
}

/** False for a text that is no PHC string of argon2id, too. */
export async function isPassword(phc: string, password: string): Promise<boolean> {
  const [, m, t, p, salt = '', hash = ''] = phcPattern.exec(phc) ?? [];
  const wanted = Buffer.from(hash, 'base64');
  if (wanted.length === 0) return false;
  const parameters = { memory: Number(m), passes: Number(t), parallelism: Number(p) };
  const found = await work(password, Buffer.from(salt, 'base64'), parameters, wanted.length);
  return timingSafeEqual(found, wanted);
}

/** What a password is compared with where there is no such person: it costs the same. */
export const nobodysPassword = phcOf(cost, Buffer.alloc(16), Buffer.alloc(hashBytes, 1));

const phcPattern =
  /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([\w+/]{11,86})\$([\w+/]{11,86})$/;

function phcOf({ memory, passes, parallelism }: typeof cost, salt: Buffer, hash: Buffer): string {
  const text = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${text(salt)}$${text(hash)}`;
}

function work(password: string, nonce: Buffer, parameters: typeof cost, tagLength: number): Promise<Buffer> {
  // The same characters may be typed in two ways; NFC is the one form of both.
  return derive('argon2id', { message: password.normalize('NFC'), nonce, tagLength, ...parameters });
}
