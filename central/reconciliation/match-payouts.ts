// Payouts against the bank: whether the rows of a payout add up to it, and whether its money arrived. One payout may come in
// several bank entries and several payouts in one.
import { present } from '../../kit/assert.ts';
import type { Matching } from './match-rows.ts';
import { entryKey, namedTogether, type Together } from './named.ts';
import { addsUp, namesOf, type Payout, paidMinor, payoutsOf } from './payouts.ts';
import type { Finding } from './placing.ts';
import type { BankEntry } from './report-row.ts';
import { rulesFor } from './rules.ts';
import { pairByTime, settleGroup, type Timed } from './settle-group.ts';

const dayMs = 86_400_000;

/** A matching at the bank: payouts leave `open` as they are placed. */
interface BankMatching extends Matching {
  payouts: readonly Payout[];
  open: Set<number>;
}

/** Places every payout row of the report, and the bank's entries that speak of one. */
export function matchPayouts(rows: Matching): void {
  const payouts = payoutsOf(rows.books, (row) => rows.report.of(row) === 'doubled');
  const matching: BankMatching = { ...rows, payouts, open: new Set(payouts.keys()) };
  for (const payout of payouts) if (!addsUp(payout)) sayParts(matching, payout);
  const named = payouts.map((payout) => ({ ...payout, names: namesOf(payout, rows.books) }));
  for (const together of namedTogether(named, rows.books.bank.entries()))
    settleNamed(matching, inOrder(matching, together));
  for (const processor of new Set(payouts.map((payout) => payout.processor))) pairRest(matching, processor);
  for (const at of [...matching.open]) leavePayout(matching, at);
}

/** What no payout of any kind has answered. */
export function leaveEntries(matching: Matching): void {
  for (const entry of openEntries(matching)) sayEntry(matching, entry, 'unknown_to_us', '');
}

/** The payout's own rows carry it; whether the bank agrees with the payout is another question. */
function sayParts(
  { say }: Matching,
  { processor, reference, currency, rows, ownMinor, partsMinor, atMs }: Payout,
): void {
  const differenceMinor = -ownMinor - partsMinor;
  const about = { processor, reference, currency, differenceMinor, paidMinor: -ownMinor, paidMs: atMs };
  say({ ...about, status: 'split_differs', ledger: [], report: rows, bank: [] });
}

function settleNamed(matching: BankMatching, { payouts, entries }: Together): void {
  const currencies = new Set([
    ...payouts.map((at) => payoutAt(matching, at).currency),
    ...entries.map((at) => entryAt(matching, at).currency),
  ]);
  if (currencies.size > 1) {
    sayPayouts(matching, 'currency_differs', { payouts, entries }, null);
    return;
  }
  const { processor } = payoutAt(matching, present(payouts[0], 'payout'));
  const amounts = {
    left: (at: number) => paidMinor(payoutAt(matching, at)),
    right: (at: number) => entryAt(matching, at).amountMinor,
  };
  const { bankToleranceMinor } = rulesFor(matching.rules, processor);
  const { pairs, rest } = settleGroup(payouts, entries, amounts, bankToleranceMinor);
  for (const [payout, entry] of pairs) arrived(matching, { payouts: [payout], entries: [entry] });
  switch (rest.kind) {
    case 'none':
    case 'left':
      return;
    case 'right':
      for (const entry of rest.repeated) sayEntry(matching, entry, 'doubled', processor);
      return;
    case 'sum':
      arrived(matching, { payouts: rest.left, entries: rest.right });
      return;
    case 'differs': {
      const isPair = rest.left.length === 1 && rest.right.length === 1;
      const together = { payouts: rest.left, entries: rest.right };
      sayPayouts(matching, isPair ? 'amount_differs' : 'split_differs', together, rest.differenceMinor);
    }
  }
}

/** Without a reference an entry must name the processor, and be of the very amount. */
function pairRest(matching: BankMatching, processor: string): void {
  const { bankWords, bankDaysMax } = rulesFor(matching.rules, processor);
  const words = bankWords.map((word) => word.toLowerCase());
  const payouts = [...matching.open].filter((at) => payoutAt(matching, at).processor === processor);
  const entries = openEntries(matching).filter((at) => {
    const text = entryAt(matching, at).text.toLowerCase();
    return words.some((word) => text.includes(word));
  });
  const pairs = pairByTime(
    payouts.map((at) => timedPayout(matching, at)),
    entries.map((at) => timedEntry(matching, at)),
    // A payout is dated in another zone than the bank's day.
    { beforeMs: dayMs, afterMs: bankDaysMax * dayMs },
  );
  for (const [payout, entry] of pairs) arrived(matching, { payouts: [payout], entries: [entry] });
}

