// GTIN-8, -12, -13 and -14 with their check digit (GS1 General Specifications, §7.9).
import * as z from 'zod';

const lengths: ReadonlySet<number> = new Set([8, 12, 13, 14]);

/** True when the text is a GTIN of a known length whose last digit is its check digit. */
export function isGtin(text: string): boolean {
  if (!lengths.has(text.length) || !/^\d+$/.test(text)) return false;
  return gtinCheckDigit(text.slice(0, -1)) === Number(text.at(-1));
}

/** The GS1 check digit of the digits before it: weights 3 and 1 from the right. */
export function gtinCheckDigit(digits: string): number {
  let sum = 0;
  for (let i = 0; i < digits.length; i++)
    sum += Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 3 : 1);
  return (10 - (sum % 10)) % 10;
}

export const Gtin = z
  .string()
  .max(14)
  .refine(isGtin, { error: 'not a GTIN-8, -12, -13 or -14 with a valid check digit' });
