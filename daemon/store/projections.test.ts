// The rule's facts under any interleaving of checkouts, voids, refunds, outcomes, counts, policies, restarts and time:
// I2, I12, I14 and I15 hold, and what is remembered is what the journal and the feed come to when counted again.
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckoutEntry, Entry } from '../../contract/entry.ts';
import type { FeedItem } from '../../contract/feed.ts';
import type { AcceptAnswer, Command } from './commands.ts';
import { takeBackMsMax } from './risk-totals.ts';
import {
  firstFeed,
  pennies,
  policyItem,
  submit,
  type TemporaryStore,
  temporaryStore,
  uuid,
} from './temporary-store.ts';

const minuteMs = 60_000;
const exposureMax = 60;
const countMax = 6;
const cardMax = { count: 3, windowMinutes: 30 };
const reservationMinutes = 45;
const policyFor = (version: number, taken: 'at_checkout' | 'at_hand_over') =>
  policyItem(version, {
    exposure: { totalMinorMax: exposureMax, countMax },
    stock: { taken, reservationMinutesMax: reservationMinutes },
    risk: {
      velocity: [{ per: 'fingerprint', windowMinutes: cardMax.windowMinutes, countMax: cardMax.count }],
    },
  });

type Step =
  | { kind: 'sell'; quantities: number[]; card: number }
  | { kind: 'void' | 'refund' | 'repeat' | 'outcome'; which: number }
  | { kind: 'stock'; change: 'set' | 'add'; quantity: number }
  | { kind: 'policy'; taken: 'at_checkout' | 'at_hand_over' }
  | { kind: 'wait'; minutes: number }
  | { kind: 'step'; days: number }
  | { kind: 'reopen' | 'die' };
const which = fc.integer({ min: 1, max: 5 });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('sell' as const),
      quantities: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 3 }),
      card: fc.nat(1),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('void', 'refund', 'repeat', 'outcome'), which }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('stock' as const),
      change: fc.constantFrom('set', 'add'),
      quantity: fc.integer({ min: -5, max: 25 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('policy' as const),
      taken: fc.constantFrom('at_checkout', 'at_hand_over'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 50 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('step' as const),
      days: fc.constantFrom(1, -1, 365, -365, -20_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('reopen', 'die') }) },
);

interface Sold {
  entry: CheckoutEntry;
  atMs: number;
  voidedMs: number | null;
  exposed: boolean;
}

/** Plays a plan to a shop and keeps, apart from it, what happened. */
function createRun(shop: TemporaryStore) {
  const startedMs = shop.clock.monotonicMs();
  const asked: Command[] = [];
  const answers = new Map<Command, AcceptAnswer>();
  const sold = new Map<string, Sold>();
  const counted = { onHand: null as number | null };
  let next = 1;
  let others = 1000;
  let version = 1;
  const now = () => shop.clock.monotonicMs() - startedMs;
  const accept = (...batch: Command[]) => {
    const got = shop.execute(...batch) as AcceptAnswer[];
    batch.forEach((command, i) => {
      const answer = got[i] as AcceptAnswer;
      const before = answers.get(command);
      // I2: the same command gets the same answer for ever.
      if (before) expect(answer).toEqual(before);
      // What was not accepted left nothing: sent again, it may well be.
      if (answer.kind === 'answered' && !before) asked.push(command);
      if (answer.kind === 'answered') answers.set(command, answer);
    });
    return got;
  };
  const approved = (answer: AcceptAnswer | undefined) =>
    answer?.kind === 'answered' && answer.answer.verdict === 'approved_offline';

  const play: { [K in Step['kind']]: (step: Extract<Step, { kind: K }>) => void } = {
    sell({ quantities, card }) {
      const batch = quantities.map((quantity) =>
        submit.checkout(
          next++,
          pennies(quantity, {
            payment: { token: 't', fingerprint: `f${card}`, scheme: 'visa', last4: '4242' },
          }),
        ),
      );
      const got = accept(...batch);
      batch.forEach((command, i) => {
        if (!approved(got[i]) || command.kind !== 'checkout') return;
        const entry = entryOf(shop, command.id) as CheckoutEntry;
        sold.set(command.id, { entry, atMs: now(), voidedMs: null, exposed: true });
        if (entry.goods !== 'reserved' && counted.onHand !== null) counted.onHand -= quantities[i] ?? 0;
      });
    },
    void({ which }) {
      const [answer] = accept(submit.void(others++, uuid(which)));
      const one = sold.get(uuid(which));
      if (!approved(answer) || !one) return;
      one.voidedMs = now();
      one.exposed = false;
      if (one.entry.goods !== 'reserved' && counted.onHand !== null) counted.onHand += quantityOf(one);
    },
    refund: ({ which }) => void accept(submit.refund(others++, uuid(which), 1)),
    repeat({ which }) {
      const again = asked[which];
      if (again) accept(again, again);
    },
    outcome({ which }) {
      shop.feed({ kind: 'outcome', id: uuid(which), outcome: 'booked', atMs: 1 });
      const one = sold.get(uuid(which));
      if (one) one.exposed = false;
    },
    stock({ change, quantity }) {
      const item: FeedItem = { kind: 'stock', changes: [{ sku: 'penny', change, quantity }] };
      shop.feed(item);
      counted.onHand = change === 'set' ? quantity : (counted.onHand ?? 0) + quantity;
    },
    policy: ({ taken }) => void shop.feed(policyFor(++version, taken)),
    wait: ({ minutes }) => shop.clock.advance(minutes * minuteMs),
    step: ({ days }) => shop.clock.setWall(shop.clock.wallMs() + days * 24 * 60 * minuteMs),
    reopen: () => shop.reopen(),
    die() {
      const broken = { kind: 'page', beforeSeq: null, itemsMax: 'x' } as unknown as Command;
      expect(() => shop.execute(submit.checkout(next, pennies(1)), broken)).toThrow();
    },
  };

  return { play: (one: Step) => play[one.kind](one as never), sold, counted, now };
}

