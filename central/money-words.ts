// An amount for a person: `12.50 GBP`.
import { decimalText } from '../contract/money.ts';

export function moneyWords(amountMinor: number | bigint, currency: string): string {
  return `${decimalText(amountMinor, currency)} ${currency}`;
}
