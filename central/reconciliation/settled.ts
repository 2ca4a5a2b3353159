// Which sales are settled: collected, reported within a payout, and the payout shown by the bank. Pure.
import { type Books, kindOf } from './books.ts';
import type { Arrival } from './hearing.ts';
import type { Reconciliation } from './match.ts';

/** Some of the sales of a payout. */
export interface SettledSales {
  processor: string;
  currency: string;
  /** Of the payout. */
  reference: string;
  /** How many sales of it there are in all. */
  rows: number;
  /** These are the last of them. */
  isLast: boolean;
  sales: SettledSale[];
}

/** By what the ledger may find it. */
export interface SettledSale {
  ourReference: string | null;
  paymentReference: string | null;
}

interface Shown {
  processor: string;
  currency: string;
  reference: string;
  places: number[];
}

/**
 * The sales of each payout that came, in pieces.
 * @param toldRows how many of a payout were told before, by `settledKey`: one with no more of them is passed over
 */
export function* settledOf(
  books: Books,
  placed: Pick<Reconciliation, 'report'>,
  arrivals: readonly Arrival[],
  toldRows: ReadonlyMap<string, number>,
  salesMax: number,
): Generator<SettledSales> {
  const shown = salesOf(books, placed, payoutsShown(books, arrivals));
  for (const { places, ...payout } of shown) {
    if (places.length <= (toldRows.get(settledKey(payout)) ?? 0)) continue;
    for (let from = 0; from < places.length; from += salesMax) {
      const sales = places.slice(from, from + salesMax).map((row) => saleOf(books, row));
      yield { ...payout, rows: places.length, isLast: from + salesMax >= places.length, sales };
    }
  }
}

export function settledKey(payout: Pick<SettledSales, 'processor' | 'currency' | 'reference'>): string {
  return `${payout.processor}\n${payout.currency}\n${payout.reference}`;
}

/** By the number of the reference; nearly always one, more where several processors or currencies have it. */
function payoutsShown({ references }: Books, arrivals: readonly Arrival[]): Map<number, Shown[]> {
  const shown = new Map<number, Shown[]>();
  for (const { payouts, entries } of arrivals) {
    if (entries.length === 0) continue;
    for (const { processor, currency, reference } of payouts) {
      const number = references.number(reference);
      shown.set(number, [...(shown.get(number) ?? []), { processor, currency, reference, places: [] }]);
    }
  }
  return shown;
}

function salesOf(
  { report, names }: Books,
  placed: Pick<Reconciliation, 'report'>,
  byNumber: Map<number, Shown[]>,
) {
  if (byNumber.size === 0) return [];
  for (let row = 0; row < report.count; row++) {
    const payouts = byNumber.get(report.payout.at(row));
    if (payouts === undefined || kindOf(report, row) !== 'charge') continue;
    if (placed.report.of(row) !== 'matched') continue;
    const processor = names.text(report.processor.at(row));
    const currency = names.text(report.netCurrency.at(row));
    payouts.find((one) => one.processor === processor && one.currency === currency)?.places.push(row);
  }
  return [...byNumber.values()].flat();
}

function saleOf({ report, references }: Books, row: number): SettledSale {
  const text = (number: number) => (number === -1 ? null : references.text(number));
  return { ourReference: text(report.ours.at(row)), paymentReference: text(report.payment.at(row)) };
}
