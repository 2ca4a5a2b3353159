// Money as Adyen counts it, where that is not as ISO 4217 counts it. Source:
// https://docs.adyen.com/development-resources/currency-codes, the four marked "differs from standard". Pure.
import type { Amount } from './port.ts';

/** As Adyen calls its parts. */
export interface AdyenAmount {
  currency: string;
  value: number;
}

/** Adyen's amount is ours times or divided by this; divided, it must leave no rest. */
type Rule = { kind: 'times'; factor: number } | { kind: 'divided'; by: number };

const rules: Readonly<Record<string, Rule>> = {
  // No decimals in ISO 4217; two at Adyen.
  CLP: { kind: 'times', factor: 100 },
  ISK: { kind: 'times', factor: 100 },
  // Two decimals in ISO 4217; none at Adyen.
  CVE: { kind: 'divided', by: 100 },
  IDR: { kind: 'divided', by: 100 },
};

/** Adyen's amount, or null where Adyen cannot be told ours exactly. */
export function toAdyen({ currency, amountMinor }: Amount): AdyenAmount | null {
  const rule = rules[currency];
  const value = rule === undefined ? amountMinor : scale(amountMinor, rule);
  return value !== null && value >= 1 && Number.isSafeInteger(value) ? { currency, value } : null;
}

/** Our amount for Adyen's, or null where ours has no such part. */
export function fromAdyen({ currency, value }: AdyenAmount): Amount | null {
  const rule = rules[currency];
  const amountMinor = rule === undefined ? value : scale(value, inverse(rule));
  return amountMinor !== null && Number.isSafeInteger(amountMinor) ? { currency, amountMinor } : null;
}

function inverse(rule: Rule): Rule {
  return rule.kind === 'times' ? { kind: 'divided', by: rule.factor } : { kind: 'times', factor: rule.by };
}

function scale(amount: number, rule: Rule): number | null {
  if (rule.kind === 'times') return amount * rule.factor;
  return amount % rule.by === 0 ? amount / rule.by : null;
}
