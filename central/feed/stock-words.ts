// What a person says of stock, as changes for the feed: SKU=QTY on a command line, or a line of a CSV file.
import { limits } from '../../contract/limits.ts';
import type { StockChange } from '../ledger/published.ts';
import { wholeNumber } from './cells.ts';
import { type Mistakes, readCsv } from './csv.ts';

/** set and count say how much there is, receive how much came (or, below zero, went). */
export type StockVerb = 'set' | 'receive' | 'count';

export const stockColumns = ['sku', 'quantity', 'lowWater'] as const;

export interface StockWord {
  sku: string;
  quantity: number;
  lowWater?: number;
}

/** `SKU=QTY`, the SKU being all before the last `=`; null when it is none. */
export function parseStockWord(text: string): StockWord | null {
  const [, sku, quantity] = /^(.+)=(-?\d{1,15})$/u.exec(text) ?? [];
  return sku === undefined ? null : { sku: sku.trim(), quantity: Number(quantity) };
}

/** The lines of a file with the columns sku, quantity and, if wanted, lowWater. */
export async function readStockCsv(path: string, mistakes: Mistakes): Promise<StockWord[]> {
  const words: StockWord[] = [];
  const columns = { known: stockColumns, required: ['sku', 'quantity'] as const };
  for await (const row of readCsv(path, columns, mistakes)) {
    if (words.length === limits.catalogueProductsMax) {
      row.wrong('', `more than ${limits.catalogueProductsMax} lines; nothing after this one was read`);
      break;
    }
    for (const column of columns.required) {
      if (row.cell(column) === undefined) row.wrong(column, 'must not be empty');
    }
    const [sku, quantity, lowWater] = [
      row.cell('sku'),
      wholeNumber(row, 'quantity'),
      wholeNumber(row, 'lowWater'),
    ];
    if (sku === undefined || quantity === undefined) continue;
    words.push({ sku, quantity, ...(lowWater === undefined ? {} : { lowWater }) });
  }
  return words;
}

/** What is wrong with the words together, one a line; none when they can be sent. */
export function stockMistakes(verb: StockVerb, words: readonly StockWord[]): string[] {
  const seen = new Set<string>();
  return words.flatMap(({ sku, quantity, lowWater }) => {
    const twice = seen.has(sku) ? [`${sku}: is there twice`] : [];
    seen.add(sku);
    return [
      ...twice,
      ...quantityMistakes(verb, quantity).map((problem) => `${sku}: ${problem}`),
      ...lowWaterMistakes(sku, lowWater),
    ];
  });
}

export function stockChanges(verb: StockVerb, words: readonly StockWord[]): StockChange[] {
  const change = verb === 'receive' ? 'add' : 'set';
  return words.map((word) => ({ ...word, change }));
}

function quantityMistakes(verb: StockVerb, quantity: number): string[] {
  if (Math.abs(quantity) > limits.stockQuantityMax) return [`no more than ${limits.stockQuantityMax}`];
  if (verb === 'receive') return quantity === 0 ? ['nothing came'] : [];
  return quantity < 0 ? ['there cannot be less than nothing'] : [];
}

function lowWaterMistakes(sku: string, lowWater: number | undefined): string[] {
  if (lowWater === undefined || (lowWater >= 0 && lowWater <= limits.stockQuantityMax)) return [];
  return [`${sku}: lowWater must be from 0 to ${limits.stockQuantityMax}`];
}
