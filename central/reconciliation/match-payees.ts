// Payouts to payees against the bank: whether each went, in an entry of its own or in one with others, and whether it came
// back. By its reference first, then by the payee and the very amount, at last by the sum of a day. Pure.
import { present } from '../../kit/assert.ts';
import type { Hearing } from './hearing.ts';
import { entryAt, openEntries, sayEntry, timedEntry } from './match-payouts.ts';
import type { Matching } from './match-rows.ts';
import { entryKey, namedTogether } from './named.ts';
import { isPayeeNamed, payeesOf, type Transfer } from './payees.ts';
import { createPlacement, type Finding, type Placement } from './placing.ts';
import type { BankEntry } from './report-row.ts';
import { pairByTime, settleGroup, type Timed } from './settle-group.ts';

const dayMs = 86_400_000;

interface PayeeMatching extends Matching, Pick<Hearing, 'transferred'> {
  all: readonly Transfer[];
  transfers: Placement;
}

/** @returns the status of each transfer that is awaited or that the bank shows */
export function matchPayees(
  matching: Matching & Pick<Hearing, 'transferred'>,
  all: readonly Transfer[],
): Placement {
  const payees: PayeeMatching = { ...matching, all, transfers: createPlacement(all.length) };
  if (all.length === 0) return payees.transfers;
  for (const way of ['out', 'back'] as const) matchNamed(payees, way);
  pairRest(payees, ({ text, references }, transfer) =>
    isPayeeNamed(transfer, [text, ...references].join('\n')),
  );
  const { bankWords, batches } = payees.rules.payees;
  const isMarked = ({ text }: BankEntry) =>
    bankWords.some((word) => text.toLowerCase().includes(word.toLowerCase()));
  pairRest(payees, isMarked);
  if (batches === 'day') pairDays(payees, isMarked);
  leaveRest(payees);
  return payees.transfers;
}

/** Entries that name a reference; one that several payouts were paid under stands for all of them, as the rule allows. */
function matchNamed(matching: PayeeMatching, way: Transfer['way']): void {
  const { batches } = matching.rules.payees;
  const here = openTransfers(matching, (transfer) => transfer.way === way);
  const keyOf = (at: number) => {
    const { reference, currency } = transferAt(matching, at);
    return batches === 'none' ? at : `${reference}\n${currency}`;
  };
  const paid = [...Map.groupBy(here, keyOf).values()];
  const named = paid.map((group) => {
    const { reference, currency } = transferAt(matching, present(group[0], 'transfer'));
    return { names: [reference], currency };
  });
  const entries = openEntries(matching)
    .map((at): [number, BankEntry] => [at, entryAt(matching, at)])
    .filter(([, { amountMinor }]) => (way === 'out' ? amountMinor < 0 : amountMinor > 0));
  for (const { payouts, entries: shown } of namedTogether(named, entries)) {
    const group = payouts.flatMap((at) => present(paid[at], 'group')).sort((a, b) => a - b);
    settleNamed(matching, group, inOrder(matching, shown));
  }
}

function settleNamed(matching: PayeeMatching, group: number[], entries: number[]): void {
  const currencies = new Set([
    ...group.map((at) => transferAt(matching, at).currency),
    ...entries.map((at) => entryAt(matching, at).currency),
  ]);
  if (currencies.size > 1) {
    sayTransfers(matching, 'currency_differs', group, entries, null);
    return;
  }
  const amounts = {
    left: (at: number) => transferAt(matching, at).amountMinor,
    right: (at: number) => entryAt(matching, at).amountMinor,
  };
  const clear = entries.filter((entry) => !isUnclear(matching, group, entry));
  const { pairs, rest } = settleGroup(group, clear, amounts, matching.rules.payees.bankToleranceMinor);
  for (const [transfer, entry] of pairs) shown(matching, [transfer], [entry]);
  switch (rest.kind) {
    case 'none':
    case 'left':
      return;
    case 'right':
      for (const entry of rest.repeated) {
        sayEntry(matching, entry, 'doubled', payeesOf(group.map((at) => transferAt(matching, at))));
      }
      return;
    case 'sum':
      shown(matching, rest.left, rest.right);
      return;
    case 'differs': {
      const isPair = rest.left.length === 1 && rest.right.length === 1;
      const status = isPair ? 'amount_differs' : 'split_differs';
      sayTransfers(matching, status, rest.left, rest.right, rest.differenceMinor);
    }
  }
}

/** Of a batch something came back that may be either of two payees': whose payable is owed again nobody may guess. */
function isUnclear(matching: PayeeMatching, group: readonly number[], entry: number): boolean {
  const { amountMinor } = entryAt(matching, entry);
  const same = group.map((at) => transferAt(matching, at)).filter((one) => one.amountMinor === amountMinor);
  return same.some(({ way, payee }) => way === 'back' && payee !== same[0]?.payee);
}

