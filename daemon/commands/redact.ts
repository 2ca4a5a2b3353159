// What leaves the box in a support bundle must hold no secret: keys, codes, tokens, and whatever looks like a card number.
import { holdsCardNumber } from '../checkout/card-number.ts';

const redacted = '[redacted]';
const pemKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
/** As JSON, TOML and headers write a name and its value. */
const named =
  /((?:["']?)\b(?:[a-z]*(?:token|secret|password|passphrase|pin|apikey)|code|authorization|cookie|fingerprint)\b["']?\s*[:=]\s*)("(?:[^"\\]|\\.)*"|'[^']*'|(?:Bearer |Basic )?[^\s,;}\]]+)/gi;
/** Kiosk tokens and pairing codes by their shape, wherever they stand. */
const bearer = /\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/g;
const paymentToken = /\b(?:tok|pm|src|card|cus)_[A-Za-z0-9_]{4,}\b/g;

/** A condition's, a problem's or an exit's code is no secret: it says what happened. */
const harmlessCode = /^"?[a-z][a-z0-9_]{2,40}"?$/;

export function redact(text: string): string {
  return text
    .replace(pemKey, redacted)
    .replace(named, (all, name: string, value: string) =>
      /\bcode\b/i.test(name) && harmlessCode.test(value) ? all : `${name}"${redacted}"`,
    )
    .replace(bearer, `$1 ${redacted}`)
    .replace(paymentToken, redacted)
    .split('\n')
    .map((line) => (holdsCardNumber(line) ? redacted : line))
    .join('\n');
}
