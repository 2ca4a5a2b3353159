// Minor units for people to read.
import { decimalText } from '../contract/money.ts';

/** Such as "58,960.79 GBP"; the digits of the minor unit as ISO 4217 has them. */
export function formatMoney(minor: number, currency: string): string {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(.*)$/.exec(decimalText(minor, currency)) ?? [];
  return `${sign}${BigInt(whole).toLocaleString('en')}${fraction} ${currency}`;
}
