import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { amountMinor, currencyCode, type Notation, xmlDecimal } from './amount.ts';

const english: Notation = { point: '.', ungrouped: false };
const german: Notation = { point: ',', ungrouped: false };

describe('amountMinor', () => {
  const read: [text: string, currency: string, notation: Notation, minor: number][] = [
    ['12.34', 'GBP', english, 1234],
    ['-0.07', 'GBP', english, -7],
    ['+5', 'EUR', english, 500],
    ['0.1', 'EUR', english, 10],
    ['-0.00', 'EUR', english, 0],
    ['12,34', 'EUR', german, 1234],
    ['15568,', 'EUR', german, 1556800],
    ['5000', 'JPY', english, 5000],
    ['5000.00', 'JPY', english, 5000],
    ['1.234', 'KWD', english, 1234],
    ['754.250', 'EUR', xmlDecimal, 75425],
    // 0.29 * 100 is 28.999999999999996 to a float.
    ['0.29', 'USD', english, 29],
    ['90071992547409.91', 'USD', english, 9007199254740991],
    ['-90071992547409.91', 'USD', english, -9007199254740991],
  ];
  it.each(read)('reads %s %s', (text, currency, notation, minor) => {
    expect(amountMinor(text, currency, notation)).toEqual({ kind: 'amount', minor });
  });

  const refused: [text: string, currency: string, notation: Notation, kind: string][] = [
    ['', 'GBP', english, 'malformed'],
    ['12,34', 'GBP', english, 'malformed'],
    ['1,234.00', 'GBP', english, 'malformed'],
    ['1.234,00', 'EUR', german, 'malformed'],
    ['1.005', 'USD', xmlDecimal, 'malformed'],
    ['1.000', 'EUR', english, 'malformed'],
    ['0.5', 'JPY', english, 'malformed'],
    ['1e3', 'GBP', english, 'malformed'],
    ['£5', 'GBP', english, 'malformed'],
    ['NaN', 'GBP', english, 'malformed'],
    ['٣.٠٠', 'GBP', english, 'malformed'],
    ['90071992547409.92', 'USD', english, 'too_large'],
    ['999999999999999999999', 'JPY', english, 'too_large'],
  ];
  it.each(refused)('refuses %s %s', (text, currency, notation, kind) => {
    expect(amountMinor(text, currency, notation)).toEqual({ kind });
  });

  it('reads back every amount that it is given', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), fc.constantFrom('.', ','), (minor, point) => {
        const digits = String(Math.abs(minor)).padStart(3, '0');
        const text = `${minor < 0 ? '-' : ''}${digits.slice(0, -2)}${point}${digits.slice(-2)}`;
        expect(amountMinor(text, 'GBP', { point: point as '.' | ',', ungrouped: false })).toEqual({
          kind: 'amount',
          minor: minor === 0 ? 0 : minor,
        });
      }),
    );
  });
});

describe('currencyCode', () => {
  it('takes either case, and knows what is no currency', () => {
    expect(['gbp', 'EUR', 'GBX', '', 'pounds', '826'].map(currencyCode)).toEqual([
      'GBP',
      'EUR',
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