function leavePayout(matching: BankMatching, at: number): void {
  const payout = payoutAt(matching, at);
  const { processor, atMs } = payout;
  // It came back before it left: the bank need not show anything.
  if (paidMinor(payout) === 0) {
    arrived(matching, { payouts: [at], entries: [] });
    return;
  }
  const waitMs = rulesFor(matching.rules, processor).bankDaysMax * dayMs;
  const status = matching.asOfMs <= atMs + waitMs ? 'expected' : 'missing';
  sayPayouts(matching, status, { payouts: [at], entries: [] }, null);
}

function arrived(matching: BankMatching, { payouts, entries }: Together): void {
  const came = payouts.map((at) => payoutAt(matching, at));
  const { processor, currency } = present(came[0], 'payout');
  const shown = entries.reduce((sum, at) => sum + BigInt(entryAt(matching, at).amountMinor), 0n);
  const paid = came.reduce((sum, payout) => sum + BigInt(paidMinor(payout)), 0n);
  matching.arrived({ processor, currency, payouts: came, entries, differenceMinor: shown - paid });
  matching.report.place(openRows(matching, payouts), 'matched');
  matching.bank.place(entries, 'matched');
}

function sayPayouts(
  matching: BankMatching,
  status: Finding['status'],
  { payouts, entries }: Together,
  differenceMinor: bigint | null,
): void {
  const { processor, reference, currency } = payoutAt(matching, present(payouts[0], 'payout'));
  const named = payouts.map((at) => payoutAt(matching, at));
  const paid = named.reduce((sum, payout) => sum + BigInt(paidMinor(payout)), 0n);
  const paidMs = Math.min(...named.map(({ atMs }) => atMs));
  const about = { processor, reference, currency, differenceMinor, paidMinor: paid, paidMs };
  matching.say({ ...about, status, ledger: [], report: openRows(matching, payouts), bank: entries });
}

export function sayEntry(
  matching: Matching,
  at: number,
  status: 'doubled' | 'unknown_to_us',
  processor: string,
): void {
  const { bankReference, currency } = entryAt(matching, at);
  const about = { processor, reference: bankReference, currency, differenceMinor: null };
  matching.say({ ...about, status, ledger: [], report: [], bank: [at] });
}

/** Takes the payouts off the list, and gives those of their rows that have no status from the sum of their parts. */
function openRows(matching: BankMatching, payouts: readonly number[]): number[] {
  for (const at of payouts) matching.open.delete(at);
  const rows = payouts.flatMap((at) => payoutAt(matching, at).rows);
  return rows.filter((row) => matching.report.of(row) === undefined);
}

export function openEntries({ books, bank }: Matching): number[] {
  return [...books.bank.keys()].filter((entry) => bank.of(entry) === undefined);
}

/** Entries in an order by what they say, so that it does not matter how they came; payouts have theirs. */
function inOrder(matching: BankMatching, { payouts, entries }: Together): Together {
  const key = (at: number) => entryKey(entryAt(matching, at));
  return {
    payouts: [...payouts].sort((a, b) => a - b),
    entries: [...entries].sort((a, b) => key(a).localeCompare(key(b), 'en')),
  };
}

function timedPayout(matching: BankMatching, at: number): Timed {
  const payout = payoutAt(matching, at);
  return {
    row: at,
    key: `${payout.currency} ${paidMinor(payout)}`,
    atMs: payout.atMs,
    tie: payout.reference,
  };
}

export function timedEntry(matching: Matching, at: number): Timed {
  const { currency, amountMinor, bookedOn, bankReference } = entryAt(matching, at);
  return { row: at, key: `${currency} ${amountMinor}`, atMs: Date.parse(bookedOn), tie: bankReference };
}

function payoutAt({ payouts }: BankMatching, at: number): Payout {
  return present(payouts[at], 'payout');
}

export function entryAt({ books }: Matching, at: number): BankEntry {
  return present(books.bank[at], 'entry');
}
