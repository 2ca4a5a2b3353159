import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LinkedRefund } from '../../contract/checkout.ts';
import type { JudgedLine, Tax } from '../../contract/entry.ts';
import type { TargetFacts } from './decide.ts';
import { judgeRefund, type RefundJudgement } from './refund.ts';
import { afterBack, allLeft, type LineBack, leftOf, linesBack, standingLines } from './standing.ts';

const checkoutId = '0199f3c4-0b21-7a10-8c3d-6e5f4a3b2c1d';
const line = (quantity: number, totalMinor: number, more: Partial<JudgedLine> = {}): JudgedLine => ({
  sku: `s${quantity}`,
  quantity,
  price: { priceMinor: 1, baseQuantity: 1 },
  totalMinor,
  ...more,
});
/** Three pieces for 1000, one for 5 with 2 off, two that cost nothing. */
const judged = [line(3, 1000), line(1, 5, { discountMinor: 2 }), line(2, 0)];
const sold: TargetFacts = {
  kind: 'checkout',
  verdict: 'approved_offline',
  currency: 'GBP',
  totalMinor: 1003,
  voided: false,
  refundedMinor: 0,
  handedOver: false,
};
const back = (...lines: [line: number, quantity: number, totalMinor: number][]): LineBack[] =>
  lines.map(([at, quantity, totalMinor]) => ({ line: at, quantity, totalMinor }));
const asked = (request: Partial<LinkedRefund>): LinkedRefund => ({ checkoutId, reason: 'x', ...request });
const ofLines = (...lines: [line: number, quantity: number][]) =>
  asked({ lines: lines.map(([at, quantity]) => ({ line: at, quantity })) });
const ofAmount = (totalMinor: number, currency = 'GBP') => asked({ totalMinor, currency });
const judge = (request: LinkedRefund, facts: Partial<TargetFacts> = {}, before: LineBack[] = []) =>
  judgeRefund(request, { ...sold, ...facts }, standingLines({ judged }, before));
const said = (judgement: RefundJudgement) =>
  judgement.kind === 'approved'
    ? [judgement.totalMinor, judgement.lines]
    : judgement.reasons.map(({ code, line: at, left }) =>
        [code, at, left].filter((one) => one !== undefined),
      );

describe('a refund of a checkout gives back', () => {
  const oneThird = back([0, 1, 333]);
  it.each<[string, LinkedRefund, Partial<TargetFacts>, LineBack[], number, LineBack[] | null]>([
    ['a part, as an amount', ofAmount(1), {}, [], 1, null],
    ['the whole, as an amount', ofAmount(1003), {}, [], 1003, null],
    ['what is left, as an amount', ofAmount(403), { refundedMinor: 600 }, [], 403, null],
    ['of an authorised checkout', ofAmount(1), { verdict: 'authorised' }, [], 1, null],
    ['in full', asked({}), {}, [], 1003, back([0, 3, 1000], [1, 1, 3], [2, 2, 0])],
    [
      'in full, the currency said',
      asked({ currency: 'GBP' }),
      {},
      [],
      1003,
      back([0, 3, 1000], [1, 1, 3], [2, 2, 0]),
    ],
    [
      'in full, after one piece',
      asked({}),
      { refundedMinor: 333 },
      oneThird,
      670,
      back([0, 2, 667], [1, 1, 3], [2, 2, 0]),
    ],
    // 503 of 1003 over 1000 and 3: 501.49 and 1.50.
    [
      'in full, after an amount',
      asked({}),
      { refundedMinor: 500 },
      [],
      503,
      back([0, 3, 501], [1, 1, 2], [2, 2, 0]),
    ],
    ['the first piece of a line', ofLines([0, 1]), {}, [], 333, oneThird],
    ['the second', ofLines([0, 1]), { refundedMinor: 333 }, oneThird, 334, back([0, 1, 334])],
    [
      'the last, which takes what is left',
      ofLines([0, 1]),
      { refundedMinor: 667 },
      back([0, 2, 667]),
      333,
      back([0, 1, 333]),
    ],
    ['a whole line', ofLines([0, 3]), {}, [], 1000, back([0, 3, 1000])],
    ['a discounted line as it was paid', ofLines([1, 1]), {}, [], 3, back([1, 1, 3])],
    [
      'several lines, one of them worth nothing',
      ofLines([2, 1], [1, 1]),
      {},
      [],
      3,
      back([2, 1, 0], [1, 1, 3]),
    ],
    ['after the goods were handed over', ofLines([1, 1]), { handedOver: true }, [], 3, back([1, 1, 3])],
  ])('%s', (_, request, facts, before, totalMinor, lines) => {
    expect(said(judge(request, facts, before))).toEqual([totalMinor, lines]);
  });
});

