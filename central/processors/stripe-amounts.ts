// Money as Stripe counts it, where that is not as ISO 4217 counts it. Source: https://docs.stripe.com/currencies, "Zero-decimal
// currencies", "Three-decimal currencies" and "Special cases", held against ISO 4217 list one. Pure.
import type { Amount } from './port.ts';

/** Stripe's amount is ours times this; below 1 it must divide without a rest. */
type Rule =
  | { kind: 'times'; factor: number }
  | { kind: 'divided'; by: number }
  /** The same unit, but only every tenth amount: the last of three decimals must be 0. */
  | { kind: 'tens' }
  /** Stripe does not say, or says two things. A guess could be wrong by a factor of a hundred. */
  | { kind: 'refused' };

const rules: Readonly<Record<string, Rule>> = {
  // No decimals in ISO 4217; Stripe wants two, both 0.
  ISK: { kind: 'times', factor: 100 },
  // Two decimals in ISO 4217; Stripe counts whole ariary.
  MGA: { kind: 'divided', by: 100 },
  BHD: { kind: 'tens' },
  JOD: { kind: 'tens' },
  KWD: { kind: 'tens' },
  OMR: { kind: 'tens' },
  TND: { kind: 'tens' },
  // On the list of zero-decimal currencies, and among the special cases with two decimals.
  UGX: { kind: 'refused' },
  // Three decimals in ISO 4217; Stripe does not list them at all.
  IQD: { kind: 'refused' },
  LYD: { kind: 'refused' },
};

const digitsMax = 99_999_999;

/** Stripe's currency and amount, or null where Stripe cannot be told this amount exactly. */
export function toStripe({ currency, amountMinor }: Amount): { currency: string; amount: number } | null {
  const amount = scale(rules[currency], amountMinor);
  if (amount === null || amount < 1 || amount > digitsMax) return null;
  return { currency: currency.toLowerCase(), amount };
}

/** Our amount for Stripe's, or null where it is not known what Stripe means. */
export function fromStripe(currency: string, amount: number): Amount | null {
  const code = currency.toUpperCase();
  const rule = rules[code];
  if (rule?.kind === 'refused') return null;
  if (rule?.kind === 'divided') return { currency: code, amountMinor: amount * rule.by };
  if (rule?.kind !== 'times') return { currency: code, amountMinor: amount };
  return amount % rule.factor === 0 ? { currency: code, amountMinor: amount / rule.factor } : null;
}

function scale(rule: Rule | undefined, amountMinor: number): number | null {
  switch (rule?.kind) {
    case undefined:
      return amountMinor;
    case 'times':
      return amountMinor * rule.factor;
    case 'divided':
      return amountMinor % rule.by === 0 ? amountMinor / rule.by : null;
    case 'tens':
      return amountMinor % 10 === 0 ? amountMinor : null;
    case 'refused':
      return null;
  }
}
