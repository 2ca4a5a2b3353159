// The guard that keeps card numbers out (I11). It looks at a whole JSON text as it was sent, every name, string and
// number of it, whether it parses or not, and reports that a card number is there, never which one.
//
// A card number is a run of 12 to 19 digits, separators ignored, whose issuer range, length and Luhn digit all fit
// (ISO/IEC 7812-1). Exempt, because a tenth of all honest numbers passes Luhn by chance: a valid GTIN in a `gtin`
// or `sku` field (docs/decisions/0010), a UUID, a digest of 32, 40 or 64 hex digits, and a telephone number with a plus and at most 13 digits. (E.164
// allows 15, but no country's numbers of 14 or 15 begin as an American Express or Diners Club card does.)

import { isGtin } from '../../contract/gtin.ts';

/** True when the text, JSON or not, holds a card number. */
export function holdsCardNumber(text: string): boolean {
  // Almost every body ends here. Within plain ASCII nothing can hide a digit, and honest numbers rarely fit.
  if (asciiWithoutEscapes.test(text) && !runsHoldCardNumber(text)) return false;
  const named = text.replace(productField, (field, gtin: string) => (isGtin(gtin) ? '|' : field));
  const plain = asciiDigits(withoutEscapes(named));
  return runsHoldCardNumber(plain.replace(uuid, '|').replace(digest, '|').replace(telephone, '|'));
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII itself, without the backslash
const asciiWithoutEscapes = /^[\x00-\x5b\x5d-\x7f]*$/;
/** Separators people put inside a card number: spaces of any width, dashes, dots, underscores, what cannot be seen. */
const separator = '[\\s\\p{Pd}\\p{Cf}\\p{Cc}\\p{M}\\u2212\\u00b7._]';
const digitRuns = new RegExp(`\\d(?:${separator}{0,3}\\d){11,}`, 'gu');
/** As JSON writes it: a quote within a string is escaped, so this is a field and never the inside of another. */
const productField = /"(?:gtin|sku)"\s*:\s*"(\d{8,14})"/g;
const uuid =
  /(?<![0-9a-z])[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(?![0-9a-z])/gi;
/** As card fingerprints are written: one in two thousand holds a card number by chance, and would be refused for ever. */
const digest = /(?<![0-9a-z])(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})(?![0-9a-z])/gi;
const telephone = new RegExp(`\\+[1-9](?:${separator}{0,2}\\d){6,12}(?!${separator}{0,3}\\d)`, 'gu');

/** Each escape as the character it stands for (RFC 8259 §7); the white ones as spaces. */
function withoutEscapes(text: string): string {
  return text.replace(/\\(?:u([0-9a-f]{4})|(.))/gis, (_, code: string | undefined, char: string) =>
    code !== undefined ? String.fromCharCode(Number.parseInt(code, 16)) : 'bfnrt'.includes(char) ? ' ' : char,
  );
}

function runsHoldCardNumber(text: string): boolean {
  for (const [run] of text.matchAll(digitRuns)) {
    if (runHoldsCardNumber(run.match(/\d+/g) ?? [])) return true;
  }
  return false;
}

/** Every stretch of whole groups: a card number may stand beside other digits, but not inside a longer solid run. */
function runHoldsCardNumber(groups: readonly string[]): boolean {
  for (let first = 0; first < groups.length; first++) {
    let digits = '';
    for (let last = first; last < groups.length && digits.length < 19; last++) {
      digits += groups[last];
      if (isCardNumber(digits)) return true;
    }
  }
  return false;
}

/** Full-width, superscript, Arabic-Indic and other digits as 0 to 9, so that no script hides a number. */
function asciiDigits(text: string): string {
  return text.replace(/(?![0-9])[\p{Nd}\p{No}]/gu, (char) =>
    char.normalize('NFKC').replace(/(?![0-9])\p{Nd}/gu, digitValue),
  );
}

/** Unicode lays the ten digits of a script in one row: count back to its zero. */
function digitValue(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++;
  return String(value);
}

interface IssuerRange {
  /** First and last prefix of the range, of equal length. */
  from: string;
  to: string;
  lengthMin: number;
  lengthMax: number;
}

/** Issuer ranges as the schemes publish them; UATP (1…, airline accounts) is left out: it is every timestamp's range. */
const issuerRanges: readonly IssuerRange[] = [
  ['4', '4', 13, 13], // Visa, the old length
  ['4', '4', 16, 16], // Visa
  ['4', '4', 19, 19], // Visa
  ['51', '55', 16, 16], // Mastercard
  ['2221', '2720', 16, 16], // Mastercard
  ['34', '34', 15, 15], // American Express
  ['37', '37', 15, 15], // American Express
  ['300', '305', 14, 19], // Diners Club
  ['3095', '3095', 14, 19], // Diners Club
  ['36', '36', 14, 19], // Diners Club
  ['38', '39', 14, 19], // Diners Club
  ['3528', '3589', 16, 19], // JCB
  ['6011', '6011', 16, 19], // Discover
  ['644', '649', 16, 19], // Discover
  ['65', '65', 16, 19], // Discover, RuPay
  ['62', '62', 16, 19], // UnionPay
  ['81', '82', 16, 19], // UnionPay, RuPay
  ['60', '60', 16, 16], // RuPay
  ['2200', '2204', 16, 19], // Mir
  ['5018', '5020', 12, 19], // Maestro, Dankort
  ['5038', '5038', 12, 19], // Maestro
  ['5893', '5893', 12, 19], // Maestro
  ['6304', '6304', 12, 19], // Maestro
  ['6759', '6759', 12, 19], // Maestro
  ['6761', '6763', 12, 19], // Maestro
  ['50', '50', 16, 19], // Maestro, Verve, Elo
  ['56', '58', 16, 19], // Maestro
  ['67', '67', 16, 19], // Maestro, Bancontact
  ['636', '639', 16, 19], // InterPayment, InstaPayment
  ['9792', '9792', 16, 16], // Troy
].map(([from, to, lengthMin, lengthMax]) => ({ from, to, lengthMin, lengthMax }) as IssuerRange);

function isCardNumber(digits: string): boolean {
  return (
    digits.length >= 12 &&
    digits.length <= 19 &&
    passesLuhn(digits) &&
    issuerRanges.some(({ from, to, lengthMin, lengthMax }) => {
      const prefix = digits.slice(0, from.length);
      return digits.length >= lengthMin && digits.length <= lengthMax && prefix >= from && prefix <= to;
    })
  );
}

/** The Luhn formula (ISO/IEC 7812-1, annex B). */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
