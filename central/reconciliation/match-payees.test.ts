// Payouts to payees against the bank: each goes once, comes back at most once, and what nobody can tell is left to people.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { arrival, booksOf, dayMs, type Matched, matchedBooks } from '../fixtures/reports/days-of-trade.ts';
import { payeeTransit, type Transfer } from './payees.ts';
import type { BankEntry } from './report-row.ts';

const paidMs = Date.UTC(2026, 10, 3, 12);

function out(payout: number, minor: number, changes: Partial<Transfer> = {}): Transfer {
  return {
    payout,
    payee: 'acme',
    way: 'out',
    reference: `BACS-${payout}000`,
    payeeNames: ['Acme Foods Ltd', 'GB29 NWBK 6016 1331 9268 19'],
    amountMinor: -minor,
    currency: 'GBP',
    atMs: paidMs,
    account: payeeTransit,
    awaited: true,
    ...changes,
  };
}

/** What may come back of it, and whether somebody has said that it did. */
function back(transfer: Transfer, awaited = false): Transfer {
  return { ...transfer, way: 'back', amountMinor: -transfer.amountMinor, awaited };
}

function entry(reference: string, minor: number, changes: Partial<BankEntry> = {}): BankEntry {
  return arrival(reference, minor, { text: '', ...changes });
}

function matchedAt(days: number, transfers: Transfer[], bank: BankEntry[], payees: object = {}): Matched {
  const books = booksOf({ ledger: [], report: [], bank });
  return matchedBooks(books, { payees }, paidMs + days * dayMs, transfers);
}

function words({ findings }: Matched): string[] {
  return findings.map(({ status, processor, reference, differenceMinor }) =>
    [status, processor, reference, differenceMinor].filter((word) => word !== null && word !== '').join(' '),
  );
}

/** The transfers and entries that belong to each other. */
function shown({ transferred }: Matched): string[] {
  return transferred.map(
    ({ transfers, entries }) =>
      `${transfers.map(({ payout, way }) => `${payout} ${way}`).join(', ')}: ${entries.join(' ')}`,
  );
}

it('finds a payout by its reference, be it alone or a word of the text', () => {
  const bank = [entry('BACS-1000', -500), entry('x', -700, { text: 'FASTER PAYMENT BACS-2000 REF' })];
  const placed = matchedAt(0, [out(1, 500), out(2, 700)], bank);
  expect(shown(placed)).toEqual(['1 out: 0', '2 out: 1']);
  expect(words(placed)).toEqual([]);
});

it('awaits a payout for its time, and misses it then', () => {
  expect(words(matchedAt(5, [out(1, 500)], []))).toEqual(['expected payee:acme BACS-1000']);
  expect(words(matchedAt(6, [out(1, 500)], []))).toEqual(['missing payee:acme BACS-1000']);
  expect(words(matchedAt(6, [out(1, 500)], [], { bankDaysMax: 6 }))).toEqual([
    'expected payee:acme BACS-1000',
  ]);
});

it('says by how much an entry differs, and takes what the bank kept where the rules allow', () => {
  const bank = [entry('BACS-1000', -503)];
  expect(words(matchedAt(0, [out(1, 500)], bank))).toEqual(['amount_differs payee:acme BACS-1000 -3']);
  const tolerant = matchedAt(0, [out(1, 500)], bank, { bankToleranceMinor: 3 });
  expect(tolerant.transferred).toMatchObject([{ differenceMinor: -3n }]);
  expect(words(tolerant)).toEqual([]);
});

it('says what was paid twice, and in another currency', () => {
  const twice = matchedAt(
    0,
    [out(1, 500)],
    [entry('BACS-1000', -500), entry('BACS-1000', -500, { bankReference: 'again' })],
  );
  // Equal rows can stand for each other: the one of the earlier name is taken.
  expect(words(twice)).toEqual([expect.stringMatching(/^doubled payee:acme /)]);
  const euros = matchedAt(0, [out(1, 500)], [entry('BACS-1000', -500, { currency: 'EUR' })]);
  expect(words(euros)).toEqual(['currency_differs payee:acme BACS-1000']);
});

it('takes one entry for all that were paid under one reference, unless the rules forbid it', () => {
  const batch = [
    out(1, 500, { reference: 'BULK-77' }),
    out(2, 700, { reference: 'BULK-77', payee: 'bolt', payeeNames: ['Bolt Ltd'] }),
  ];
  expect(shown(matchedAt(0, batch, [entry('BULK-77', -1200)]))).toEqual(['1 out, 2 out: 0']);
  expect(words(matchedAt(0, batch, [entry('BULK-77', -1201)]))).toEqual(['split_differs payees BULK-77 -1']);
  expect(words(matchedAt(9, batch, [entry('BULK-77', -1200)], { batches: 'none' }))).toEqual([
    'missing payee:acme BULK-77',
    'missing payee:bolt BULK-77',
    'unknown_to_us bank-BULK-77',
  ]);
});

it('takes one entry for payouts that it names one by one', () => {
  const bank = [entry('BACS-1000', -1200, { references: ['BACS-1000', 'BACS-2000'] })];
  expect(shown(matchedAt(0, [out(1, 500), out(2, 700)], bank, { batches: 'none' }))).toEqual([
    '1 out, 2 out: 0',
  ]);
});

