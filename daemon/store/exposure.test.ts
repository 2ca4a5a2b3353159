// I12 against a model that shares no code with the store: whatever comes in whatever order, the exposure is what the
// model says and never above the limit; and refunds never give back more than was taken.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeedItem } from '../../contract/feed.ts';
import type { Policy } from '../../contract/policy.ts';
import { OutcomeKind } from '../../contract/verdict.ts';
import type { AcceptAnswer, Command } from './commands.ts';
import {
  firstFeed,
  pennies,
  policy,
  submit,
  type TemporaryStore,
  temporaryStore,
  uuid,
} from './temporary-store.ts';

const limitMinor = 1000;
const narrow: Policy = { ...policy, exposure: { totalMinorMax: limitMinor } };
const feed: FeedItem[] = [{ kind: 'policy', version: 1, policy: narrow }, ...firstFeed.slice(1)];

type Step =
  | { kind: 'sell'; totals: number[] }
  | { kind: 'void' | 'repeat'; which: number }
  | { kind: 'outcome'; which: number; outcome: OutcomeKind }
  | { kind: 'reopen' }
  | { kind: 'die' };
const which = fc.nat(30);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('sell' as const),
        totals: fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 5 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('void' as const), which }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('repeat' as const), which }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('outcome' as const),
        which,
        outcome: fc.constantFrom(...OutcomeKind.options),
      }),
    },
    { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
    { weight: 1, arbitrary: fc.constant({ kind: 'die' as const }) },
  ),
  { maxLength: 40 },
);
/** Central has not taken these over: the money is still at the site's risk. */
const stillExposed = new Set(['unknown', 'in_review', 'parked']);

/** Plays a plan to a shop and keeps what must come of it. */
function createModel(shop: TemporaryStore) {
  const open = new Map<number, number>();
  const sold: Command[] = [];
  let next = 1;
  const sum = () => [...open.values()].reduce((total, minor) => total + minor, 0);

  const sellOne = (total: number, answer: AcceptAnswer | undefined, n: number) => {
    const fits = sum() + total <= limitMinor;
    expect(answer).toMatchObject({ answer: { verdict: fits ? 'approved_offline' : 'refused' } });
    if (fits) open.set(n, total);
  };
  const play = {
    sell({ totals }: Extract<Step, { kind: 'sell' }>) {
      const first = next;
      const batch = totals.map((total) => submit.checkout(next++, pennies(total)));
      const answers = shop.execute(...batch) as AcceptAnswer[];
      totals.forEach((total, i) => {
        sellOne(total, answers[i], first + i);
      });
      sold.push(...batch);
    },
    void({ which }: { which: number }) {
      const [answer] = shop.execute(submit.void(1000 + next++, uuid(which))) as AcceptAnswer[];
      if (answer?.kind === 'answered' && answer.answer.verdict === 'approved_offline') open.delete(which);
    },
    repeat({ which }: { which: number }) {
      const again = sold[which % Math.max(1, sold.length)];
      if (again) shop.execute(again, again);
    },
    outcome({ which, outcome }: Extract<Step, { kind: 'outcome' }>) {
      shop.feed({ kind: 'outcome', id: uuid(which), outcome, atMs: 1 });
      if (!stillExposed.has(outcome)) open.delete(which);
    },
    reopen: () => shop.reopen(),
    /** A batch that sells and then fails: nothing of it may stay. */
    die() {
      const broken = { kind: 'page', beforeSeq: null, itemsMax: 'x' } as unknown as Command;
      expect(() => shop.execute(submit.checkout(next, pennies(1)), broken)).toThrow();
    },
  };
  return { sum, play: (step: Step) => play[step.kind](step as never) };
}

describe('exposure (I12)', () => {
  it('is the sum of what was approved and has no outcome yet, and never above the limit', () => {
    fc.assert(
      fc.property(steps, (plan) => {
        const shop = temporaryStore(feed);
        const model = createModel(shop);
        for (const step of plan) {
          model.play(step);
          const { totalMinor } = shop.ask('status', {}).exposure;
          expect(totalMinor).toBe(model.sum());
          expect(totalMinor).toBeLessThanOrEqual(limitMinor);
        }
        shop.remove();
      }),
      { numRuns: 60 },
    );
  });

  it('falls once for a checkout that is voided and then booked', () => {
    const shop = temporaryStore(feed);
    shop.execute(submit.checkout(1, pennies(300)), submit.checkout(2, pennies(200)));
    shop.execute(submit.void(3, uuid(1)));
    shop.feed({ kind: 'outcome', id: uuid(1), outcome: 'booked', atMs: 1 });
    expect(shop.ask('status', {}).exposure.totalMinor).toBe(200);
    shop.remove();
  });

  it('of two checkouts in one batch leaves room for one where there is room for one', () => {
    const shop = temporaryStore(feed);
    const answers = shop.execute(submit.checkout(1, pennies(600)), submit.checkout(2, pennies(600)));
    expect(answers).toMatchObject([
      { answer: { verdict: 'approved_offline' } },
      {
        answer: { verdict: 'refused', reasons: [{ code: 'exposure_limit_reached' }, { code: 'link_down' }] },
      },
    ]);
    shop.remove();
  });
});

describe('refunds of a checkout', () => {
  const tries = fc.array(
    fc.record({ minor: fc.integer({ min: 1, max: 120 }), times: fc.integer({ min: 1, max: 2 }) }),
    {
      maxLength: 12,
    },
  );

  it('together never pass its total, whatever their order and however often they are sent', () => {
    fc.assert(
      fc.property(tries, (refunds) => {
        const shop = temporaryStore();
        shop.execute(submit.checkout(1, pennies(200)));
        let given = 0;
        for (const [i, { minor, times }] of refunds.entries()) {
          const fits = given + minor <= 200;
          const command = submit.refund(10 + i, uuid(1), minor);
          const verdict = fits ? 'approved_offline' : 'refused';
          const answers = shop.execute(...new Array<Command>(times).fill(command));
          expect(answers).toMatchObject(new Array(times).fill({ answer: { verdict } }));
          given += fits ? minor : 0;
        }
        shop.reopen();
        expect(shop.ask('document', { id: uuid(1) })?.refundedMinor).toBe(given);
        expect(given).toBeLessThanOrEqual(200);
        shop.remove();
      }),
      { numRuns: 20 },
    );
  });

  it('and a void exclude each other', () => {
    const shop = temporaryStore();
    shop.execute(submit.checkout(1, pennies(10)), submit.checkout(2, pennies(10)));
    const answers = shop.execute(
      submit.void(3, uuid(1)),
      submit.refund(4, uuid(1), 1),
      submit.refund(5, uuid(2), 1),
      submit.void(6, uuid(2)),
    ) as AcceptAnswer[];
    const reasons = answers.map(
      (answer) => answer.kind === 'answered' && answer.answer.reasons.map(({ code }) => code),
    );
    expect(reasons).toEqual([[], ['already_voided'], [], ['already_refunded']]);
    shop.remove();
  });
});
