// The guard that keeps card numbers out (I11). It looks at every string, number and name of a JSON text, and reports
// that a card number is there, never which one.
//
// A card number is a run of 12 to 19 digits, separators ignored, whose issuer range, length and Luhn digit all fit
// (ISO/IEC 7812-1). Exempt, because a tenth of all honest numbers passes Luhn by chance: a valid GTIN in a `gtin`
// field, a UUID, and a telephone number in E.164 form (a plus and at most 15 digits).

import { isGtin } from '../../contract/gtin.ts';

/** True when the JSON text, or the plain text when it is no JSON, holds a card number. */
export function holdsCardNumber(text: string): boolean {
  if (!mayHoldCardNumber.test(text)) return false;
  let found = false;
  const look = (key: string, value: unknown, context: { source?: string }): null => {
    const honest = key === 'gtin' && typeof value === 'string' && isGtin(value);
    if (!honest && typeof value === 'string') found ||= textHoldsCardNumber(value);
    // A number beyond 2^53 is rounded in `value`; its source is as it was sent.
    if (typeof value === 'number') found ||= textHoldsCardNumber(context.source ?? String(value));
    found ||= textHoldsCardNumber(key);
    return null;
  };
  try {
    JSON.parse(text, look as (key: string, value: unknown) => unknown);
    return found;
  } catch {
    return textHoldsCardNumber(text);
  }
}

/** Separators people put inside a card number: spaces of any width, dashes, dots, underscores, invisible characters. */
const separator = '[\\s\\p{Pd}\\p{Cf}\\u2212\\u00b7._]';
/** A cheap first look: enough digits close together, an escape that may hide one, or a digit of another script. */
const mayHoldCardNumber = new RegExp(`\\d(?:${separator}{0,3}\\d){11}|\\\\u|[^\\x00-\\x7f]`, 'u');
const digitRuns = new RegExp(`\\d(?:${separator}{0,3}\\d){11,}`, 'gu');
const uuid =
  /(?<![0-9a-z])[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}(?![0-9a-z])/gi;
const telephone = new RegExp(`\\+[1-9](?:${separator}{0,2}\\d){6,14}(?!${separator}{0,3}\\d)`, 'gu');

function textHoldsCardNumber(text: string): boolean {
  const plain = asciiDigits(text).replace(uuid, '|').replace(telephone, '|');
  for (const [run] of plain.matchAll(digitRuns)) {
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

/** Full-width, Arabic-Indic and other decimal digits as 0 to 9, so that no script hides a number. */
function asciiDigits(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII itself
  if (/^[\x00-\x7f]*$/.test(text)) return text;
  return text.normalize('NFKC').replace(/\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0) ?? 0;
    let value = 0;
    // Unicode lays the ten digits of a script in one row: count back to its zero.
    while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value++;
    return String(value);
  });
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
  ['56', '58', 16, 19], // Maestro
  ['5060', '5061', 16, 19], // Verve
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