const quantityOf = ({ entry }: Sold) => entry.judged?.[0]?.quantity ?? 0;

function read<T>(shop: TemporaryStore, sql: string): T[] {
  const db = new BetterSqlite3(join(shop.folder, 'journal.db'), { readonly: true });
  const rows = db.prepare<[], T>(sql).all();
  db.close();
  return rows;
}

function entryOf(shop: TemporaryStore, id: string): Entry | undefined {
  return entries(shop).find((entry) => entry.id === id);
}

function entries(shop: TemporaryStore): Entry[] {
  return read<{ body: Buffer }>(shop, 'SELECT body FROM entry ORDER BY seq').map(({ body }) =>
    JSON.parse(body.toString()),
  );
}

/** Everything that is remembered, counted again from what happened. */
function check(shop: TemporaryStore, { sold, counted, now }: ReturnType<typeof createRun>): void {
  const all = [...sold.values()];
  const exposed = all.filter((one) => one.exposed);
  const [position] = read<{ exposure: number; count: number; slip: number }>(
    shop,
    'SELECT exposure_minor AS exposure, exposure_count AS count, last_slip AS slip FROM position',
  );
  // I12.
  expect(position).toMatchObject({
    exposure: exposed.reduce((sum, { entry }) => sum + entry.checkout.totalMinor, 0),
    count: exposed.length,
  });
  expect(position?.exposure).toBeLessThanOrEqual(exposureMax);
  expect(position?.count).toBeLessThanOrEqual(countMax);
  // I15: gapless, over checkouts and refunds alike.
  const slips = entries(shop).flatMap((entry) =>
    'slip' in entry && entry.slip !== undefined ? [{ year: entry.slipYear ?? 0, slip: entry.slip }] : [],
  );
  let before = { year: 0, slip: 0 };
  for (const one of slips) {
    expect(one.year).toBeGreaterThanOrEqual(before.year);
    expect(one.slip).toBe(one.year > before.year ? 1 : before.slip + 1);
    before = one;
  }
  expect(position?.slip).toBe(before.slip);
  // I14: on hand is what was counted less what left; reserved is what is held and has not expired.
  const [stock] = read<{ onHand: number; reserved: number }>(
    shop,
    'SELECT on_hand AS onHand, reserved FROM stock',
  );
  expect(stock?.onHand ?? null).toBe(counted.onHand);
  const [held] = read<{ sum: number }>(shop, 'SELECT total(quantity) AS sum FROM reservation');
  expect(stock?.reserved ?? 0).toBe(held?.sum);
  // Velocity: within any window a card was approved at most so often, as far as voids were not taken back.
  for (const card of ['f0', 'f1']) {
    const ofCard = all.filter(({ entry }) => entry.checkout.payment.fingerprint === card);
    const counting = ofCard.filter(
      ({ voidedMs, atMs }) => voidedMs === null || voidedMs - atMs > takeBackMsMax,
    );
    const inWindow = counting.filter(({ atMs }) => atMs > now() - cardMax.windowMinutes * minuteMs);
    expect(inWindow.length).toBeLessThanOrEqual(cardMax.count);
    const [total] = read<{ count: number; minor: number }>(
      shop,
      `SELECT count, total_minor AS minor FROM risk_total WHERE key = 'f${card}'`,
    );
    expect(total?.count ?? 0).toBe(counting.length);
    expect(total?.minor ?? 0).toBe(counting.reduce((sum, { entry }) => sum + entry.checkout.totalMinor, 0));
  }
}

