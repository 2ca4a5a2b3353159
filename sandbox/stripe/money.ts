// What the acted-out processor keeps and converts, by rules that are written down so that a test can work them out too.
import * as z from 'zod';

const CurrencyCode = z.string().regex(/^[a-z]{3}$/, { error: 'use three small letters' });

export const MoneyRules = z.strictObject({
  /** What other currencies are converted to, where a rate is given. */
  currency: CurrencyCode.default('gbp'),
  /** Units of `currency` for one unit of the other. A currency without a rate has a balance of its own. */
  rates: z
    .record(CurrencyCode, z.string().regex(/^\d{1,6}(\.\d{1,9})?$/, { error: 'use 0.8543' }))
    .default({}),
  /** Of a charge, in millionths of what is settled; rounded half up to the smallest unit. */
  feeMillionths: z.int().min(0).max(1_000_000).default(14_000),
  /** And so many of the smallest unit with each charge. */
  feeMinor: z.int().min(0).max(100_000).default(20),
  /** Kept when a dispute is opened, however it ends. */
  disputeFeeMinor: z.int().min(0).max(1_000_000).default(2000),
  /** A charge is available at the beginning of the day so much later; what is taken back, at once. */
  availableDays: z.int().min(0).max(30).default(2),
});
export type MoneyRules = z.output<typeof MoneyRules>;

const noDecimals = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '));
const threeDecimals = new Set('bhd jod kwd omr tnd'.split(' '));

/** The decimals of Stripe's amounts (https://docs.stripe.com/currencies). */
export function decimalsOf(currency: string): number {
  return noDecimals.has(currency) ? 0 : threeDecimals.has(currency) ? 3 : 2;
}

/** `12.30` for 1230 of a currency with two decimals. */
export function decimalText(amount: number, currency: string): string {
  const decimals = decimalsOf(currency);
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const text = decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`;
  return amount < 0 ? `-${text}` : text;
}

export function feeOf(amount: number, { feeMillionths, feeMinor }: MoneyRules): number {
  return Math.floor((amount * feeMillionths + 500_000) / 1_000_000) + feeMinor;
}

/** Converted where there is a rate; rounded half to even to the smallest unit. */
export function settle(
  amount: number,
  currency: string,
  rules: MoneyRules,
): { amount: number; currency: string; rate: string | null } {
  const rate = currency === rules.currency ? undefined : rules.rates[currency];
  if (rate === undefined) return { amount, currency, rate: null };
  const [whole = '', fraction = ''] = rate.split('.');
  const product = BigInt(Math.abs(amount)) * BigInt(whole + fraction);
  const shift = decimalsOf(rules.currency) - decimalsOf(currency) - fraction.length;
  const converted = shift >= 0 ? product * 10n ** BigInt(shift) : halfToEven(product, 10n ** BigInt(-shift));
  return { amount: Number(converted) * (amount < 0 ? -1 : 1), currency: rules.currency, rate };
}

function halfToEven(value: bigint, by: bigint): bigint {
  const floor = value / by;
  const twice = (value % by) * 2n;
  return twice > by || (twice === by && floor % 2n === 1n) ? floor + 1n : floor;
}
