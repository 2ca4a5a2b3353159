// A catalogue from a CSV file: all of it or none, with every mistake named by line and column.
import { CsvError, parse } from 'csv-parse/sync';
import { Product } from '../../contract/feed.ts';

const columns = ['sku', 'gtin', 'name', 'priceMinor', 'baseQuantity', 'sellable', 'quantityMax'] as const;
type Column = (typeof columns)[number];
const required: readonly Column[] = ['sku', 'name', 'priceMinor'];

export interface CsvMistake {
  /** As an editor counts: the header is line 1. */
  line: number;
  column: string;
  problem: string;
}

export type ParsedCatalogue =
  | { kind: 'catalogue'; products: Product[] }
  /** `mistakesTotal` may be more than are listed. */
  | { kind: 'refused'; mistakes: CsvMistake[]; mistakesTotal: number };

export const mistakesListedMax = 20;

interface Row {
  record: Record<string, string>;
  info: { lines: number };
}

/** Parses UTF-8 text with a header line naming the columns; gtin, baseQuantity, sellable and quantityMax may be empty. */
export function parseCatalogueCsv(text: string): ParsedCatalogue {
  const mistakes: CsvMistake[] = [];
  const rows = readRows(text, mistakes);
  // With a wrong header every row would be wrong too: one mistake is enough to read.
  if (mistakes.length > 0) return refused(mistakes);
  const products: Product[] = [];
  const seen = { sku: new Map<string, number>(), gtin: new Map<string, number>() };
  for (const { record, info } of rows) {
    const product = readProduct(record, info.lines, mistakes);
    if (!product) continue;
    noteRepeat(seen.sku, 'sku', product.sku, info.lines, mistakes);
    if (product.gtin !== undefined) noteRepeat(seen.gtin, 'gtin', product.gtin, info.lines, mistakes);
    products.push(product);
  }
  return mistakes.length === 0 ? { kind: 'catalogue', products } : refused(mistakes);
}

function refused(mistakes: readonly CsvMistake[]): ParsedCatalogue {
  return {
    kind: 'refused',
    mistakes: mistakes.slice(0, mistakesListedMax),
    mistakesTotal: mistakes.length,
  };
}

function readRows(text: string, mistakes: CsvMistake[]): Row[] {
  try {
    return parse(text, {
      bom: true,
      info: true,
      skip_empty_lines: true,
      columns: (header: string[]) => {
        mistakes.push(...headerMistakes(header));
        // An unknown column is named once, above, and left out of every row.
        return header.map((name) => (isColumn(name) ? name : false));
      },
    }) as unknown as Row[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = Number((error as CsvError & { lines?: number }).lines ?? 1);
    mistakes.push({ line, column: '', problem: error.message });
    return [];
  }
}

function headerMistakes(header: readonly string[]): CsvMistake[] {
  const missing = required.filter((name) => !header.includes(name));
  const strange = header.filter((name) => !isColumn(name));
  const twice = header.filter((name, i) => header.indexOf(name) !== i);
  const mistake = (column: string, problem: string): CsvMistake => ({ line: 1, column, problem });
  return [
    ...missing.map((name) => mistake(name, 'this column is missing from the header')),
    ...strange.map((name) => mistake(name, `not a column; use ${columns.join(',')}`)),
    ...twice.map((name) => mistake(name, 'this column is there twice')),
  ];
}

function isColumn(name: string): name is Column {
  return columns.some((column) => column === name);
}

function readProduct(record: Record<string, string>, line: number, mistakes: CsvMistake[]): Product | null {
  const cell = (column: Column): string | undefined => record[column]?.trim() || undefined;
  const before = mistakes.length;
  for (const column of required) {
    if (cell(column) === undefined) mistakes.push({ line, column, problem: 'must not be empty' });
  }
  const whole = (column: Column): number | undefined => {
    const text = cell(column);
    if (text === undefined) return undefined;
    if (/^\d{1,15}$/.test(text)) return Number(text);
    mistakes.push({ line, column, problem: `'${text}' is not a whole number` });
    return undefined;
  };
  const price = { priceMinor: whole('priceMinor'), baseQuantity: whole('baseQuantity') };
  const quantityMax = whole('quantityMax');
  const sellable = readSellable(cell('sellable'), line, mistakes);
  if (mistakes.length > before) return null;

  const { gtin, ...named } = { sku: cell('sku'), name: cell('name'), gtin: cell('gtin') };
  const parsed = Product.safeParse({
    ...named,
    ...(gtin === undefined ? {} : { gtin }),
    ...(quantityMax === undefined ? {} : { quantityMax }),
    ...(sellable === undefined ? {} : { sellable }),
    price: price.baseQuantity === undefined ? { priceMinor: price.priceMinor } : price,
  });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    mistakes.push({ line, column: String(issue.path.at(-1) ?? ''), problem: issue.message });
  }
  return null;
}

function readSellable(text: string | undefined, line: number, mistakes: CsvMistake[]): boolean | undefined {
  if (text === undefined) return undefined;
  if (text === 'true' || text === 'false') return text === 'true';
  mistakes.push({ line, column: 'sellable', problem: `'${text}' is neither true nor false` });
  return undefined;
}

function noteRepeat(
  seen: Map<string, number>,
  column: Column,
  value: string,
  line: number,
  mistakes: CsvMistake[],
): void {
  const first = seen.get(value);
  if (first !== undefined) mistakes.push({ line, column, problem: `'${value}' is on line ${first} already` });
  else seen.set(value, line);
}
