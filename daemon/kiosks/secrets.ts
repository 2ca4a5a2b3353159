// The two secrets of a kiosk: the short code that a person carries over, and the token that it is traded for. Neither is
// ever written down; their hashes are.
import { hash, randomBytes } from 'node:crypto';

/** Crockford's base 32: without I, L, O and U, which people misread. */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const codeChars = 8;

/**
 * A code of 40 random bits, in two halves for the eye. That is little: what keeps it from being guessed is that it
 * expires, works once, and that five wrong tries lock pairing.
 */
export function newCode(): string {
  const code = Array.from(randomBytes(codeChars), (byte) => digits[byte % digits.length]).join('');
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/** The code as it was meant: small letters, blanks, dashes and look-alikes forgiven; null when it can be no code. */
export function readCode(typed: string): string | null {
  const code = typed.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1');
  return code.length === codeChars && [...code].every((char) => digits.includes(char)) ? code : null;
}

/** A token of 256 random bits. */
export function newToken(): string {
  return `hf_k_${randomBytes(32).toString('base64url')}`;
}

/**
 * SHA-256, in base64url. For a token that is enough: nobody guesses 256 random bits, so that neither salt nor a slow
 * hash would add anything. For a code it only keeps a glance at the file from showing it, for ten minutes.
 */
export function hashSecret(secret: string): string {
  return hash('sha256', secret, 'base64url');
}
