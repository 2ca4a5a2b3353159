// One-time codes: 80 random bits in Crockford's base32, easy to read aloud. Only a hash of one is ever kept.
import { createHash, randomBytes } from 'node:crypto';

/** Without I, L, O and U, which are mistaken for other signs or make words. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const CODE_CHARS = 16;

/** `7Q3M-0K9D-XW2H-51TA`. */
export function newCode(): string {
  const bits = BigInt(`0x${randomBytes(10).toString('hex')}`);
  const signs = Array.from({ length: CODE_CHARS }, (_, i) => {
    const digit = Number((bits >> BigInt(5 * (CODE_CHARS - 1 - i))) & 31n);
    return ALPHABET[digit];
  }).join('');
  return signs.replace(/(.{4})(?=.)/g, '$1-');
}

/** As it was made, whatever a person made of case, hyphens, O for 0 and I or L for 1; null when it cannot be a code. */
export function plainCode(typed: string): string | null {
  const signs = typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1');
  return signs.length === CODE_CHARS && [...signs].every((sign) => ALPHABET.includes(sign)) ? signs : null;
}

/** 80 random bits that live for days and a few tries: the hash needs no stretching. */
export function hashCode(plain: string): Buffer {
  return createHash('sha256').update(`holdfast enrolment ${plain}`).digest();
}
