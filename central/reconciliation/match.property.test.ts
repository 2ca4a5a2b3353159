import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arrival,
  booksOf,
  dayMs,
  inWords,
  matched,
  paidOut,
  reported,
  type Sides,
  sale,
  soldMs,
  statusesOf,
} from '../fixtures/reports/days-of-trade.ts';
import { totalsOf } from './match.ts';
import type { Side } from './placing.ts';

const rules = { otherwise: { bankWords: ['stripe'], amountToleranceMinor: 1 } };
const sides: Side[] = ['ledger', 'report', 'bank'];
const currency = fc.constantFrom('GBP', 'EUR');
// Few references, amounts and days, so that rows collide in every way.
const small = fc.integer({ min: 0, max: 4 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });

const anyLedger = fc
  .record({
    n: small,
    amount: small,
    currency,
    kind: fc.constantFrom('charge', 'refund'),
    day: small,
    payment: maybe(small),
  })
  .map(({ n, amount, currency, kind, day, payment }) =>
    sale(n, {
      amountMinor: kind === 'refund' ? -amount : amount,
      currency,
      kind: kind as 'charge',
      bookedMs: soldMs + day * dayMs,
      paymentReference: payment === null ? null : `ch_${payment}`,
    }),
  );
const anyReport = fc
  .record({
    ours: maybe(small),
    payment: maybe(small),
    own: small,
    amount: small,
    fee: fc.integer({ min: 9, max: 11 }),
    currency,
    kind: fc.constantFrom('charge', 'refund', 'fee', 'payout', 'dispute'),
    day: small,
    payout: maybe(fc.constantFrom('po_000001', 'po_000002')),
  })
  .map(({ ours, payment, own, amount, fee, currency, kind, day, payout }) =>
    reported(own, {
      kind: kind as 'charge',
      ourReference: ours === null ? null : `sale-${ours}`,
      paymentReference: payment === null ? null : `ch_${payment}`,
      amountMinor: kind === 'charge' ? amount : -amount,
      feeMinor: fee,
      currency,
      netCurrency: currency,
      occurredMs: soldMs + day * dayMs,
      payoutReference: payout,
    }),
  );
const anyBank = fc
  .record({ n: small, amount: fc.integer({ min: -20, max: 20 }), currency, named: fc.boolean() })
  .map(({ n, amount, currency, named }) =>
    arrival(`po_00000${n}`, amount, {
      currency,
      references: named ? [`po_00000${n}`] : [],
      bookedOn: `2026-11-0${n + 2}`,
    }),
  );
const anySides: fc.Arbitrary<Sides> = fc.record({
  ledger: fc.array(anyLedger, { maxLength: 12 }),
  report: fc.array(anyReport, { maxLength: 12 }),
  bank: fc.array(anyBank, { maxLength: 5 }),
});

