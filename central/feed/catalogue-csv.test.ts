import { describe, expect, it } from 'vitest';
import { mistakesListedMax, parseCatalogueCsv } from './catalogue-csv.ts';

const header = 'sku,gtin,name,priceMinor,baseQuantity,sellable,quantityMax';

describe('parseCatalogueCsv', () => {
  it('reads a product with everything, and one with the least', () => {
    const csv = `${header}\r\nA,4006381333931,"Pen, blue",150,10,false,5\r\n\r\nB,,Paper,25,,,\r\n`;
    expect(parseCatalogueCsv(`\ufeff${csv}`)).toEqual({
      kind: 'catalogue',
      products: [
        {
          sku: 'A',
          gtin: '4006381333931',
          name: 'Pen, blue',
          price: { priceMinor: 150, baseQuantity: 10 },
          sellable: false,
          quantityMax: 5,
        },
        { sku: 'B', name: 'Paper', price: { priceMinor: 25, baseQuantity: 1 }, sellable: true },
      ],
    });
  });

  it('reads columns in any order, and lets optional ones be absent', () => {
    expect(parseCatalogueCsv('name,priceMinor,sku\nPen,5,A')).toMatchObject({
      products: [{ sku: 'A', name: 'Pen' }],
    });
  });

  const mistakes: [string, string, { line: number; column: string }][] = [
    ['a missing column', 'sku,name\nA,Pen', { line: 1, column: 'priceMinor' }],
    ['a column it does not know', `${header},colour\nA,,Pen,1,,,,red`, { line: 1, column: 'colour' }],
    ['a column named twice', 'sku,name,priceMinor,sku\nA,Pen,1,A', { line: 1, column: 'sku' }],
    ['a price with a fraction', `${header}\nA,,Pen,1.5,,,`, { line: 2, column: 'priceMinor' }],
    ['a negative price', `${header}\nA,,Pen,-1,,,`, { line: 2, column: 'priceMinor' }],
    ['a price above the limit', `${header}\nA,,Pen,1000000001,,,`, { line: 2, column: 'priceMinor' }],
    ['no price', `${header}\nA,,Pen,,,,`, { line: 2, column: 'priceMinor' }],
    ['no sku', `${header}\n,,Pen,1,,,`, { line: 2, column: 'sku' }],
    [
      'a base quantity that is no power of ten',
      `${header}\nA,,Pen,1,12,,`,
      { line: 2, column: 'baseQuantity' },
    ],
    ['a GTIN with a wrong check digit', `${header}\nA,4006381333930,Pen,1,,,`, { line: 2, column: 'gtin' }],
    ['sellable neither true nor false', `${header}\nA,,Pen,1,,yes,`, { line: 2, column: 'sellable' }],
    ['a sku for the second time', `${header}\nA,,Pen,1,,,\n\nA,,Pencil,1,,,`, { line: 4, column: 'sku' }],
    [
      'a GTIN for the second time',
      `${header}\nA,4006381333931,Pen,1,,,\nB,4006381333931,Pen,1,,,`,
      { line: 3, column: 'gtin' },
    ],
    ['a row with too many cells', `${header}\nA,,Pen,1,,,\nB,,Pen,1,,,,,`, { line: 3, column: '' }],
    ['an open quote', `${header}\nA,,"Pen,1,,,`, { line: 2, column: '' }],
  ];
  it.each(mistakes)('refuses the whole file for %s, by line and column', (_, csv, mistake) => {
    const parsed = parseCatalogueCsv(csv);
    expect(parsed).toMatchObject({ kind: 'refused', mistakes: [mistake], mistakesTotal: 1 });
  });

  it('lists the first mistakes and counts them all', () => {
    const rows = Array.from({ length: 50 }, (_, i) => `S${i},,Pen,x,,,`);
    const parsed = parseCatalogueCsv([header, ...rows].join('\n'));
    expect(parsed).toMatchObject({ kind: 'refused', mistakesTotal: 50 });
    expect(parsed.kind === 'refused' && parsed.mistakes).toHaveLength(mistakesListedMax);
  });

  it('names the line of a row that spans several', () => {
    const parsed = parseCatalogueCsv(`${header}\nA,,"Pen\nblue",1,,,\nB,,Pen,x,,,`);
    expect(parsed).toMatchObject({
      mistakes: expect.arrayContaining([expect.objectContaining({ line: 4 })]),
    });
  });
});
