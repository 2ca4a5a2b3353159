// Codes from an authenticator app: TOTP (RFC 6238) as every app knows it, SHA-1, six digits, half a minute. No clock, no
// database.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';

const stepSeconds = 30;
const digits = 6;
/** A phone's clock may be off by so many steps. */
const stepsAside = 1;

export const TotpCode = z.string().regex(/^\d{6}$/, { error: 'use the six digits that the app shows' });

/** As long as its hash (RFC 4226 §4). */
export function newTotpSecret(): Buffer {
  return randomBytes(20);
}

/**
 * The step that the code belongs to; null when it is none of these minutes.
 * @param after the newest step that was used: a code counts once (RFC 6238 §5.2)
 */
export function totpStep(secret: Uint8Array, code: string, nowMs: number, after: number): number | null {
  const now = Math.floor(nowMs / 1000 / stepSeconds);
  if (!TotpCode.safeParse(code).success) return null;
  for (let step = now + stepsAside; step >= now - stepsAside; step--) {
    if (step <= after) return null;
    if (timingSafeEqual(Buffer.from(totpCode(secret, step)), Buffer.from(code))) return step;
  }
  return null;
}

/** The code of a step (RFC 4226 §5.3). */
export function totpCode(secret: Uint8Array, step: number, length = digits): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 0xf;
  const number = (mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** length;
  return String(number).padStart(length, '0');
}

/** RFC 4648 §6, without padding: what a person types where a picture cannot be taken. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(Number.parseInt(five.padEnd(5, '0'), 2)))
    .join('');
}

/** What the QR code says: the form that authenticator apps have in common. */
export function totpUri(secret: Uint8Array, name: string): string {
  return `otpauth://totp/Holdfast:${encodeURIComponent(name)}?secret=${base32(secret)}&issuer=Holdfast`;
}
