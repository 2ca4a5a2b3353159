// What is booked of reports and statements: every target sums to zero per currency, and says where the money went.
import { describe, expect, it } from 'vitest';
import {
  arrival,
  booksOf,
  dayMs,
  matchedBooks,
  paidOut,
  reported,
  type Sides,
  sale,
  soldMs,
} from '../fixtures/reports/days-of-trade.ts';
import { createColumn } from './books.ts';
import { MatchRules } from './rules.ts';
import { targetsOf } from './targets.ts';

function origin(rows: number) {
  const made = { file: createColumn(), item: createColumn(), line: createColumn() };
  for (let row = 0; row < rows; row++) {
    made.file.add(1);
    made.item.add(row + 1);
    made.line.add(row + 2);
  }
  return made;
}

/** The accounts and amounts of each target, by its reason. */
function booked(sides: Partial<Sides>, rules: unknown = {}): [reason: string, ...lines: string[]][] {
  const all = { ledger: [], report: [], bank: [], ...sides };
  const books = booksOf(all);
  const placed = matchedBooks(books, rules, soldMs + dayMs);
  const bankFindings = placed.findings.filter(({ bank }) => bank.length > 0);
  const origins = {
    report: origin(all.report.length),
    bank: origin(all.bank.length),
    bankAccount: () => 'main',
  };
  const { arrivals, tolerated, transferred } = placed;
  const heard = { arrivals, tolerated, transferred, bankFindings };
  const targets = [...targetsOf(books, origins, placed, MatchRules.parse(rules), heard)];
  expect(new Set(targets.map(({ key }) => key)).size).toBe(targets.length);
  return targets
    .filter(({ postings }) => postings.length > 0)
    .map(({ reason, postings }) => {
      const currencies = Map.groupBy(postings, ({ currency }) => currency);
      for (const lines of currencies.values()) {
        expect(lines.reduce((sum, { amountMinor }) => sum + amountMinor, 0)).toBe(0);
      }
      return [
        reason,
        ...postings.map(({ account, amountMinor, currency }) => `${account} ${amountMinor} ${currency}`),
      ];
    });
}

describe('what is booked', () => {
  it('is one sum of fees a payout, and the payout on its way to the bank', () => {
    const inPayout = { payoutReference: 'po_000001' };
    const report = [reported(1, inPayout), reported(2, inPayout), paidOut('po_000001', 480)];
    const bank = [arrival('po_000001', 480)];
    expect(booked({ ledger: [sale(1), sale(2)], report, bank })).toEqual([
      ['payout', 'transit:stripe 480 GBP', 'receivable:processor:stripe -480 GBP'],
      ['fee', 'expense:fee:stripe 20 GBP', 'receivable:processor:stripe -20 GBP'],
      ['paid_in', 'bank:main 480 GBP', 'transit:stripe -480 GBP'],
    ]);
  });

  it('is what the bank kept within the tolerance, as a fee', () => {
    const report = [paidOut('po_000001', 480)];
    const bank = [arrival('po_000001', 478)];
    expect(booked({ report, bank }, { otherwise: { bankToleranceMinor: 2 } })).toEqual([
      ['payout', 'transit:stripe 480 GBP', 'receivable:processor:stripe -480 GBP'],
      ['paid_in', 'bank:main 478 GBP', 'transit:stripe -478 GBP'],
      ['adjustment', 'expense:fee:stripe 2 GBP', 'transit:stripe -2 GBP'],
    ]);
  });

  it('is a payout by its parts where the report has no row of its own for it', () => {
    const report = [reported(1, { payoutReference: 'po_000001', feeMinor: 0 })];
    const ledger = [sale(1, { feeMinor: null })];
    expect(booked({ ledger, report, bank: [arrival('po_000001', 200)] })).toEqual([
      ['paid_in', 'bank:main 200 GBP', 'transit:stripe -200 GBP'],
      ['payout', 'transit:stripe 200 GBP', 'receivable:processor:stripe -200 GBP'],
    ]);
  });

  it('is a dispute, and money of nobody in suspense', () => {
    const dispute = reported(1, { kind: 'dispute', processorReference: 'd', amountMinor: -200, feeMinor: 0 });
    const stranger = reported(7, { feeMinor: 0 });
    expect(
      booked({
        ledger: [sale(1, { feeMinor: null })],
        report: [reported(1, { feeMinor: 0 }), dispute, stranger],
      }),
    ).toEqual([
      ['dispute', 'receivable:dispute 200 GBP', 'receivable:processor:stripe -200 GBP'],
      ['suspense', 'receivable:processor:stripe 800 GBP', 'suspense -800 GBP'],
    ]);
  });

  it('is what the processor converted, in both currencies', () => {
    const ledger = [sale(1, { currency: 'EUR' })];
    const report = [reported(1, { currency: 'EUR', netMinor: 160, feeMinor: 10 })];
    expect(booked({ ledger, report })).toEqual([
      ['fee', 'expense:fee:stripe 10 GBP', 'receivable:processor:stripe -10 GBP'],
      [
        'adjustment',
        'exchange:stripe 200 EUR',
        'receivable:processor:stripe -200 EUR',
        'exchange:stripe -170 GBP',
        'receivable:processor:stripe 170 GBP',
      ],
    ]);
  });

  it('is nothing of a row that is doubled, and one movement of all that a rule books', () => {
    const correction = (n: number) =>
      reported(n, { kind: 'adjustment', ourReference: null, amountMinor: -5, feeMinor: 0 });
    const report = [correction(1), correction(2), correction(2)];
    const bookTo = { adjustment: 'expense:fee:stripe' };
    expect(booked({ report }, { otherwise: { bookTo } })).toEqual([
      ['adjustment', 'receivable:processor:stripe -10 GBP', 'expense:fee:stripe 10 GBP'],
    ]);
  });
});
