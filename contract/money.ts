// Money is integer minor units. A price is `priceMinor` per `baseQuantity`, so a tenth of a penny is exact.
import * as z from 'zod';
import { limits } from './limits.ts';
import { minorDigits } from './minor-digits.ts';

/** ISO 4217 alphabetic codes in use. */
const currencyCodes =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG';
const currencies: ReadonlySet<string> = new Set(currencyCodes.split(' '));

export const Currency = z.string().refine((code) => currencies.has(code), {
  error: 'use an ISO 4217 alphabetic code in capitals, such as GBP',
});

/** Minor units with the decimal point where ISO 4217 puts it, such as `-0.05`; exact, without currency. */
export function decimalText(minor: number | bigint, currency: string): string {
  const digits = minorDigits(currency);
  const sign = minor < 0 ? '-' : '';
  const text = String(minor)
    .replace('-', '')
    .padStart(digits + 1, '0');
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** UBL's BaseQuantity, restricted to powers of ten: the number of units that `priceMinor` buys. */
export const BaseQuantity = z.union([z.literal(1), z.literal(10), z.literal(100), z.literal(1000)], {
  error: 'use 1, 10, 100 or 1000',
});

export const Price = z.strictObject({
  priceMinor: z.int().min(0).max(limits.priceMinorMax),
  baseQuantity: BaseQuantity.default(1),
});
export type Price = z.infer<typeof Price>;

/** A document's total: integer minor units, above zero. */
export const TotalMinor = z.int().min(1).max(limits.totalMinorMax);

/**
 * A line's total in minor units: round-half-up(priceMinor × quantity ÷ baseQuantity).
 * Exact: both factors are within their limits, so the product stays below 2^53.
 */
export function lineTotalMinor(price: Price, quantity: number): number {
  const product = price.priceMinor * quantity;
  const remainder = product % price.baseQuantity;
  const floor = (product - remainder) / price.baseQuantity;
  return remainder * 2 >= price.baseQuantity ? floor + 1 : floor;
}

export function samePrice(a: Price, b: Price): boolean {
  return a.priceMinor * b.baseQuantity === b.priceMinor * a.baseQuantity;
}
