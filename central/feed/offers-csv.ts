// Special prices from a CSV file, by SKU: a line is one offer.
import { type Offer, Product } from '../../contract/feed.ts';
import { limits } from '../../contract/limits.ts';
import { inOrder, moment, notedIn, noteIssues, present, wholeNumber } from './cells.ts';
import { type CsvRow, type Mistakes, readCsv } from './csv.ts';

export const offerColumns = ['sku', 'quantityMin', 'priceMinor', 'baseQuantity', 'from', 'until'] as const;
type Column = (typeof offerColumns)[number];
const required: readonly Column[] = ['sku', 'priceMinor'];

const OfferShape = Product.shape.offers.unwrap().element;

export interface OfferLine {
  line: number;
  offer: Offer;
  /** False: the price is for as many as the product's own price is. */
  hasBaseQuantity: boolean;
}

/** The offers of each SKU, in the order of the file. */
export async function readOffers(path: string, mistakes: Mistakes): Promise<Map<string, OfferLine[]>> {
  const offers = new Map<string, OfferLine[]>();
  let rows = 0;
  for await (const row of readCsv(path, { known: offerColumns, required }, mistakes)) {
    if (++rows > limits.catalogueOffersMax) {
      const most = `a catalogue has at most ${limits.catalogueOffersMax} offers`;
      row.wrong('', `${most}: leave out those that have ended; nothing from here on was read`);
      return offers;
    }
    const offer = readOffer(row);
    const sku = row.cell('sku');
    if (!offer || sku === undefined) continue;
    const others = offers.get(sku) ?? [];
    const same = others.find((other) => sameTerms(other.offer, offer));
    if (same) row.wrong('priceMinor', `line ${same.line} has a price for the same quantity and time`);
    else if (others.length === limits.productOffersMax) {
      row.wrong('sku', `'${sku}' has more than ${limits.productOffersMax} offers`);
    } else {
      const hasBaseQuantity = row.cell('baseQuantity') !== undefined;
      offers.set(sku, [...others, { line: row.line, offer, hasBaseQuantity }]);
    }
  }
  return offers;
}

function readOffer(row: CsvRow<Column>): Offer | null {
  const noted = notedIn(row);
  for (const column of required) {
    if (row.cell(column) === undefined) noted.row.wrong(column, 'must not be empty');
  }
  const window = {
    from: 'from',
    until: 'until',
    fromMs: moment(noted.row, 'from'),
    untilMs: moment(noted.row, 'until'),
  } as const;
  inOrder(noted.row, window);
  const price = present({
    priceMinor: wholeNumber(noted.row, 'priceMinor'),
    baseQuantity: wholeNumber(noted.row, 'baseQuantity'),
  });
  const quantityMin = wholeNumber(noted.row, 'quantityMin');
  const { fromMs, untilMs } = window;
  const parsed = OfferShape.safeParse(present({ price, quantityMin, fromMs, untilMs }));
  if (parsed.success && noted.wrong.size === 0) return parsed.data;
  noteIssues(noted, parsed.error?.issues ?? [], columnOf);
  return null;
}

function columnOf(field: string): Column | '' {
  const column = field.replace(/Ms$/, '');
  return offerColumns.find((name) => name === column) ?? '';
}

function sameTerms(a: Offer, b: Offer): boolean {
  return a.quantityMin === b.quantityMin && a.fromMs === b.fromMs && a.untilMs === b.untilMs;
}
