import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Gtin, gtinCheckDigit, isGtin } from './gtin.ts';

describe('a GTIN', () => {
  it.each([
    ['4006381333931', 'a pencil, GTIN-13'],
    ['5901234123457', 'the example of GS1, GTIN-13'],
    ['036000291452', 'a box of tissues, GTIN-12'],
    ['96385074', 'the example of GS1, GTIN-8'],
    ['10614141000415', 'the example of GS1, GTIN-14'],
  ])('%s: %s', (text) => expect(isGtin(text)).toBe(true));

  it('of 8, 12, 13 or 14 digits has one check digit of ten', () => {
    const bodies = fc.constantFrom(7, 11, 12, 13).chain((length) => digits(length));
    fc.assert(
      fc.property(bodies, (body) => {
        const valid = [...'0123456789'].filter((digit) => isGtin(body + digit));
        expect(valid).toEqual([String(gtinCheckDigit(body))]);
      }),
    );
  });

  it('is the same number when it is padded to 14 digits', () => {
    fc.assert(
      fc.property(digits(12), (body) => {
        const gtin = `${body}${gtinCheckDigit(body)}`;
        expect(isGtin(gtin.padStart(14, '0'))).toBe(true);
      }),
    );
  });

  it('has no other length and nothing but ASCII digits', () => {
    for (const text of ['', '0', '4006381333930', '400638133393', '４006381333931', ' 4006381333931']) {
      expect(Gtin.safeParse(text).success).toBe(false);
    }
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (!/^\d+$/.test(text)) expect(isGtin(text)).toBe(false);
      }),
    );
    expect(isGtin('0'.repeat(9))).toBe(false);
    expect(isGtin('0'.repeat(15))).toBe(false);
  });
});

function digits(length: number): fc.Arbitrary<string> {
  return fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length })
    .map((d) => d.join(''));
}
