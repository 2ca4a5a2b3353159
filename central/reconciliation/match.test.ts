import { describe, expect, it } from 'vitest';
import {
  arrival,
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
import type { Status } from './placing.ts';

interface Case {
  what: string;
  sides: Partial<Sides>;
  rules?: unknown;
  asOfMs?: number;
  ledger?: Status[];
  report?: Status[];
  bank?: Status[];
  findings: string[];
}

function check({ sides, rules, asOfMs, ledger = [], report = [], bank = [], findings }: Case): void {
  const all = { ledger: [], report: [], bank: [], ...sides };
  const result = matched(all, rules, asOfMs);
  expect(statusesOf(all, result)).toEqual({ ledger, report, bank });
  expect(inWords(result)).toEqual(findings);
}

const yes: Status = 'matched';
const cut = { ourReference: null };
const unnamed = { ourReference: null, paymentReference: null };

describe('ledger against report', () => {
  const cases: Case[] = [
    {
      what: 'one sale and its row',
      sides: { ledger: [sale(1)], report: [reported(1)] },
      ledger: [yes],
      report: [yes],
      findings: [],
    },
    {
      what: 'a sale captured in parts (1:n)',
      sides: {
        ledger: [sale(1, { feeMinor: null })],
        report: [
          reported(1, { amountMinor: 150 }),
          reported(1, { processorReference: 'txn_b', amountMinor: 50 }),
        ],
      },
      ledger: [yes],
      report: [yes, yes],
      findings: [],
    },
    {
      what: 'two ledger rows captured as one (n:1)',
      sides: {
        ledger: [sale(1, { amountMinor: 120, feeMinor: 5 }), sale(1, { amountMinor: 80, feeMinor: 5 })],
        report: [reported(1)],
      },
      ledger: [yes, yes],
      report: [yes],
      findings: [],
    },
    {
      what: "a row that lacks our reference, by the processor's name of the payment",
      sides: { ledger: [sale(1)], report: [reported(1, cut)] },
      ledger: [yes],
      report: [yes],
      findings: [],
    },
    {
      what: 'a row without any name, by amount and date',
      sides: { ledger: [sale(1), sale(2)], report: [reported(1, unnamed)] },
      ledger: [yes, 'expected'],
      report: [yes],
      findings: ['expected sale-2'],
    },
    {
      what: 'a row without any name, but of another day',
      sides: { ledger: [sale(1)], report: [reported(1, { ...unnamed, occurredMs: soldMs + 3 * dayMs })] },
      asOfMs: soldMs + 3 * dayMs,
      ledger: ['expected'],
      report: ['unknown_to_us'],
      findings: ['expected sale-1', 'unknown_to_us txn_1'],
    },
    {
      what: "a row of the same amount that names somebody else's sale",
      sides: {
        ledger: [sale(1)],
        report: [reported(1, { ourReference: 'other', paymentReference: 'ch_x' })],
      },
      ledger: ['expected'],
      report: ['unknown_to_us'],
      findings: ['expected sale-1', 'unknown_to_us other'],
    },
    {
      what: 'a sale within its time, to the last moment',
      sides: { ledger: [sale(1)] },
      asOfMs: soldMs + 3 * dayMs,
      ledger: ['expected'],
      findings: ['expected sale-1'],
    },
    {
      what: 'a sale after its time',
      sides: { ledger: [sale(1)] },
      asOfMs: soldMs + 3 * dayMs + 1,
      ledger: ['missing'],
      findings: ['missing sale-1'],
    },
    {
      what: 'another amount',
      sides: { ledger: [sale(1)], report: [reported(1, { amountMinor: 201 })] },
      ledger: ['amount_differs'],
      report: ['amount_differs'],
      findings: ['amount_differs sale-1 1'],
    },
    {
      what: 'another amount within the tolerance',
      sides: { ledger: [sale(1)], report: [reported(1, { amountMinor: 201 })] },
      rules: { processors: { stripe: { amountToleranceMinor: 1 } } },
      ledger: [yes],
      report: [yes],
      findings: [],
    },
    {
      what: 'another currency',
      sides: { ledger: [sale(1)], report: [reported(1, { currency: 'EUR' })] },
      ledger: ['currency_differs'],
      report: ['currency_differs'],
      findings: ['currency_differs sale-1'],
    },
    {
      what: 'another fee',
      sides: { ledger: [sale(1)], report: [reported(1, { feeMinor: 12 })] },
      ledger: ['fee_differs'],
      report: ['fee_differs'],
      findings: ['fee_differs sale-1 2'],
    },
    {
      what: 'a fee where none is agreed, or in the currency of the settlement',
      sides: {
        ledger: [sale(1, { feeMinor: null }), sale(2)],
        report: [
          reported(1, { feeMinor: 12 }),
          reported(2, { feeMinor: 8, netCurrency: 'USD', netMinor: 350 }),
        ],
      },
      ledger: [yes, yes],
      report: [yes, yes],
      findings: [],
    },
    {
      what: 'parts that do not add up to the sale',
      sides: {
        ledger: [sale(1)],
        report: [
          reported(1, { amountMinor: 150 }),
          reported(1, { processorReference: 'txn_b', amountMinor: 40 }),
        ],
      },
      ledger: ['split_differs'],
      report: ['split_differs', 'split_differs'],
      findings: ['split_differs sale-1 -10'],
    },
    {
      what: 'a sale that was charged twice',
      sides: { ledger: [sale(1)], report: [reported(1), reported(1, { processorReference: 'txn_b' })] },
      ledger: [yes],
      report: [yes, 'doubled'],
      findings: ['doubled sale-1'],
    },
    {
      what: 'a row that the report has twice, a fee among them',
      sides: {
        ledger: [sale(1)],
        report: [
          reported(1),
          reported(1),
          ...[1, 2].map(() => reported(9, { ...unnamed, kind: 'fee', amountMinor: -5 })),
        ],
      },
      ledger: [yes],
      report: [yes, 'doubled', yes, 'doubled'],
      findings: ['doubled sale-1', 'doubled txn_9'],
    },
    {
      what: 'a refund beside its sale, under the same reference',
      sides: {
        ledger: [sale(1), sale(1, { kind: 'refund', amountMinor: -50, feeMinor: 0 })],
        report: [
          reported(1),
          reported(1, { kind: 'refund', processorReference: 'txn_r', amountMinor: -50, feeMinor: 0 }),
        ],
      },
      ledger: [yes, yes],
      report: [yes, yes],
      findings: [],
    },
    {
      what: 'two equal refunds of which one is reported',
      sides: {
        ledger: [1, 2].map(() => sale(1, { kind: 'refund', amountMinor: -50, feeMinor: 0 })),
        report: [reported(1, { kind: 'refund', amountMinor: -50, feeMinor: 0 })],
      },
      ledger: [yes, 'expected'],
      report: [yes],
      findings: ['expected sale-1'],
    },
    {
      what: 'a sale that another processor reports',
      sides: { ledger: [sale(1)], report: [reported(1, { processor: 'adyen' })] },
      asOfMs: soldMs + 9 * dayMs,
      ledger: ['missing'],
      report: ['unknown_to_us'],
      findings: ['missing sale-1', 'unknown_to_us sale-1'],
    },
    {
      what: 'a dispute that the ledger does not know, a fee that it need not know',
      sides: {
        report: [
          reported(1, { kind: 'dispute', amountMinor: -200 }),
          reported(2, { ...unnamed, kind: 'fee', amountMinor: -7, feeMinor: 0 }),
        ],
      },
      report: ['unknown_to_us', yes],
      findings: ['unknown_to_us sale-1'],
    },
  ];
  it.each(cases)('$what', check);

  it('takes a dispute of a payment that the ledger knows, by either name, for what it is', () => {
    const dispute = reported(1, { ...cut, kind: 'dispute', processorReference: 'txn_d', amountMinor: -200 });
    const result = matched({ ledger: [sale(1)], report: [reported(1), dispute] });
    expect(inWords(result)).toEqual([]);
    expect(result.report.of(1)).toBe('matched');
  });

  it('asks nobody about kinds that the rules book by themselves', () => {
    const correction = reported(2, { ...unnamed, kind: 'adjustment', amountMinor: -7, feeMinor: 0 });
    expect(inWords(matched({ report: [correction] }))).toEqual(['unknown_to_us txn_2']);
    const bookTo = { adjustment: 'expense:fee:stripe' };
    expect(inWords(matched({ report: [correction] }, { otherwise: { bookTo } }))).toEqual([]);
  });

  it('tells by how much what it tolerated differs', () => {
    const ledger = [sale(1, { feeMinor: null }), sale(2)];
    const report = [reported(1, { amountMinor: 198 }), reported(2)];
    const { tolerated } = matched({ ledger, report }, { otherwise: { amountToleranceMinor: 2 } });
    expect(tolerated).toEqual([{ processor: 'stripe', currency: 'GBP', report: [0], differenceMinor: -2n }]);
  });
});

describe('report against bank', () => {
  const po = paidOut('po_000001', 500);
  const cases: Case[] = [
    {
      what: 'a payout and its entry',
      sides: { report: [po], bank: [arrival('po_000001', 500)] },
      report: [yes],
      bank: [yes],
      findings: [],
    },
    {
      what: 'a payout named in the words of the entry',
      sides: { report: [po], bank: [arrival('x', 500, { references: [], text: 'REF/po_000001/STRIPE' })] },
      report: [yes],
      bank: [yes],
      findings: [],
    },
    {
      what: 'a payout that has no row of its own',
      sides: {
        ledger: [sale(1), sale(2)],
        report: [1, 2].map((n) => reported(n, { payoutReference: 'po_000001' })),
        bank: [arrival('po_000001', 480)],
      },
      ledger: [yes, yes],
      report: [yes, yes],
      bank: [yes],
      findings: [],
    },
    {
      what: 'a payout in two entries (1:n)',
      sides: {
        report: [po],
        bank: [arrival('po_000001', 300), arrival('po_000001', 200, { bankReference: 'b2' })],
      },
      report: [yes],
      bank: [yes, yes],
      findings: [],
    },
    {
      what: 'two payouts in one entry (n:1)',
      sides: {
        report: [po, paidOut('po_000002', 70)],
        bank: [arrival('po_000001', 570, { references: ['po_000001', 'po_000002'] })],
      },
      report: [yes, yes],
      bank: [yes],
      findings: [],
    },
    {
      what: 'an entry without a reference, by the word for the processor, amount and date',
      sides: { report: [po], bank: [arrival('x', 500, { references: [] })] },
      rules: { processors: { stripe: { bankWords: ['stripe'] } } },
      report: [yes],
      bank: [yes],
      findings: [],
    },
    {
      what: 'an entry of the same amount from somebody else',
      sides: { report: [po], bank: [arrival('x', 500, { references: [], text: 'RENT BACK' })] },
      rules: { processors: { stripe: { bankWords: ['stripe'] } } },
      report: ['expected'],
      bank: ['unknown_to_us'],
      findings: ['expected po_000001', 'unknown_to_us bank-x'],
    },
    {
      what: 'a payout after its time',
      sides: { report: [po] },
      asOfMs: soldMs + 6 * dayMs + 1,
      report: ['missing'],
      findings: ['missing po_000001'],
    },
    {
      what: 'another amount at the bank',
      sides: { report: [po], bank: [arrival('po_000001', 490)] },
      report: ['amount_differs'],
      bank: ['amount_differs'],
      findings: ['amount_differs po_000001 -10'],
    },
    {
      what: "a bank's charge within the tolerance",
      sides: { report: [po], bank: [arrival('po_000001', 490)] },
      rules: { otherwise: { bankToleranceMinor: 10 } },
      report: [yes],
      bank: [yes],
      findings: [],
    },
    {
      what: 'another currency at the bank',
      sides: { report: [po], bank: [arrival('po_000001', 500, { currency: 'EUR' })] },
      report: ['currency_differs'],
      bank: ['currency_differs'],
      findings: ['currency_differs po_000001'],
    },
    {
      what: 'entries that do not add up to the payout',
      sides: {
        report: [po],
        bank: [arrival('po_000001', 300), arrival('po_000001', 100, { bankReference: 'b2' })],
      },
      report: ['split_differs'],
      bank: ['split_differs', 'split_differs'],
      findings: ['split_differs po_000001 -100'],
    },
    {
      what: 'a payout that came twice',
      sides: {
        report: [po],
        bank: [arrival('po_000001', 500), arrival('po_000001', 500, { bankReference: 'c' })],
      },
      report: [yes],
      bank: [yes, 'doubled'],
      findings: ['doubled c'],
    },
    {
      what: 'rows that do not add up to their payout, though the bank has it',
      sides: {
        ledger: [sale(1)],
        report: [reported(1, { payoutReference: 'po_000001' }), paidOut('po_000001', 191)],
        bank: [arrival('po_000001', 191)],
      },
      ledger: [yes],
      report: [yes, 'split_differs'],
      bank: [yes],
      findings: ['split_differs po_000001 1'],
    },
    {
      what: 'a batch that is carried over to the next one',
      sides: {
        report: [500, -500].map((minor) =>
          reported(minor, {
            ...unnamed,
            kind: 'transfer',
            amountMinor: minor,
            feeMinor: 0,
            payoutReference: 'batch-238',
          }),
        ),
      },
      report: [yes, yes],
      findings: [],
    },
    {
      what: 'a payout that came back: out and in again',
      sides: {
        report: [po, paidOut('po_000001', -500, { kind: 'payout_failed', processorReference: 'txn_back' })],
      },
      report: [yes, yes],
      findings: [],
    },
  ];
  it.each(cases)('$what', check);
});