describe('match, whatever the rows', () => {
  it('gives every row exactly one status, and names the rows of every finding once', () => {
    fc.assert(
      fc.property(anySides, (all) => {
        // Placing a row twice throws.
        const result = matched(all, rules);
        const statuses = statusesOf(all, result);
        for (const side of sides) {
          expect(statuses[side]).not.toContain(undefined);
          const found = result.findings.flatMap((finding) => finding[side].map(() => finding.status));
          expect(found.sort()).toEqual(statuses[side].filter((status) => status !== 'matched').sort());
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('keeps the sums of every currency', () => {
    fc.assert(
      fc.property(anySides, (all) => {
        const [books, result] = [booksOf(all), matched(all, rules)];
        for (const side of sides) {
          for (const [code, byStatus] of totalsOf(books, result, side)) {
            const inCurrency = all[side].filter((row) => row.currency === code);
            const sum = inCurrency.reduce((total, row) => total + BigInt(row.amountMinor), 0n);
            expect([...byStatus.values()].reduce((total, { amountMinor }) => total + amountMinor, 0n)).toBe(
              sum,
            );
          }
        }
      }),
    );
  });

  it('comes to the same in whatever order the rows come', () => {
    const shuffled = anySides.chain((all) =>
      fc.record({
        all: fc.constant(all),
        ledger: fc.shuffledSubarray(all.ledger, { minLength: all.ledger.length }),
        report: fc.shuffledSubarray(all.report, { minLength: all.report.length }),
        bank: fc.shuffledSubarray(all.bank, { minLength: all.bank.length }),
      }),
    );
    fc.assert(
      fc.property(shuffled, ({ all, ...other }) => {
        const [one, two] = [matched(all, rules), matched(other, rules)];
        expect(inWords(two).sort()).toEqual(inWords(one).sort());
        for (const side of sides) expect(two[side].counts()).toEqual(one[side].counts());
      }),
      { numRuns: 1000 },
    );
  });

  it('leaves the same one of two sales that share a payment, whichever comes first', () => {
    const [one, two] = [
      sale(0, { paymentReference: 'ch_2' }),
      sale(1, { amountMinor: 100, paymentReference: 'ch_2' }),
    ];
    const report = [reported(0, { ourReference: null, paymentReference: 'ch_2' })];
    for (const ledger of [
      [one, two],
      [two, one],
    ]) {
      expect(inWords(matched({ ledger, report }))).toEqual(['expected sale-1']);
    }
  });
});

describe('match, with one difference planted in a day without any', () => {
  const plants: Record<string, { change: (day: Sides, at: number) => void; finding: RegExp }> = {
    'an amount': {
      change: (day, at) => {
        day.report[at] = reported(at, { amountMinor: 100 * (at + 1) + 2, payoutReference: 'po_000001' });
      },
      finding: /^(amount_differs sale-\d+ 2|split_differs po_000001 -2)$/,
    },
    'a currency': {
      change: (day, at) => {
        day.report[at] = reported(at, { currency: 'EUR', payoutReference: 'po_000001' });
      },
      finding: /^currency_differs sale-\d+$/,
    },
    'a fee': {
      change: (day, at) => {
        const [amountMinor, feeMinor] = [100 * (at + 1), 11];
        day.report[at] = reported(at, { amountMinor, feeMinor, payoutReference: 'po_000001' });
      },
      finding: /^(fee_differs sale-\d+ 1|split_differs po_000001 1)$/,
    },
    'a row that is lacking': {
      change: (day, at) => {
        day.report.splice(at, 1);
      },
      finding: /^(expected sale-\d+|split_differs po_000001 \d+)$/,
    },
    'a row that is there twice': {
      change: (day, at) => {
        day.report.push(...day.report.slice(at, at + 1));
      },
      finding: /^doubled sale-\d+$/,
    },
    'a sale that the ledger lacks': {
      change: (day, at) => {
        day.ledger.splice(at, 1);
      },
      finding: /^unknown_to_us sale-\d+$/,
    },
    'a penny at the bank': {
      change: (day) => {
        day.bank = day.bank.map((entry) => ({ ...entry, amountMinor: entry.amountMinor - 1 }));
      },
      finding: /^amount_differs po_000001 -1$/,
    },
    'a payout that did not arrive': {
      change: (day) => {
        day.bank = [];
      },
      finding: /^expected po_000001$/,
    },
  };

  it.each(Object.entries(plants))('finds %s, and nothing else', (_what, { change, finding }) => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(), (sales, seed) => {
        const numbers = Array.from({ length: sales }, (_, n) => n);
        const total = numbers.reduce((sum, n) => sum + 100 * (n + 1) - 10, 0);
        const day: Sides = {
          ledger: numbers.map((n) => sale(n)),
          report: [
            ...numbers.map((n) => reported(n, { payoutReference: 'po_000001' })),
            paidOut('po_000001', total),
          ],
          bank: [arrival('po_000001', total)],
        };
        expect(inWords(matched(day))).toEqual([]);
        change(day, seed % sales);
        const words = inWords(matched(day));
        expect(words.length).toBeGreaterThan(0);
        for (const word of words) expect(word).toMatch(finding);
        expect(new Set(words.map((word) => word.split(' ')[0])).size).toBe(words.length);
      }),
    );
  });
});
