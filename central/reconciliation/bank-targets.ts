// What the bank's entries come to in the books: against a payout on its way to us, one on its way to a payee, or suspense. Pure.
import { present } from '../../kit/assert.ts';
import { type AccountName, move } from '../ledger/postings.ts';
import type { Books } from './books.ts';
import type { Origins } from './differences.ts';
import type { Arrival, Transferred } from './hearing.ts';
import { payeeTransit, type Transfer } from './payees.ts';
import { paidMinor } from './payouts.ts';
import type { Finding } from './placing.ts';
import { atProcessor, feeOf, inTransit, sourceOf, suspense, type Target, target } from './target.ts';

/** What a matching has told of the bank. */
export interface BankHeard {
  arrivals: readonly Arrival[];
  transferred: readonly Transferred[];
  /** Findings that name entries of the bank. */
  bankFindings: readonly Finding[];
}

/** The keys are unique. */
export function* bankTargets(books: Books, origins: Origins, heard: BankHeard): Generator<Target> {
  const against = placesOf(heard);
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
  for (const transferred of heard.transferred) yield* ofTransferred(origins, transferred);
  for (const finding of heard.bankFindings) {
    if (isPlaced(finding)) yield* carried(origins, finding.transfers ?? [], finding.bank);
  }
}

/** Where each entry's money belongs; what nobody can place lies in suspense. */
function placesOf({ arrivals, transferred, bankFindings }: BankHeard): Map<number, AccountName> {
  const against = new Map<number, AccountName>();
  for (const { processor, entries } of arrivals)
    for (const entry of entries) against.set(entry, inTransit(processor));
  for (const { entries } of transferred) for (const entry of entries) against.set(entry, payeeTransit);
  for (const finding of bankFindings) {
    const transit = finding.transfers === undefined ? inTransit(finding.processor) : payeeTransit;
    for (const entry of finding.bank) against.set(entry, isPlaced(finding) ? transit : suspense);
  }
  return against;
}

/** Money of which it is known where it belongs, though not all of it is there. */
function isPlaced({ status }: Finding): boolean {
  return status === 'amount_differs' || status === 'split_differs';
}

/** What the bank kept of a transfer within the tolerance. */
function* ofTransferred(
  origins: Origins,
  { transfers, entries, differenceMinor }: Transferred,
): Generator<Target> {
  yield* carried(origins, transfers, entries);
  const [first] = entries;
  if (first === undefined || differenceMinor === 0n) return;
  const source = sourceOf('bank_entry', origins.bank, first);
  const currency = present(transfers[0], 'transfer').currency;
  const postings = move(currency, -Number(differenceMinor), feeOf('bank'), payeeTransit);
  yield target('adjustment', `kept ${source.file}:${source.item}`, source, postings);
}

/** The bank's own entry takes the place of what was taken from the bank when somebody said that it was paid. */
function* carried(
  origins: Origins,
  transfers: readonly Transfer[],
  entries: readonly number[],
): Generator<Target> {
  const [first] = entries;
  if (first === undefined) return;
  const source = sourceOf('bank_entry', origins.bank, first);
  for (const { payout, way, account, currency, amountMinor } of transfers) {
    if (account === payeeTransit) continue;
    const postings = move(currency, -amountMinor, account, payeeTransit);
    yield target('adjustment', `carried payout ${payout} ${way}`, source, postings);
  }
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