it('finds a payout without its reference by the payee and the very amount, within its days', () => {
  const named = entry('x', -500, { text: 'TO ACME FOODS LTD' });
  expect(shown(matchedAt(0, [out(1, 500)], [named]))).toEqual(['1 out: 0']);
  const account = entry('x', -500, { references: ['GB29NWBK60161331926819'] });
  expect(shown(matchedAt(0, [out(1, 500)], [account]))).toEqual(['1 out: 0']);
  expect(shown(matchedAt(0, [out(1, 501)], [named]))).toEqual([]);
  expect(shown(matchedAt(0, [out(1, 500)], [{ ...named, bookedOn: '2026-11-09' }]))).toEqual([]);
  expect(shown(matchedAt(0, [out(1, 500)], [entry('x', -500, { text: 'SUPPLIER RUN' })]))).toEqual([]);
  const marked = { bankWords: ['supplier run'] };
  expect(shown(matchedAt(0, [out(1, 500)], [entry('x', -500, { text: 'SUPPLIER RUN' })], marked))).toEqual([
    '1 out: 0',
  ]);
});

it('takes the sum of a day only where the rules say so and the entry is marked', () => {
  const day = [out(1, 500), out(2, 700, { payee: 'bolt', payeeNames: ['Bolt Ltd'] })];
  const bank = [entry('x', -1200, { text: 'BULK LIST 9' })];
  expect(shown(matchedAt(0, day, bank, { bankWords: ['bulk list'] }))).toEqual([]);
  const rules = { bankWords: ['bulk list'], batches: 'day' };
  expect(shown(matchedAt(0, day, bank, rules))).toEqual(['1 out, 2 out: 0']);
});

it('sees a payout that came back, said before or not', () => {
  const bank = [entry('BACS-1000', -500), entry('BACS-1000', 500, { text: 'RETURNED' })];
  for (const awaited of [false, true]) {
    const placed = matchedAt(9, [out(1, 500), back(out(1, 500), awaited)], bank);
    expect(shown(placed)).toEqual(['1 out: 0', '1 back: 1']);
    expect(words(placed)).toEqual([]);
  }
});

it('awaits what was said to come back, and misses nothing of what never left', () => {
  const both = [out(1, 500), back(out(1, 500), true)];
  expect(words(matchedAt(9, both, [entry('BACS-1000', -500)]))).toEqual(['missing payee:acme BACS-1000']);
  expect(words(matchedAt(9, both, []))).toEqual([]);
  expect(words(matchedAt(9, [out(1, 500), back(out(1, 500))], [entry('BACS-1000', -500)]))).toEqual([]);
});

it('does not guess whose money of a batch came back', () => {
  const bolt = { payee: 'bolt', payeeNames: ['Bolt Ltd'] };
  const batch = [out(1, 500, { reference: 'BULK-77' }), out(2, 500, { reference: 'BULK-77', ...bolt })];
  const bank = [entry('BULK-77', -1000), entry('BULK-77', 500, { bankReference: 'back' })];
  const placed = matchedAt(0, [...batch, ...batch.map((one) => back(one))], bank);
  expect(shown(placed)).toEqual(['1 out, 2 out: 0']);
  expect(words(placed)).toEqual(['unknown_to_us back']);
});

it('misses nothing that the books took from the bank at once, and carries it over when the bank shows it', () => {
  const old = out(1, 500, { account: 'bank:main', awaited: false });
  expect(words(matchedAt(99, [old], []))).toEqual([]);
  expect(shown(matchedAt(0, [old], [entry('BACS-1000', -500)]))).toEqual(['1 out: 0']);
});

it('gives each transfer and each entry at most one place, in whatever order the entries come', () => {
  const amounts = fc.array(fc.constantFrom(500, 700, 900), { minLength: 1, maxLength: 5 });
  const entries = fc.array(
    fc.record({ of: fc.nat(5), minor: fc.constantFrom(500, 700, 1200), sign: fc.constantFrom(1, -1) }),
    { maxLength: 6 },
  );
  fc.assert(
    fc.property(amounts, entries, fc.constantFrom('none', 'reference', 'day'), (minors, shows, batches) => {
      const outs = minors.map((minor, at) => out(at + 1, minor, { reference: `BACS-${at % 2}00` }));
      const transfers = [...outs, ...outs.map((one) => back(one))];
      const bank = shows.map(({ of, minor, sign }, at) =>
        entry(`BACS-${of}00`, sign * minor, { bankReference: `b${at}`, text: 'ACME FOODS LTD' }),
      );
      const summary = (entriesNow: BankEntry[]) => {
        const placed = matchedAt(9, transfers, entriesNow, { batches, bankWords: ['acme'] });
        for (const at of entriesNow.keys()) expect(placed.bank.of(at)).toBeDefined();
        const places = placed.transferred.flatMap(({ transfers: some }) => some);
        expect(new Set(places).size).toBe(places.length);
        return words(placed).sort();
      };
      expect(summary(bank)).toEqual(summary(bank.toReversed()));
    }),
  );
});
