import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { limits } from '../../contract/limits.ts';
import { temporaryFolder } from '../fixtures/in-process-store.ts';
import { noMistakes } from './csv.ts';
import { parseStockWord, readStockCsv, type StockWord, stockChanges, stockMistakes } from './stock-words.ts';

const folder = temporaryFolder();
afterAll(() => folder.remove());

describe('SKU=QTY', () => {
  it.each([
    ['HF-101=12', { sku: 'HF-101', quantity: 12 }],
    ['a=b=3', { sku: 'a=b', quantity: 3 }],
    ['HF-101=-2', { sku: 'HF-101', quantity: -2 }],
    ['HF-101', null],
    ['=3', null],
    ['HF-101=', null],
    ['HF-101=1.5', null],
    ['HF-101=many', null],
  ])('%s', (text, word) => expect(parseStockWord(text)).toEqual(word));
});

describe('a stock file', () => {
  const read = async (csv: string) => {
    const path = join(folder.path, 'stock.csv');
    writeFileSync(path, csv);
    const mistakes = noMistakes();
    return { words: await readStockCsv(path, mistakes), mistakes: mistakes.listed };
  };

  it('says how much, and where that is little', async () => {
    const { words, mistakes } = await read('sku,quantity,lowWater\nA,12,3\nB,-1,\n');
    expect(words).toEqual([
      { sku: 'A', quantity: 12, lowWater: 3 },
      { sku: 'B', quantity: -1 },
    ]);
    expect(mistakes).toEqual([]);
  });

  it('names the lines that it cannot read', async () => {
    const { mistakes } = await read('sku,quantity\nA,twelve\n,3\nC,\n');
    expect(mistakes.map(({ line, column }) => [line, column])).toEqual([
      [2, 'quantity'],
      [3, 'sku'],
      [4, 'quantity'],
    ]);
  });
});

describe('stock to be sent', () => {
  const most = limits.stockQuantityMax;
  it.each<[string, 'set' | 'receive' | 'count', StockWord[], number]>([
    ['a count of nothing is a count', 'count', [{ sku: 'A', quantity: 0 }], 0],
    ['less than nothing is none', 'set', [{ sku: 'A', quantity: -1 }], 1],
    ['a delivery of nothing is none', 'receive', [{ sku: 'A', quantity: 0 }], 1],
    ['breakage is a delivery below zero', 'receive', [{ sku: 'A', quantity: -2 }], 0],
    ['too much is refused', 'set', [{ sku: 'A', quantity: most + 1 }], 1],
    ['too much breakage is too', 'receive', [{ sku: 'A', quantity: -most - 1 }], 1],
    ['a low water below zero is refused', 'set', [{ sku: 'A', quantity: 1, lowWater: -1 }], 1],
    [
      'a product named twice is refused',
      'set',
      [
        { sku: 'A', quantity: 1 },
        { sku: 'A', quantity: 1 },
      ],
      1,
    ],
  ])('%s', (_, verb, words, mistakes) => expect(stockMistakes(verb, words)).toHaveLength(mistakes));

  it('is set by a count and added by a delivery', () => {
    const words = [{ sku: 'A', quantity: 4, lowWater: 1 }];
    expect(stockChanges('receive', words)).toEqual([{ sku: 'A', change: 'add', quantity: 4, lowWater: 1 }]);
    expect(stockChanges('count', words)).toEqual([{ sku: 'A', change: 'set', quantity: 4, lowWater: 1 }]);
    expect(stockChanges('set', words)).toEqual(stockChanges('count', words));
  });
});
