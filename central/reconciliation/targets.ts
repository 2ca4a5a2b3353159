// What reconciliation books: for each payout, batch of fees, dispute and bank entry the postings that it comes to, by what
// the run knows. The store posts only what that differs from what was posted before, so that a run repeated posts nothing
// and a file that comes later corrects what was booked without it. Pure.
import { present } from '../../kit/assert.ts';
import { type AccountName, type MovementReason, move, type Posting } from '../ledger/postings.ts';
import { type Books, isPayout, kindOf } from './books.ts';
import type { Origins } from './differences.ts';
import type { Arrival, Tolerated } from './hearing.ts';
import type { Reconciliation } from './match.ts';
import { paidMinor } from './payouts.ts';
import type { Finding } from './placing.ts';
import { type MatchRules, type ProcessorRules, rulesFor } from './rules.ts';

export interface Target {
  /** Names the thing that is booked, for ever. */
  key: string;
  reason: MovementReason;
  /** The report row or bank entry that it comes from, the first of several. */
  source: { kind: 'report_row' | 'bank_entry'; file: number; item: number };
  postings: Posting[];
}

/** What a run has heard beside the placements. */
export interface Heard {
  arrivals: readonly Arrival[];
  tolerated: readonly Tolerated[];
  /** Findings that name entries of the bank. */
  bankFindings: readonly Finding[];
}

const suspense: AccountName = 'suspense';
const atProcessor = (processor: string): AccountName => `receivable:processor:${processor}`;
const inTransit = (processor: string): AccountName => `transit:${processor}`;
const feeOf = (processor: string): AccountName => `expense:fee:${processor}`;

/** Every target of a run; the keys are unique. */
export function* targetsOf(
  books: Books,
  origins: Origins,
  placed: Reconciliation,
  rules: MatchRules,
  heard: Heard,
): Generator<Target> {
  const batches = createBatches();
  for (let row = 0; row < books.report.count; row++) {
    if (placed.report.of(row) === 'doubled') continue;
    yield* ofReportRow(
      books,
      origins,
      { row, isUnknown: placed.report.of(row) === 'unknown_to_us' },
      rules,
      batches,
    );
  }
  yield* batches.all();
  for (const { processor, currency, report, differenceMinor } of heard.tolerated) {
    const source = sourceOf('report_row', origins.report, present(report[0], 'row'));
    const postings = move(currency, -Number(differenceMinor), feeOf(processor), atProcessor(processor));
    yield target('adjustment', `tolerated ${source.file}:${source.item}`, source, postings);
  }
  yield* ofBank(books, origins, heard);
}

interface Row {
  row: number;
  isUnknown: boolean;
}

function* ofReportRow(
  { report, names, references }: Books,
  origins: Origins,
  { row, isUnknown }: Row,
  rules: MatchRules,
  batches: Batches,
): Generator<Target> {
  const kind = kindOf(report, row);
  const processor = names.text(report.processor.at(row));
  const source = sourceOf('report_row', origins.report, row);
  const netMinor = report.netMinor.at(row);
  const netCurrency = names.text(report.netCurrency.at(row));
  if (isPayout(kind)) {
    const postings = move(netCurrency, -netMinor, inTransit(processor), atProcessor(processor));
    yield target('payout', `payout ${source.file}:${source.item}`, source, postings);
    return;
  }
  const payout = report.payout.at(row);
  const batch = (what: string) => `${what} ${source.file} ${payout === -1 ? '' : references.text(payout)}`;
  const feeMinor = report.feeMinor.at(row);
  const costMinor = kind === 'fee' ? -netMinor : feeMinor;
  batches.add(
    'fee',
    batch('fee'),
    source,
    move(netCurrency, costMinor, feeOf(processor), atProcessor(processor)),
  );
  if (kind === 'fee') return;

  const amountMinor = report.amountMinor.at(row);
  const currency = names.text(report.currency.at(row));
  const grossMinor = netMinor + feeMinor;
  if (currency !== netCurrency) {
    const exchange: AccountName = `exchange:${processor}`;
    batches.add('adjustment', batch('exchange'), source, [
      ...move(currency, amountMinor, exchange, atProcessor(processor)),
      ...move(netCurrency, -grossMinor, exchange, atProcessor(processor)),
    ]);
  }
  if (isUnknown) {
    const postings = move(currency, amountMinor, atProcessor(processor), suspense);
    yield target('suspense', `unknown ${source.file}:${source.item}`, source, postings);
    return;
  }
  if (kind === 'dispute' || kind === 'dispute_reversed') {
    const postings = move(currency, -amountMinor, 'receivable:dispute', atProcessor(processor));
    yield target('dispute', `dispute ${source.file}:${source.item}`, source, postings);
    return;
  }
  const account = rulesFor(rules, processor).bookTo[kind as keyof ProcessorRules['bookTo']];
  if (account !== undefined) {
    batches.add(
      'adjustment',
      batch(`${kind} ${account}`),
      source,
      move(currency, amountMinor, atProcessor(processor), account),
    );
  }
}

