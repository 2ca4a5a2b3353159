import { describe, expect, it } from 'vitest';
import {
  type Basket,
  codeOf,
  emptyBasket,
  emptyTill,
  goodsOf,
  lineOf,
  parseTill,
  quantityMax,
  type Till,
  withMore,
  withQuantity,
} from './till.ts';

const gtin = '4006381333931';
const basket: Basket = {
  lines: [
    { gtin, quantity: 2 },
    { sku: 'HF-1', quantity: 1 },
  ],
  attestedYears: null,
};

describe('what was scanned or typed', () => {
  it.each([
    [gtin, { gtin }],
    [` ${gtin}\t`, { gtin }],
    ['12345670', { gtin: '12345670' }],
    ['036000291452', { gtin: '036000291452' }],
    ['10012345678902', { gtin: '10012345678902' }],
    ['HF-101', { sku: 'HF-101' }],
    ['123456789', { sku: '123456789' }],
    ['4242424242424242', { sku: '4242424242424242' }],
    ['', null],
    ['  ', null],
  ])('%j is %j', (text, code) => {
    expect(codeOf(text)).toEqual(code);
  });
});

describe('a basket', () => {
  it('has more of a product that is scanned again, and a new line for another', () => {
    expect(withMore(basket, { gtin }, 1).lines[0]).toEqual({ gtin, quantity: 3 });
    expect(withMore(basket, { sku: 'HF-2' }, 1).lines).toEqual([
      ...basket.lines,
      { sku: 'HF-2', quantity: 1 },
    ]);
    expect(lineOf(basket, { sku: gtin }), 'a GTIN is no article number').toBe(-1);
  });

  it.each([
    [0, 5, 5],
    [0, 2.9, 2],
    [0, 10 ** 9, quantityMax],
  ])('takes %i to %d as %d', (at, quantity, taken) => {
    expect(withQuantity(basket, at, quantity).lines[at]?.quantity).toBe(taken);
  });

  it.each([0, -1])('has no line of which there are %d', (quantity) => {
    expect(withQuantity(basket, 0, quantity).lines).toEqual([{ sku: 'HF-1', quantity: 1 }]);
  });

  it('forgets the attested age with its last line: the next customer is another', () => {
    const attested: Basket = { lines: [{ gtin, quantity: 1 }], attestedYears: 18 };
    expect(withQuantity(attested, 0, 0)).toEqual(emptyBasket);
  });

  it('is what a checkout is made of, with who attested an age', () => {
    expect(goodsOf(basket, 'till-1')).toEqual({ lines: basket.lines });
    expect(goodsOf({ ...basket, attestedYears: 18 }, 'till-1')).toEqual({
      lines: basket.lines,
      ageAttestation: { years: 18, by: 'till-1' },
    });
  });
});

describe('a till that was kept', () => {
  it.each<Till>([
    emptyTill,
    { kind: 'open', basket },
    { kind: 'open', basket: { ...emptyBasket, attestedYears: 18 } },
    { kind: 'paying', basket, saleId: 'id-1' },
    { kind: 'done', saleId: 'id-1', printed: true },
  ])('is read back: %j', (till) => {
    expect(parseTill(JSON.stringify(till))).toEqual(till);
  });

  it.each([
    null,
    '',
    '{"kind":',
    '[]',
    '7',
    '{"kind":"paying","basket":{"lines":[],"attestedYears":null}}',
    '{"kind":"open","basket":{"lines":[{"quantity":1}],"attestedYears":null}}',
    '{"kind":"open","basket":{"lines":[{"sku":"A","gtin":"1","quantity":1}],"attestedYears":null}}',
    '{"kind":"done","saleId":"id-1"}',
    '{"kind":"of a later release"}',
  ])('is an empty one when it cannot be read: %s', (text) => {
    expect(parseTill(text)).toEqual(emptyTill);
  });
});
