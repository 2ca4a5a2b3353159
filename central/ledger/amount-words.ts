// Amounts as people and other programs write them: with the decimals of their currency.
import { minorDigits } from '../../contract/money.ts';

/** `-12.50`; exact for every integer. */
export function decimalOf(amountMinor: number | bigint, currency: string): string {
  const digits = minorDigits(currency);
  const [sign, figures] = amountMinor < 0 ? ['-', String(amountMinor).slice(1)] : ['', String(amountMinor)];
  if (digits === 0) return sign + figures;
  const padded = figures.padStart(digits + 1, '0');
  return `${sign}${padded.slice(0, -digits)}.${padded.slice(-digits)}`;
}

/** `12.50 GBP`. */
export function moneyWords(amountMinor: number | bigint, currency: string): string {
  return `${decimalOf(amountMinor, currency)} ${currency}`;
}
