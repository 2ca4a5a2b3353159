// A catalogue from CSV files: all of it or none, with every mistake named by file, line and column.
import { basename } from 'node:path';
import { Product } from '../../contract/feed.ts';
import { limits } from '../../contract/limits.ts';
import type { ProductSplit } from '../ledger/split-words.ts';
import { inOrder, moment, notedIn, noteIssues, present, trueOrFalse, wholeNumber } from './cells.ts';
import { type CsvMistake, type CsvRow, type Mistakes, noMistakes, readCsv } from './csv.ts';
import { type OfferLine, readOffers } from './offers-csv.ts';
import { readSplit, splitColumns } from './split-cells.ts';

export const productColumns = [
  'sku',
  'gtin',
  'codes',
  'name',
  'priceMinor',
  'baseQuantity',
  'priceFrom',
  'priceUntil',
  'taxCategory',
  'ageMin',
  'sellable',
  'quantityMax',
  ...splitColumns,
] as const;
type Column = (typeof productColumns)[number];
const required: readonly Column[] = ['sku', 'name', 'priceMinor'];

export type ParsedCatalogue =
  | { kind: 'catalogue'; products: Product[]; splits: ProductSplit[] }
  /** `mistakesTotal` may be more than are listed. */
  | { kind: 'refused'; mistakes: CsvMistake[]; mistakesTotal: number };

/**
 * Reads the products, and their offers from a file of their own.
 * @throws CommandError file_missing, file_malformed when one is not UTF-8
 */
export async function readCatalogue(
  productsPath: string,
  offersPath: string | null,
): Promise<ParsedCatalogue> {
  const mistakes = noMistakes();
  const offers =
    offersPath === null ? new Map<string, OfferLine[]>() : await readOffers(offersPath, mistakes);
  const products: Product[] = [];
  const splits: ProductSplit[] = [];
  const repeats = createRepeats();
  for await (const row of readCsv(productsPath, { known: productColumns, required }, mistakes)) {
    if (products.length === limits.catalogueProductsMax) {
      const most = `a catalogue has at most ${limits.catalogueProductsMax} products`;
      row.wrong('', `${most}: leave out what no site sells; nothing from here on was read`);
      break;
    }
    const sku = row.cell('sku') ?? '';
    const product = readProduct(row, offers.get(sku) ?? []);
    const split = readSplit(row, sku);
    if (split) splits.push(split);
    // Known even when its line is wrong: its offers are not what has to be corrected.
    offers.delete(sku);
    if (!product) continue;
    repeats.note(row, product);
    products.push(product);
  }
  if (offersPath !== null) noteStrangers(offersPath, offers, mistakes);
  if (mistakes.total === 0) return { kind: 'catalogue', products, splits };
  return { kind: 'refused', mistakes: mistakes.listed, mistakesTotal: mistakes.total };
}

function readProduct(row: CsvRow<Column>, offers: readonly OfferLine[]): Product | null {
  const noted = notedIn(row);
  for (const column of required) {
    if (row.cell(column) === undefined) noted.row.wrong(column, 'must not be empty');
  }
  const price = present({
    priceMinor: wholeNumber(noted.row, 'priceMinor'),
    baseQuantity: wholeNumber(noted.row, 'baseQuantity'),
  });
  const window = {
    from: 'priceFrom',
    until: 'priceUntil',
    fromMs: moment(noted.row, 'priceFrom'),
    untilMs: moment(noted.row, 'priceUntil'),
  } as const;
  inOrder(noted.row, window);
  const fields = present({
    sku: row.cell('sku'),
    gtin: row.cell('gtin'),
    codes: row.cell('codes')?.split(/[\s;]+/),
    name: row.cell('name'),
    price,
    priceFromMs: window.fromMs,
    priceUntilMs: window.untilMs,
    offers: offers.length === 0 ? undefined : offers.map((line) => offerOf(line, price.baseQuantity)),
    taxCategory: row.cell('taxCategory'),
    ageMin: wholeNumber(noted.row, 'ageMin'),
    sellable: trueOrFalse(noted.row, 'sellable'),
    quantityMax: wholeNumber(noted.row, 'quantityMax'),
  });
  const parsed = Product.safeParse(fields);
  if (parsed.success && noted.wrong.size === 0) return parsed.data;
  noteIssues(noted, parsed.error?.issues ?? [], columnOf);
  return null;
}

/** @param ownBase the product's baseQuantity as written */
function offerOf({ offer, hasBaseQuantity }: OfferLine, ownBase: unknown): object {
  const baseQuantity = hasBaseQuantity ? offer.price.baseQuantity : (ownBase ?? 1);
  return { ...offer, price: { ...offer.price, baseQuantity } };
}

/** What has no column of its own is the row's. */
function columnOf(field: string): Column | '' {
  const column = field.replace(/Ms$/, '');
  return productColumns.find((name) => name === column) ?? '';
}

/** A SKU, and a code in whichever length it is written, belongs to one product. */
function createRepeats() {
  const skus = new Map<string, number>();
  const codes = new Map<number, number>();
  const noteOnce = <Key>(
    seen: Map<Key, number>,
    key: Key,
    row: CsvRow<Column>,
    column: Column,
    text: string,
  ) => {
    const first = seen.get(key);
    if (first === undefined) seen.set(key, row.line);
    else if (first === row.line) row.wrong(column, `'${text}' is given twice`);
    else row.wrong(column, `'${text}' is on line ${first} already`);
  };
  return {
    note(row: CsvRow<Column>, { sku, gtin, codes: further = [] }: Product) {
      noteOnce(skus, sku, row, 'sku', sku);
      // As a number a GTIN-8, -12 and -13 is the GTIN-14 that it stands for (GS1 General Specifications, §7.1).
      if (gtin !== undefined) noteOnce(codes, Number(gtin), row, 'gtin', gtin);
      for (const code of further) noteOnce(codes, Number(code), row, 'codes', code);
    },
  };
}

function noteStrangers(path: string, offers: ReadonlyMap<string, OfferLine[]>, mistakes: Mistakes): void {
  for (const [sku, [first]] of offers) {
    if (first)
      mistakes.add({
        file: basename(path),
        line: first.line,
        column: 'sku',
        problem: `no product has the SKU '${sku}'`,
      });
  }
}