function* ofBank(books: Books, origins: Origins, heard: Heard): Generator<Target> {
  // Where an entry's money belongs; what nobody can place lies in suspense.
  const against = new Map<number, AccountName>();
  for (const { processor, entries } of heard.arrivals) {
    for (const entry of entries) against.set(entry, inTransit(processor));
  }
  for (const { status, processor, bank } of heard.bankFindings) {
    const isPlaced = status === 'amount_differs' || status === 'split_differs';
    for (const entry of bank) against.set(entry, isPlaced ? inTransit(processor) : suspense);
  }
  for (const [at, { amountMinor, currency }] of books.bank.entries()) {
    const source = sourceOf('bank_entry', origins.bank, at);
    const other = against.get(at) ?? suspense;
    const postings = move(currency, amountMinor, `bank:${origins.bankAccount(at)}`, other);
    yield target(
      other === suspense ? 'suspense' : 'paid_in',
      `bank ${source.file}:${source.item}`,
      source,
      postings,
    );
  }
  for (const arrival of heard.arrivals) yield* ofArrival(origins, arrival);
}

/** What the bank kept within the tolerance, and payouts that the report shows by their parts only. */
function* ofArrival(
  origins: Origins,
  { processor, currency, payouts, entries, differenceMinor }: Arrival,
): Generator<Target> {
  const [first] = entries;
  if (first === undefined) return;
  const source = sourceOf('bank_entry', origins.bank, first);
  for (const payout of payouts) {
    if (payout.rows.length > 0) continue;
    const postings = move(currency, paidMinor(payout), inTransit(processor), atProcessor(processor));
    yield target('payout', `payout ${processor} ${currency} ${payout.reference}`, source, postings);
  }
  if (differenceMinor !== 0n) {
    const postings = move(currency, -Number(differenceMinor), feeOf(processor), inTransit(processor));
    yield target('adjustment', `kept ${source.file}:${source.item}`, source, postings);
  }
}

interface Batches {
  add(reason: MovementReason, key: string, source: Target['source'], postings: Posting[]): void;
  all(): Generator<Target>;
}

/** Sums of rows that are booked together: the fees of a payout are one movement, not one a sale. */
function createBatches(): Batches {
  const batches = new Map<string, Target>();
  return {
    add(reason, key, source, postings) {
      const batch = batches.get(key) ?? target(reason, key, source, []);
      batches.set(key, batch);
      for (const posting of postings) {
        const same = batch.postings.find(
          ({ account, currency }) => account === posting.account && currency === posting.currency,
        );
        if (same) same.amountMinor += posting.amountMinor;
        else batch.postings.push(posting);
      }
    },
    *all() {
      for (const { reason, key, source, postings } of batches.values())
        yield target(reason, key, source, postings);
    },
  };
}

function target(reason: MovementReason, key: string, source: Target['source'], postings: Posting[]): Target {
  return { key, reason, source, postings: postings.filter(({ amountMinor }) => amountMinor !== 0) };
}

function sourceOf(
  kind: Target['source']['kind'],
  { file, item }: Origins['report'],
  row: number,
): Target['source'] {
  return { kind, file: file.at(row), item: item.at(row) };
}