describe('a refund of a checkout is refused', () => {
  it.each<[string, LinkedRefund, Partial<TargetFacts>, LineBack[], unknown[]]>([
    ['one more than the whole', ofAmount(1004), {}, [], [['refund_above_remaining']]],
    ['one more than is left', ofAmount(404), { refundedMinor: 600 }, [], [['refund_above_remaining']]],
    ['in another currency', ofAmount(1, 'EUR'), {}, [], [['currency_not_accepted']]],
    ['in full in another currency', asked({ currency: 'EUR' }), {}, [], [['currency_not_accepted']]],
    ['of a refused checkout', ofAmount(1), { verdict: 'refused' }, [], [['checkout_not_approved']]],
    ['of a pending checkout', asked({}), { verdict: 'pending' }, [], [['checkout_not_approved']]],
    ['of a refund', ofAmount(1), { kind: 'refund' }, [], [['checkout_not_approved']]],
    ['of a voided checkout', asked({}), { voided: true }, [], [['already_voided']]],
    ['in full, when nothing is left', asked({}), { refundedMinor: 1003 }, [], [['refund_of_nothing']]],
    ['of lines that cost nothing', ofLines([2, 2]), {}, [], [['refund_of_nothing']]],
    ['of a line that is not there', ofLines([3, 1]), {}, [], [['line_not_on_checkout', 3]]],
    ['of more of a line than was sold', ofLines([0, 4]), {}, [], [['quantity_above_remaining', 0, 3]]],
    [
      'of more of a line than is left',
      ofLines([0, 2]),
      {},
      back([0, 2, 667]),
      [['quantity_above_remaining', 0, 1]],
    ],
    [
      'of all that is wrong at once',
      ofLines([3, 1], [1, 2], [0, 1]),
      {},
      [],
      [
        ['line_not_on_checkout', 3],
        ['quantity_above_remaining', 1, 1],
      ],
    ],
    [
      'of lines worth more than amounts have left',
      ofLines([0, 3]),
      { refundedMinor: 4 },
      [],
      [['refund_above_remaining']],
    ],
  ])('%s', (_, request, facts, before, reasons) => {
    expect(said(judge(request, facts, before))).toEqual(reasons);
  });
});

describe('what was paid for a line', () => {
  const tax = (prices: Tax['prices'], taxMinor: number): Tax => ({
    category: prices,
    basisPoints: 2000,
    prices,
    netMinor: 1,
    taxMinor,
  });

  it('holds its part of a tax that is added, to the unit and by largest remainder', () => {
    const lines = [line(1, 10, { tax: 0 }), line(1, 10, { tax: 0 }), line(1, 7), line(1, 5, { tax: 1 })];
    const taxes = [tax('exclusive', 5), tax('inclusive', 1)];
    expect(standingLines({ judged: lines, taxes }, []).map(({ paidMinor }) => paidMinor)).toEqual([
      13, 12, 7, 5,
    ]);
  });

  const basket = fc.array(
    fc.record({
      quantity: fc.integer({ min: 1, max: 100_000 }),
      totalMinor: fc.integer({ min: 0, max: 100_000_000_000 }),
      taxed: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  );

  it('comes back whole, in whatever pieces, and never above what is left of the checkout', () => {
    fc.assert(
      fc.property(basket, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (lines, stream) => {
        const of = lines.map(({ quantity, totalMinor, taxed }) =>
          line(quantity, totalMinor, taxed ? { tax: 0 } : {}),
        );
        const taxable = lines.reduce((sum, one) => sum + (one.taxed ? one.totalMinor : 0), 0);
        let now = standingLines({ judged: of, taxes: [tax('exclusive', Math.round(taxable / 5))] }, []);
        const paidMinor = now.reduce((sum, one) => sum + one.paidMinor, 0);
        expect(paidMinor).toBe(of.reduce((sum, one) => sum + one.totalMinor, 0) + Math.round(taxable / 5));
        let leftMinor = paidMinor;
        const share = (of_: number) => Math.ceil((stream.next().value ?? 0) * of_);
        for (let step = 0; step < 4; step++) {
          const pieces = now.flatMap((one, at) => {
            const quantity = share(leftOf(one));
            return quantity > 0 ? [{ line: at, quantity }] : [];
          });
          const given = linesBack(now, pieces, leftMinor);
          for (const { totalMinor } of given) expect(totalMinor).toBeGreaterThanOrEqual(0);
          leftMinor -= given.reduce((sum, one) => sum + one.totalMinor, 0);
          expect(leftMinor).toBeGreaterThanOrEqual(0);
          now = afterBack(now, given);
          for (const one of now) expect(one.backMinor).toBeLessThanOrEqual(one.paidMinor);
        }
        const rest = linesBack(now, allLeft(now), leftMinor);
        expect(rest.reduce((sum, one) => sum + one.totalMinor, 0)).toBe(leftMinor);
      }),
    );
  });
});