/** Without its reference an entry must be marked as such a transfer, and be of the very amount. */
function pairRest(
  matching: PayeeMatching,
  isMarked: (entry: BankEntry, transfer: Transfer) => boolean,
): void {
  const open = openTransfers(matching, ({ awaited, way }) => awaited || way === 'out');
  for (const [, group] of Map.groupBy(open, (at) => transferAt(matching, at).payee)) {
    const [first] = group;
    if (first === undefined) continue;
    const entries = openEntries(matching).filter((at) =>
      isMarked(entryAt(matching, at), transferAt(matching, first)),
    );
    const pairs = pairByTime(
      group.map((at) => timed(matching, at)),
      entries.map((at) => timedEntry(matching, at)),
      window(matching),
    );
    for (const [transfer, entry] of pairs) shown(matching, [transfer], [entry]);
  }
}

/** Everything that was paid on one day in one currency, in one entry. */
function pairDays(matching: PayeeMatching, isMarked: (entry: BankEntry) => boolean): void {
  const open = openTransfers(matching, ({ awaited, way }) => awaited && way === 'out');
  const dayOf = (at: number) => {
    const { atMs, currency } = transferAt(matching, at);
    return `${currency} ${Math.floor(atMs / dayMs)}`;
  };
  const days = [...Map.groupBy(open, dayOf).values()].filter((group) => group.length > 1);
  const sums = days.map((group, row): Timed => {
    const { currency, atMs } = transferAt(matching, present(group[0], 'transfer'));
    const sum = group.reduce((total, at) => total + BigInt(transferAt(matching, at).amountMinor), 0n);
    return { row, key: `${currency} ${sum}`, atMs, tie: String(row) };
  });
  const entries = openEntries(matching).filter((at) => isMarked(entryAt(matching, at)));
  const pairs = pairByTime(
    sums,
    entries.map((at) => timedEntry(matching, at)),
    window(matching),
  );
  for (const [day, entry] of pairs) shown(matching, present(days[day], 'day'), [entry]);
}

function leaveRest(matching: PayeeMatching): void {
  const { asOfMs, rules } = matching;
  const open = openTransfers(matching, ({ awaited }) => awaited);
  for (const [, group] of Map.groupBy(open, (at) => transferAt(matching, at).payout)) {
    // It came back before it left: the bank need not show anything.
    if (group.length > 1) {
      shown(matching, group, []);
      continue;
    }
    for (const at of group) {
      const isLate = asOfMs > transferAt(matching, at).atMs + rules.payees.bankDaysMax * dayMs;
      sayTransfers(matching, isLate ? 'missing' : 'expected', [at], [], null);
    }
  }
}

function shown(matching: PayeeMatching, places: readonly number[], entries: readonly number[]): void {
  const transfers = places.map((at) => transferAt(matching, at));
  const differenceMinor =
    entries.reduce((sum, at) => sum + BigInt(entryAt(matching, at).amountMinor), 0n) - sumOf(transfers);
  matching.transfers.place(places, 'matched');
  matching.bank.place(entries, 'matched');
  matching.transferred({ transfers, entries, differenceMinor });
}

function sayTransfers(
  matching: PayeeMatching,
  status: Finding['status'],
  places: readonly number[],
  entries: number[],
  differenceMinor: bigint | null,
): void {
  const transfers = places.map((at) => transferAt(matching, at));
  const { reference, currency } = present(transfers[0], 'transfer');
  matching.transfers.place(places, status);
  matching.say({
    ...{ status, processor: payeesOf(transfers), reference, currency, differenceMinor, transfers },
    ...{ ledger: [], report: [], bank: entries },
    paidMinor: sumOf(transfers),
    paidMs: Math.min(...transfers.map(({ atMs }) => atMs)),
  });
}

function sumOf(transfers: readonly Transfer[]): bigint {
  return transfers.reduce((sum, { amountMinor }) => sum + BigInt(amountMinor), 0n);
}

function openTransfers({ all, transfers }: PayeeMatching, isWanted: (one: Transfer) => boolean): number[] {
  return [...all.keys()].filter((at) => {
    const one = all[at];
    return one !== undefined && transfers.of(at) === undefined && isWanted(one);
  });
}

function inOrder(matching: PayeeMatching, entries: readonly number[]): number[] {
  const key = (at: number) => entryKey(entryAt(matching, at));
  return [...entries].sort((a, b) => key(a).localeCompare(key(b), 'en'));
}

function timed(matching: PayeeMatching, at: number): Timed {
  const { currency, amountMinor, atMs, reference } = transferAt(matching, at);
  return { row: at, key: `${currency} ${amountMinor}`, atMs, tie: reference };
}

/** A bank's day may begin in another zone than the payout's. */
function window({ rules }: PayeeMatching): { beforeMs: number; afterMs: number } {
  return { beforeMs: dayMs, afterMs: rules.payees.bankDaysMax * dayMs };
}

function transferAt({ all }: PayeeMatching, at: number): Transfer {
  return present(all[at], 'transfer');
}
