import { describe, expect, it } from 'vitest';
import type { Fulfilment } from '../../contract/checkout.ts';
import {
  type FulfilmentFacts,
  type FulfilmentJudgement,
  type FulfilmentState,
  judgeFulfilment,
} from './fulfil.ts';
import { type LineBack, standingLines } from './standing.ts';

/** Three of tea for 300, two of milk for 100, and one more of tea for 100. */
const judged = (
  [
    ['tea', 3, 300],
    ['milk', 2, 100],
    ['tea', 1, 100],
  ] as const
).map(([sku, quantity, totalMinor]) => ({
  sku,
  quantity,
  price: { priceMinor: 100, baseQuantity: 1 as const },
  totalMinor,
}));
const standing = (...before: LineBack[]) => standingLines({ judged }, before);
const sold: FulfilmentFacts = {
  kind: 'checkout',
  verdict: 'approved_offline',
  currency: 'GBP',
  totalMinor: 500,
  voided: false,
  refundedMinor: 0,
  handedOver: false,
  state: 'expected',
  lines: standing(),
  obtainable: [4, 2, 4],
};
const steps: Record<Fulfilment['step'], Fulfilment> = {
  picked: { step: 'picked' },
  short_picked: { step: 'short_picked', lines: [{ line: 0, quantity: 1 }] },
  handed_over: { step: 'handed_over' },
  abandoned: { step: 'abandoned', reason: 'not collected' },
};
const short = (...lines: [line: number, quantity: number][]): Fulfilment => ({
  step: 'short_picked',
  lines: lines.map(([line, quantity]) => ({ line, quantity })),
});
const judge = (asked: Fulfilment, facts: Partial<FulfilmentFacts> = {}) =>
  judgeFulfilment(asked, { ...sold, ...facts });
const said = (judgement: FulfilmentJudgement) =>
  judgement.kind === 'done'
    ? judgement.back.map(({ line, quantity, totalMinor }) => [line, quantity, totalMinor])
    : judgement.reasons.map(({ code, line, left }) => [code, line, left].filter((one) => one !== undefined));

describe('a step of a fulfilment', () => {
  const done = 'done';
  it.each<[FulfilmentState | null, Record<Fulfilment['step'], string>]>([
    ['expected', { picked: done, short_picked: done, handed_over: 'not_picked', abandoned: done }],
    [
      'picked',
      { picked: 'already_picked', short_picked: 'already_picked', handed_over: done, abandoned: done },
    ],
    [
      'short_picked',
      { picked: 'already_picked', short_picked: 'already_picked', handed_over: done, abandoned: done },
    ],
    ['handed_over', allWith('already_handed_over')],
    ['abandoned', allWith('already_abandoned')],
    [null, allWith('fulfilment_not_expected')],
  ])('after %s', (state, expected) => {
    const found = Object.fromEntries(
      Object.entries(steps).map(([step, asked]) => {
        const judgement = judge(asked, { state });
        return [step, judgement.kind === 'done' ? done : judgement.reasons.map(({ code }) => code).join()];
      }),
    );
    expect(found).toEqual(expected);
  });

  it.each<[string, Partial<FulfilmentFacts>, string]>([
    ['a refused checkout', { verdict: 'refused' }, 'checkout_not_approved'],
    ['a pending checkout', { verdict: 'pending' }, 'checkout_not_approved'],
    ['a refund', { kind: 'refund' }, 'checkout_not_approved'],
    ['a voided checkout', { voided: true }, 'already_voided'],
    [
      'a checkout that was given back',
      {
        lines: standing(
          { line: 0, quantity: 3, totalMinor: 300 },
          { line: 1, quantity: 2, totalMinor: 100 },
          { line: 2, quantity: 1, totalMinor: 100 },
        ),
      },
      'nothing_to_hand_over',
    ],
  ])('of %s is refused', (_, facts, code) => {
    for (const asked of Object.values(steps)) expect(said(judge(asked, facts))).toEqual([[code]]);
  });
});

describe('what a step gives back', () => {
  const oneTea = standing({ line: 0, quantity: 1, totalMinor: 100 });
  it.each<[string, Fulfilment, Partial<FulfilmentFacts>, unknown[]]>([
    ['nothing, when all was picked', steps.picked, {}, []],
    ['nothing, when all is named', short([0, 3], [1, 2], [2, 1]), {}, []],
    ['what is short of a line', short([0, 1], [1, 2], [2, 1]), {}, [[0, 2, 200]]],
    [
      'lines that are not named, whole',
      short([1, 2]),
      {},
      [
        [0, 3, 300],
        [2, 1, 100],
      ],
    ],
    ['lines named with none', short([0, 0], [1, 2], [2, 1]), {}, [[0, 3, 300]]],
    [
      'no piece that was given back before',
      short([0, 1], [1, 2], [2, 1]),
      { lines: oneTea, refundedMinor: 100 },
      [[0, 1, 100]],
    ],
    [
      'everything that is left, when nobody comes',
      steps.abandoned,
      { lines: oneTea, refundedMinor: 100 },
      [
        [0, 2, 200],
        [1, 2, 100],
        [2, 1, 100],
      ],
    ],
    // 50 of an amount went before: 350 is worth of goods that are left with 300.
    [
      'no more than amounts have left',
      short([1, 1]),
      { refundedMinor: 350 },
      [
        [0, 3, 100],
        [1, 1, 17],
        [2, 1, 33],
      ],
    ],
    [
      'no money, where all of it went before',
      short([1, 2]),
      { refundedMinor: 500 },
      [
        [0, 3, 0],
        [2, 1, 0],
      ],
    ],
    ['nothing, at the hand-over', steps.handed_over, { state: 'picked' }, []],
  ])('%s', (_, asked, facts, back) => {
    const judgement = judge(asked, facts);
    expect(judgement.kind).toBe('done');
    expect(said(judgement)).toEqual(back);
  });
});

describe('picking is refused', () => {
  it.each<[string, Fulfilment, Partial<FulfilmentFacts>, unknown[]]>([
    ['of more than was sold', short([0, 4]), {}, [['picked_more_than_sold', 0, 3]]],
    [
      'of more than was not given back',
      short([0, 3]),
      { lines: standing({ line: 0, quantity: 1, totalMinor: 100 }) },
      [['picked_more_than_sold', 0, 2]],
    ],
    ['of a line that is not there', short([3, 1]), {}, [['line_not_on_checkout', 3]]],
    ['of nothing', short([0, 0]), {}, [['nothing_picked']]],
    [
      'of goods that were sold to somebody else since',
      steps.picked,
      { obtainable: [3, 2, 3] },
      [['out_of_stock', 2, 3]],
    ],
    [
      'of goods that were counted to be fewer',
      steps.picked,
      { obtainable: [4, -1, 4] },
      [['out_of_stock', 1, 0]],
    ],
  ])('%s', (_, asked, facts, reasons) => {
    const judgement = judge(asked, facts);
    expect(judgement.kind).toBe('refused');
    expect(said(judgement)).toEqual(reasons);
  });

  it.each<[string, Fulfilment, (number | null)[]]>([
    ['nobody counted them', steps.picked, [null, null, null]],
    ['so few as were picked are there', short([0, 1], [1, 2]), [1, 2, 1]],
  ])('not where %s', (_, asked, obtainable) => {
    expect(judge(asked, { obtainable }).kind).toBe('done');
  });
});

function allWith(code: string): Record<Fulfilment['step'], string> {
  return { picked: code, short_picked: code, handed_over: code, abandoned: code };
}
