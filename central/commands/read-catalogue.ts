// The catalogue in the files named on the command line.
import { Option } from 'commander';
import type { Product } from '../../contract/feed.ts';
import { CommandError } from '../errors.ts';
import { productColumns, readCatalogue } from '../feed/catalogue-csv.ts';
import { type CsvMistake, mistakesListedMax } from '../feed/csv.ts';
import { offerColumns } from '../feed/offers-csv.ts';
import type { ProductSplit } from '../ledger/split-words.ts';

export interface ReadCatalogue {
  products: Product[];
  splits: ProductSplit[];
}

/** @throws CommandError catalogue_malformed naming files, lines and columns */
export async function readProducts(file: string, offersFile: string | null): Promise<ReadCatalogue> {
  const parsed = await readCatalogue(file, offersFile);
  if (parsed.kind === 'catalogue') return parsed;
  const hint = 'Nothing has changed. Correct the lines named and give the whole file again.';
  throw new CommandError('catalogue_malformed', `${file} was not taken`, hint, {
    details: describeMistakes(parsed.mistakes, parsed.mistakesTotal),
  });
}

/** The mistakes one a line, and how many more there are. */
export function describeMistakes(mistakes: readonly CsvMistake[], total: number): string[] {
  const details = mistakes.map(
    ({ file, line, column, problem }) => `${file} line ${line}, ${column || 'row'}: ${problem}`,
  );
  return total > mistakesListedMax ? [...details, `and ${total - mistakes.length} more`] : details;
}

export function offersOption(): Option {
  return new Option('--offers <file>', 'special prices, a CSV file of their own');
}

/** The form of both files, for --help. */
export const catalogueFilesHelp = `Products, UTF-8 with a header line; sku, name and priceMinor must be there:
  ${columnLines(productColumns)}
  priceMinor      for baseQuantity pieces, grams or millilitres
  baseQuantity    1, 10, 100 or 1000; 1 unless told
  codes           further GTINs of the product, with spaces between
  priceFrom       from when the price holds and until when, with the zone:
  priceUntil      2026-12-01T09:00+00:00
  taxCategory     a name among the policy's tax.rates
  ageMin          years a customer must have
  sellable        true or false
  quantityMax     on one line of a checkout
  payee           whose it is, several with spaces between; the house's unless
                  told
  payeeBasisPoints
                  their shares in that order, 10000 together at most, the rest
                  is the house's; 10000 unless told
  feeBasisPoints  what the marketplace keeps of their shares

Offers, a line each; sku and priceMinor must be there, the cheapest applies:
  ${columnLines(offerColumns)}
  quantityMin     from how many on; 1 unless told
  baseQuantity    the product's unless told`;

function columnLines(columns: readonly string[]): string {
  const half = Math.ceil(columns.length / 2);
  if (columns.length <= 6) return columns.join(',');
  return `${columns.slice(0, half).join(',')},\n  ${columns.slice(half).join(',')}`;
}
