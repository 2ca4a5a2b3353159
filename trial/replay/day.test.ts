import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Checkout, UnlinkedRefund } from '../../contract/checkout.ts';
import { limits } from '../../contract/limits.ts';
import { basketOf } from './basket.ts';
import { deriveCatalogue } from './catalogue.ts';
import { type Invoice, priceOf, type Row, readDay } from './parse.ts';

const sample = join(import.meta.dirname, 'day.sample.csv');

function fileOf(text: string | Buffer): string {
  const file = join(mkdtempSync(join(tmpdir(), 'replay-')), 'day.csv');
  writeFileSync(file, text);
  return file;
}

const header = 'InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country';

function row(fields: Partial<Row> = {}): Row {
  return { sku: 'T1', name: 'THING', quantity: 1, price: { priceMinor: 100, baseQuantity: 1 }, ...fields };
}
function sale(...rows: Row[]): Invoice {
  return { number: '700001', kind: 'sale', rows };
}

describe('a recorded day', () => {
  it('becomes invoices, and every row that is not sold is counted by its reason', async () => {
    const { invoices, rejectedRows } = await readDay(sample);
    expect(invoices.map(({ number, rows }) => [number, rows.length])).toEqual([
      ['700001', 3],
      ['700002', 2],
      ['700003', 3],
      ['C700004', 2],
      ['700005', 0],
      ['700006', 0],
      ['700007', 2],
      ['700008', 2],
      ['C700009', 0],
      ['700010', 0],
      ['700011', 0],
      ['700012', 0],
      ['700013', 0],
      ['700014', 0],
      ['700015', 0],
    ]);
    expect(Object.fromEntries(rejectedRows)).toEqual({
      row_price_not_positive: 3,
      row_quantity_not_positive: 2,
      row_price_too_fine: 1,
      row_sku_unusable: 1,
      row_malformed: 3,
      row_above_limit: 1,
    });
  });

  it('takes the rows of a cancellation by their absolute amounts', async () => {
    const { invoices } = await readDay(sample);
    const cancellation = invoices.find(({ number }) => number === 'C700004');
    expect(cancellation).toMatchObject({ kind: 'cancellation', rows: [{ quantity: 1 }, { quantity: 3 }] });
  });

  it.each([
    ['2.55', { priceMinor: 255, baseQuantity: 1 }],
    ['3.0', { priceMinor: 300, baseQuantity: 1 }],
    ['18', { priceMinor: 1800, baseQuantity: 1 }],
    ['0.125', { priceMinor: 125, baseQuantity: 10 }],
    ['0.0014', { priceMinor: 14, baseQuantity: 100 }],
    ['0.00001', { priceMinor: 1, baseQuantity: 1000 }],
    ['1.100000', { priceMinor: 110, baseQuantity: 1 }],
    ['0.000001', 'row_price_too_fine'],
    ['0.00', 'row_price_not_positive'],
    ['-11.5', 'row_price_not_positive'],
  ])('reads %s pounds exactly', (pounds, expected) => {
    expect(priceOf(pounds)).toEqual(expected);
  });

  it.each([
    ['an empty file', ''],
    ['another table', 'a,b,c\n1,2,3\n'],
    ['a quote that never closes', `${header}\n700001,T1,"OPEN,1,2010-12-01,1.0,,UK\n`],
    ['no text at all', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x10])],
    ['a line without an end', `${header}\n${'x'.repeat(100_000)}`],
  ])('that is %s is refused with a hint', async (_, text) => {
    await expect(readDay(fileOf(text))).rejects.toMatchObject({
      code: 'input_unusable',
      hint: expect.any(String),
    });
  });

  it('that is not there is refused with a hint', async () => {
    await expect(readDay('days/missing.csv')).rejects.toMatchObject({ code: 'input_unusable' });
  });

  it('may carry a byte order mark and Windows line ends', async () => {
    const text = `\uFEFF${header}\r\n700001,T1,THING,1,2010-12-01 08:00:00,1.5,,UK\r\n`;
    const { invoices } = await readDay(fileOf(text));
    expect(invoices).toMatchObject([{ number: '700001', rows: [{ sku: 'T1' }] }]);
  });
});

