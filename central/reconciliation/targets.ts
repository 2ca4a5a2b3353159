// What reconciliation books: for each payout, batch of fees, dispute and bank entry the postings that it comes to, by what
// the run knows. The store posts only what that differs from what was posted before, so that a run repeated posts nothing
// and a file that comes later corrects what was booked without it. Pure.
import { present } from '../../kit/assert.ts';
import { type AccountName, type MovementReason, move, type Posting } from '../ledger/postings.ts';
import { type BankHeard, bankTargets } from './bank-targets.ts';
import { type Books, isPayout, kindOf } from './books.ts';
import type { Origins } from './differences.ts';
import type { Tolerated } from './hearing.ts';
import type { Reconciliation } from './match.ts';
import { type MatchRules, type ProcessorRules, rulesFor } from './rules.ts';
import { atProcessor, feeOf, inTransit, sourceOf, suspense, type Target, target } from './target.ts';

/** What a run has heard beside the placements. */
export interface Heard extends BankHeard {
  tolerated: readonly Tolerated[];
}

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
  yield* bankTargets(books, origins, heard);
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