describe('the projections', () => {
  it('hold their limits, and are what the journal and the feed come to, whatever happens in whatever order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30, size: 'max' }), (plan) => {
        const shop = temporaryStore([policyFor(1, 'at_checkout'), ...firstFeed.slice(1)]);
        try {
          const run = createRun(shop);
          for (const one of plan) {
            run.play(one);
            check(shop, run);
          }
        } finally {
          shop.remove();
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('stock (I14)', () => {
  const stock = (quantity: number): FeedItem => ({
    kind: 'stock',
    changes: [{ sku: 'penny', change: 'set', quantity }],
  });
  const verdicts = (answers: unknown[]) =>
    (answers as AcceptAnswer[]).map((answer) => {
      if (answer.kind !== 'answered') return answer.kind;
      const [reason] = answer.answer.reasons;
      const { verdict } = answer.answer;
      return verdict === 'refused' ? `${reason?.code} ${reason?.left}` : verdict;
    });

  it('of two checkouts in one batch is sold to the one it is enough for', () => {
    const shop = temporaryStore([...firstFeed, stock(5)]);
    expect(
      verdicts(
        shop.execute(
          submit.checkout(1, pennies(3)),
          submit.checkout(2, pennies(3)),
          submit.checkout(3, pennies(2)),
        ),
      ),
    ).toEqual(['approved_offline', 'out_of_stock 2', 'approved_offline']);
    shop.remove();
  });

  it('comes back with a void', () => {
    const shop = temporaryStore([...firstFeed, stock(5)]);
    const steps = [
      submit.checkout(1, pennies(5)),
      submit.checkout(2, pennies(1)),
      submit.void(3, uuid(1)),
      submit.checkout(4, pennies(5)),
    ];
    expect(verdicts(shop.execute(...steps))).toEqual([
      'approved_offline',
      'out_of_stock 0',
      'approved_offline',
      'approved_offline',
    ]);
    shop.remove();
  });

  it('that is reserved is for sale again when the reservation expires, and a later void gives nothing twice', () => {
    const shop = temporaryStore([policyFor(1, 'at_hand_over'), ...firstFeed.slice(1), stock(5)]);
    const sell = (n: number, quantity: number) =>
      verdicts(shop.execute(submit.checkout(n, pennies(quantity))));
    expect(sell(1, 5)).toEqual(['approved_offline']);
    shop.clock.advance(reservationMinutes * minuteMs - 1);
    expect(sell(2, 1)).toEqual(['out_of_stock 0']);
    shop.clock.advance(1);
    shop.clock.setWall(0);
    expect(sell(3, 5)).toEqual(['approved_offline']);
    shop.execute(submit.void(4, uuid(1)));
    expect(sell(5, 1)).toEqual(['out_of_stock 0']);
    shop.remove();
  });

  it('survives a restart, and a rolled back batch takes none', () => {
    const shop = temporaryStore([...firstFeed, stock(5)]);
    shop.execute(submit.checkout(1, pennies(2)));
    const broken = { kind: 'page', beforeSeq: null, itemsMax: 'x' } as unknown as Command;
    expect(() => shop.execute(submit.checkout(2, pennies(3)), broken)).toThrow();
    shop.reopen();
    expect(verdicts(shop.execute(submit.checkout(3, pennies(4)), submit.checkout(4, pennies(3))))).toEqual([
      'out_of_stock 3',
      'approved_offline',
    ]);
    shop.remove();
  });
});