describe('the catalogue of a day', () => {
  it('has each SKU, upper and lower case apart, at its most frequent price and with a name', async () => {
    const catalogue = deriveCatalogue((await readDay(sample)).invoices);
    const table = [...catalogue.values()].map(({ sku, name, price }) => [
      sku,
      name,
      price.priceMinor,
      price.baseQuantity,
    ]);
    expect(table).toEqual([
      ['T100A', 'PAPER LANTERN SMALL', 255, 1],
      ['T100a', 'PAPER LANTERN SMALL BLUE', 300, 1],
      ['T200', 'TRAY, BREAKFAST "IN BED"', 1275, 1],
      ['T300', 'RIBBON BY THE METRE', 125, 10],
      ['T310', 'PIN', 14, 100],
      ['POST', 'POSTAGE', 1800, 1],
      ['BANK CHARGES', 'Bank Charges', 1500, 1],
      ['T500', 'LAST NAME ON TWO LINES', 400, 1],
      ['T900', 'ONLY EVER GIVEN BACK', 125, 1],
    ]);
  });

  it('keeps names within the contract and takes the SKU where there is none', () => {
    const long = deriveCatalogue([sale(row({ name: 'N'.repeat(500) }))]).get('T1');
    expect(long?.name).toHaveLength(limits.nameCharsMax);
    expect(deriveCatalogue([sale(row({ name: ' ??? ' }))]).get('T1')?.name).toBe('T1');
  });
});

describe('a basket', () => {
  it('satisfies the contract for every invoice of the sample, with the totals counted by hand', async () => {
    const { invoices } = await readDay(sample);
    const catalogue = deriveCatalogue(invoices);
    const totals: Record<string, number | string> = {};
    for (const invoice of invoices) {
      const basket = basketOf(invoice, catalogue);
      totals[invoice.number] = basket.kind === 'rejected' ? basket.reason : basket.totalMinor;
      if (basket.kind === 'checkout') Checkout.parse(basket.document);
      if (basket.kind === 'refund') UnlinkedRefund.parse(basket.document);
    }
    expect(totals).toEqual({
      '700001': 6 * 255 + 2 * 300 + 1275,
      '700002': 4 * 255 + 2 * 210,
      // 187.5, 62.5 and 46.62 pence, each line rounded half up.
      '700003': 188 + 63 + 47,
      C700004: 255 + 3 * 125,
      '700005': 'invoice_nothing_to_sell',
      '700006': 'invoice_nothing_to_sell',
      '700007': 1800 + 1500,
      '700008': 4 * 400,
      C700009: 'invoice_nothing_to_sell',
      '700010': 'invoice_nothing_to_sell',
      '700011': 'invoice_nothing_to_sell',
      '700012': 'invoice_nothing_to_sell',
      '700013': 'invoice_nothing_to_sell',
      '700014': 'invoice_nothing_to_sell',
      '700015': 'invoice_nothing_to_sell',
    });
  });

  it('names a price only where it differs from the catalogue, and then as an override', () => {
    const dear = row({ price: { priceMinor: 125, baseQuantity: 10 } });
    const catalogue = deriveCatalogue([sale(row(), row(), dear)]);
    const basket = basketOf(sale(row({ quantity: 2 }), dear), catalogue);
    expect(basket).toMatchObject({
      kind: 'checkout',
      document: {
        lines: [
          { sku: 'T1', quantity: 2 },
          {
            sku: 'T1',
            quantity: 1,
            price: { priceMinor: 125, baseQuantity: 10 },
            priceOverride: { by: 'replay', reason: 'recorded' },
          },
        ],
      },
    });
  });

  it.each([
    ['invoice_too_many_lines', sale(...Array.from({ length: limits.linesMax + 1 }, () => row()))],
    [
      'invoice_above_limit',
      sale(row({ quantity: 100_000, price: { priceMinor: 1_000_000_000, baseQuantity: 1 } })),
    ],
    [
      'invoice_too_large',
      sale(...Array.from({ length: 900 }, () => row({ price: { priceMinor: 7, baseQuantity: 1 } }))),
    ],
    ['invoice_nothing_to_sell', sale(row({ price: { priceMinor: 1, baseQuantity: 1000 } }))],
  ])('is rejected as %s', (reason, invoice) => {
    const catalogue = deriveCatalogue([sale(row())]);
    expect(basketOf(invoice, catalogue)).toEqual({ kind: 'rejected', reason });
  });
});
