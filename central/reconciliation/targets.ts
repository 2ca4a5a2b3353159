// What reconciliation books: for each payout, batch of fees, dispute and bank entry the postings that it comes to, by what
// the run knows. The store posts only what that differs from what was posted before, so that a run repeated posts nothing
// and a file that comes later corrects what was booked without it. Pure.
import { present } from '../../kit/assert.ts';
import { type Books, isPayout, kindOf } from './books.ts';
import type { Origins } from './differences.ts';
import type { Arrival, Tolerated } from './hearing.ts';
import type { Reconciliation } from './match.ts';
import { paidMinor } from './payouts.ts';
import type { Finding } from './placing.ts';
import { type MatchRules, rulesFor } from './rules.ts';

/** One line in minor units: debit above zero, credit below. */
export interface TargetPosting {
  account: string;
  currency: string;
  amountMinor: number;
}

export type TargetReason =
  | 'processor_fee'
  | 'payout'
  | 'bank_entry'
  | 'dispute'
  | 'exchange'
  | 'adjustment'
  | 'unknown_money';

export interface Target {
  /** Names the thing that is booked, for ever. */
  key: string;
  reason: TargetReason;
  /** The report row or bank entry that it comes from, the first of several. */
  source: { file: number; item: number };
  postings: TargetPosting[];
}

/** What a run has heard beside the placements. */
export interface Heard {
  arrivals: readonly Arrival[];
  tolerated: readonly Tolerated[];
  /** Findings that name entries of the bank. */
  bankFindings: readonly Finding[];
}

const suspense = 'suspense';
const atProcessor = (processor: string) => `receivable:processor:${processor}`;
const inTransit = (processor: string) => `transit:${processor}`;
const feeOf = (processor: string) => `expense:fee:${processor}`;

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
    const source = sourceOf(origins.report, present(report[0], 'row'));
    const postings = between(feeOf(processor), atProcessor(processor), currency, -Number(differenceMinor));
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
  const source = sourceOf(origins.report, row);
  const netMinor = report.netMinor.at(row);
  const netCurrency = names.text(report.netCurrency.at(row));
  if (isPayout(kind)) {
    const postings = between(inTransit(processor), atProcessor(processor), netCurrency, -netMinor);
    yield target('payout', `payout ${source.file}:${source.item}`, source, postings);
    return;
  }
  const payout = report.payout.at(row);
  const batch = (what: string) => `${what} ${source.file} ${payout === -1 ? '' : references.text(payout)}`;
  const feeMinor = report.feeMinor.at(row);
  const costMinor = kind === 'fee' ? -netMinor : feeMinor;
  batches.add(
    'processor_fee',
    batch('fee'),
    source,
    between(feeOf(processor), atProcessor(processor), netCurrency, costMinor),
  );
  if (kind === 'fee') return;

  const amountMinor = report.amountMinor.at(row);
  const currency = names.text(report.currency.at(row));
  const grossMinor = netMinor + feeMinor;
  if (currency !== netCurrency) {
    const exchange = `exchange:${processor}`;
    batches.add('exchange', batch('exchange'), source, [
      ...between(exchange, atProcessor(processor), currency, amountMinor),
      ...between(exchange, atProcessor(processor), netCurrency, -grossMinor),
    ]);
  }
  if (isUnknown) {
    const postings = between(atProcessor(processor), suspense, currency, amountMinor);
    yield target('unknown_money', `unknown ${source.file}:${source.item}`, source, postings);
    return;
  }
  if (kind === 'dispute' || kind === 'dispute_reversed') {
    const postings = between('receivable:dispute', atProcessor(processor), currency, -amountMinor);
    yield target('dispute', `dispute ${source.file}:${source.item}`, source, postings);
    return;
  }
  const account = accountOf(kind, rulesFor(rules, processor).bookTo);
  if (account !== undefined) {
    batches.add(
      'adjustment',
      batch(`${kind} ${account}`),
      source,
      between(atProcessor(processor), account, currency, amountMinor),
    );
  }
}

function accountOf(kind: string, bookTo: Partial<Record<string, string>>): string | undefined {
  return bookTo[kind];
}

function* ofBank(books: Books, origins: Origins, heard: Heard): Generator<Target> {
  // Where an entry's money belongs; what nobody can place lies in suspense.
  const against = new Map<number, string>();
  for (const { processor, entries } of heard.arrivals) {
    for (const entry of entries) against.set(entry, inTransit(processor));
  }
  for (const { status, processor, bank } of heard.bankFindings) {
    const isPlaced = status === 'amount_differs' || status === 'split_differs';
    for (const entry of bank) against.set(entry, isPlaced ? inTransit(processor) : suspense);
  }
  for (const [at, { amountMinor, currency }] of books.bank.entries()) {
    const source = sourceOf(origins.bank, at);
    const other = against.get(at) ?? suspense;
    const postings = between(`bank:${origins.bankAccount(at)}`, other, currency, amountMinor);
    yield target(
      other === suspense ? 'unknown_money' : 'bank_entry',
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
  const source = sourceOf(origins.bank, first);
  for (const payout of payouts) {
    if (payout.rows.length > 0) continue;
    const postings = between(inTransit(processor), atProcessor(processor), currency, paidMinor(payout));
    yield target('payout', `payout ${processor} ${currency} ${payout.reference}`, source, postings);
  }
  if (differenceMinor !== 0n) {
    const postings = between(feeOf(processor), inTransit(processor), currency, -Number(differenceMinor));
    yield target('adjustment', `kept ${source.file}:${source.item}`, source, postings);
  }
}

interface Batches {
  add(reason: TargetReason, key: string, source: Target['source'], postings: TargetPosting[]): void;
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

function target(
  reason: TargetReason,
  key: string,
  source: Target['source'],
  postings: TargetPosting[],
): Target {
  return { key, reason, source, postings: postings.filter(({ amountMinor }) => amountMinor !== 0) };
}

/** Debits the one and credits the other; the other way round below zero. */
function between(debit: string, credit: string, currency: string, amountMinor: number): TargetPosting[] {
  return [
    { account: debit, currency, amountMinor },
    { account: credit, currency, amountMinor: 0 - amountMinor },
  ];
}

function sourceOf({ file, item }: Origins['report'], row: number): Target['source'] {
  return { file: file.at(row), item: item.at(row) };
}
