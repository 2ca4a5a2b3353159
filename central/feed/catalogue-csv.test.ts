import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { limits } from '../../contract/limits.ts';
import { temporaryFolder } from '../fixtures/in-process-store.ts';
import { readCatalogue } from './catalogue-csv.ts';
import { mistakesListedMax } from './csv.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

function read(csv: string | Buffer, offersCsv?: string) {
  const [products, offers] = [join(folder.path, 'products.csv'), join(folder.path, 'offers.csv')];
  writeFileSync(products, csv);
  if (offersCsv !== undefined) writeFileSync(offers, offersCsv);
  return readCatalogue(products, offersCsv === undefined ? null : offers);
}

const header = 'sku,gtin,name,priceMinor,baseQuantity,sellable,quantityMax';

describe('readCatalogue', () => {
  it('reads a product with everything, and one with the least', async () => {
    const csv = `${header}\r\nA,4006381333931,"Pen, blue",150,10,false,5\r\n\r\nB,,Paper,25,,,\r\n`;
    expect(await read(`\ufeff${csv}`)).toEqual({
      kind: 'catalogue',
      splits: [],
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

  it('reads columns in any order, and lets optional ones be absent', async () => {
    expect(await read('name,priceMinor,sku\nPen,5,A')).toMatchObject({
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
    [
      'a GTIN that another product has in another length',
      `${header},codes\nA,96385074,Pen,1,,,,\nB,,Pen,1,,,,00000096385074`,
      { line: 3, column: 'codes' },
    ],
    ['a code given twice', `${header},codes\nA,96385074,Pen,1,,,,96385074`, { line: 2, column: 'codes' }],
    [
      'a code with a wrong check digit',
      `${header},codes\nA,,Pen,1,,,,96385074 96385075`,
      { line: 2, column: 'codes' },
    ],
    ['an age of nothing', 'sku,name,priceMinor,ageMin\nA,Gin,1,0', { line: 2, column: 'ageMin' }],
    [
      'a window that ends before it begins',
      'sku,name,priceMinor,priceFrom,priceUntil\nA,Pen,1,2026-12-02T00:00Z,2026-12-01T00:00Z',
      { line: 2, column: 'priceUntil' },
    ],
    [
      'a time without its zone',
      'sku,name,priceMinor,priceFrom\nA,Pen,1,2026-12-02T00:00',
      { line: 2, column: 'priceFrom' },
    ],
    [
      'a day that is not there',
      'sku,name,priceMinor,priceFrom\nA,Pen,1,2026-02-30T00:00Z',
      { line: 2, column: 'priceFrom' },
    ],
    ['a row with too many cells', `${header}\nA,,Pen,1,,,\nB,,Pen,1,,,,,`, { line: 3, column: '' }],
    ['an open quote', `${header}\nA,,"Pen,1,,,`, { line: 2, column: '' }],
  ];
  it.each(mistakes)('refuses the whole file for %s, by line and column', async (_, csv, mistake) => {
    const parsed = await read(csv);
    expect(parsed).toMatchObject({ kind: 'refused', mistakes: [mistake], mistakesTotal: 1 });
  });

  it('names everything that is wrong with a line, each column once', async () => {
    const parsed = await read(`${header}\nA,4006381333930,,-1,12,maybe,x`);
    expect(parsed.kind === 'refused' && parsed.mistakes.map(({ column }) => column).sort()).toEqual([
      'baseQuantity',
      'gtin',
      'name',
      'priceMinor',
      'quantityMax',
      'sellable',
    ]);
  });

  it('lists the first mistakes and counts them all', async () => {
    const rows = Array.from({ length: 50 }, (_, i) => `S${i},,Pen,x,,,`);
    const parsed = await read([header, ...rows].join('\n'));
    expect(parsed).toMatchObject({ kind: 'refused', mistakesTotal: 50 });
    expect(parsed.kind === 'refused' && parsed.mistakes).toHaveLength(mistakesListedMax);
  });

  it('names the line of a row that spans several', async () => {
    const parsed = await read(`${header}\nA,,"Pen\nblue",1,,,\nB,,Pen,x,,,`);
    expect(parsed).toMatchObject({
      mistakes: expect.arrayContaining([expect.objectContaining({ line: 4 })]),
    });
  });

  it('reads what a product may further have', async () => {
    const columns = 'sku,codes,name,priceMinor,priceFrom,priceUntil,taxCategory,ageMin,sellable';
    const row =
      'A,96385074 4006381333931,Gin,2500,2026-12-01T09:00+01:00,2026-12-31T23:59:59Z,spirits,18,TRUE';
    expect(await read(`${columns}\n${row}`)).toMatchObject({
      products: [
        {
          codes: ['96385074', '4006381333931'],
          priceFromMs: Date.UTC(2026, 11, 1, 8),
          priceUntilMs: Date.UTC(2026, 11, 31, 23, 59, 59),
          taxCategory: 'spirits',
          ageMin: 18,
          sellable: true,
        },
      ],
    });
  });

  it('takes no more products than a catalogue may have, and stops reading there', async () => {
    const rows = Array.from({ length: limits.catalogueProductsMax + 10 }, (_, i) => `S${i},Pen,1`);
    expect(await read(`sku,name,priceMinor\n${rows.join('\n')}`)).toMatchObject({
      kind: 'refused',
      mistakes: [{ line: limits.catalogueProductsMax + 2, problem: expect.stringContaining('250000') }],
      mistakesTotal: 1,
    });
  });

  it('refuses what is not UTF-8, even where a character falls between two reads', async () => {
    const pens = `sku,name,priceMinor\n${'A,Stift £,1\n'.repeat(40_000)}`;
    expect(await read(pens)).toMatchObject({ mistakesTotal: 39_999 });
    await expect(read(Buffer.from(pens, 'latin1'))).rejects.toMatchObject({ code: 'file_malformed' });
    await expect(readCatalogue(join(folder.path, 'none.csv'), null)).rejects.toMatchObject({
      code: 'file_missing',
    });
  });
});

describe('offers', () => {
  const products = 'sku,name,priceMinor,baseQuantity\nA,Nuts,189,100\nB,Pen,150,\n';
  const offerHeader = 'sku,quantityMin,priceMinor,baseQuantity,from,until';

  it('are the product’s, per its own base quantity unless they say otherwise', async () => {
    const offers = `${offerHeader}\nA,500,170,,,\nA,,2,1,2026-12-01T00:00Z,\nB,3,140,,,2027-01-01T00:00+00:00\n`;
    expect(await read(products, offers)).toMatchObject({
      products: [
        {
          offers: [
            { price: { priceMinor: 170, baseQuantity: 100 }, quantityMin: 500 },
            { price: { priceMinor: 2, baseQuantity: 1 }, quantityMin: 1, fromMs: Date.UTC(2026, 11, 1) },
          ],
        },
        { offers: [{ price: { priceMinor: 140, baseQuantity: 1 }, untilMs: Date.UTC(2027, 0, 1) }] },
      ],
    });
  });

  const seventeen = Array.from({ length: limits.productOffersMax + 1 }, (_, i) => `A,${i + 1},1,,,`).join(
    '\n',
  );
  it.each([
    ['for a product that is not there', 'C,1,1,,,', { line: 2, column: 'sku' }],
    ['without a price', 'A,1,,,,', { line: 2, column: 'priceMinor' }],
    ['with a negative price', 'A,1,-1,,,', { line: 2, column: 'priceMinor' }],
    ['for nothing', 'A,0,1,,,', { line: 2, column: 'quantityMin' }],
    [
      'that end before they begin',
      'A,1,1,,2026-12-02T00:00Z,2026-12-02T00:00Z',
      { line: 2, column: 'until' },
    ],
    ['that contradict each other', 'A,1,1,,,\nA,,2,,,', { line: 3, column: 'priceMinor' }],
    ['that are too many', seventeen, { line: limits.productOffersMax + 2, column: 'sku' }],
  ])('%s are refused, and their file is named', async (_, rows, mistake) => {
    expect(await read(products, `${offerHeader}\n${rows}`)).toMatchObject({
      kind: 'refused',
      mistakes: [{ file: 'offers.csv', ...mistake }],
      mistakesTotal: 1,
    });
  });
});
