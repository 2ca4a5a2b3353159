// Amounts as files write them, in minor units: read digit by digit, never through a float.
import { Currency } from '../../contract/money.ts';

/** The digits of the minor unit by ISO 4217, where they are not 2. */
const digitsByCurrency: ReadonlyMap<string, number> = new Map([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'
    .split(' ')
    .map((code): [string, number] => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code): [string, number] => [code, 3]),
]);

/** How a file writes a decimal fraction. */
export interface Notation {
  point: '.' | ',';
  /**
   * Whether thousands are never grouped in this kind of file. Where they might be, `1.000` of a currency with two digits
   * is either one or a thousand, and is refused.
   */
  ungrouped: boolean;
}

/** XML Schema's decimal. */
export const xmlDecimal: Notation = { point: '.', ungrouped: true };

export type AmountResult =
  | { kind: 'amount'; minor: number }
  /** Not a number in this notation, or finer than the minor unit. */
  | { kind: 'malformed' }
  /** Beyond 2^53: it could not be added up exactly. */
  | { kind: 'too_large' };

const shapes = {
  '.': /^([+-]?)(\d{1,30})(?:\.(\d{0,12}))?$/,
  ',': /^([+-]?)(\d{1,30})(?:,(\d{0,12}))?$/,
};

/** A decimal amount of a known currency in its minor units. Zeros beyond the minor unit are taken, other digits are not. */
export function amountMinor(text: string, currency: string, { point, ungrouped }: Notation): AmountResult {
  const parts = shapes[point].exec(text);
  if (parts === null) return { kind: 'malformed' };
  const [, sign, whole = '', fraction = ''] = parts;
  const digits = digitsByCurrency.get(currency) ?? 2;
  if (!ungrouped && fraction.length === 3 && digits !== 3) return { kind: 'malformed' };
  if (/[1-9]/.test(fraction.slice(digits))) return { kind: 'malformed' };
  // Up to 15 digits a number is exact; only what is longer needs a bigint to be judged.
  const minorDigits = whole + fraction.slice(0, digits).padEnd(digits, '0');
  const minor = minorDigits.length <= 15 ? Number(minorDigits) : safe(BigInt(minorDigits));
  if (minor === undefined) return { kind: 'too_large' };
  return { kind: 'amount', minor: sign === '-' && minor !== 0 ? -minor : minor };
}

/** A currency code in either case, as ISO 4217 writes it; undefined when it is none. */
export function currencyCode(text: string): string | undefined {
  const known = knownCodes.get(text);
  if (known !== undefined) return known;
  const upper = text.toUpperCase();
  if (!Currency.safeParse(upper).success) return undefined;
  knownCodes.set(text, upper);
  return upper;
}

/** A schema costs a microsecond, a million rows are of a handful of currencies. Bounded: only real codes get in. */
const knownCodes = new Map<string, string>();

function safe(minor: bigint): number | undefined {
  return minor <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(minor) : undefined;
}
