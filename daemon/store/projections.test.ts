// The rule's facts under any interleaving of checkouts, voids, refunds, fulfilments, outcomes, counts, policies, restarts
// and time:
// I2, I12, I14 and I15 hold, and what is remembered is what the journal and the feed come to when counted again.
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fulfilment, FulfilmentStep } from '../../contract/checkout.ts';
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
  | { kind: 'void' | 'refund' | 'refundAll' | 'repeat' | 'outcome'; which: number }
  | { kind: 'refundLine' | 'pickShort'; which: number; line: number; quantity: number }
  | { kind: 'fulfil'; which: number; step: 'picked' | 'handed_over' | 'abandoned' }
  | { kind: 'stock'; change: 'set' | 'add'; quantity: number }
  | { kind: 'policy'; taken: 'at_checkout' | 'at_hand_over' }
  | { kind: 'wait'; minutes: number }
  | { kind: 'step'; days: number }
  | { kind: 'reopen' | 'die' };
const which = fc.integer({ min: 1, max: 4 });
const taken = fc.constantFrom('at_checkout' as const, 'at_hand_over' as const);
/** What a shop does; goods that wait for their hand-over are `fulfilling` times as often what it is about. */
const stepOf = (fulfilling: number): fc.Arbitrary<Step> =>
  fc.oneof(
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
      arbitrary: fc.record({
        kind: fc.constantFrom('void', 'refund', 'refundAll', 'repeat', 'repeat', 'outcome', 'outcome'),
        which,
      }),
    },
    {
      weight: 2 * fulfilling,
      arbitrary: fc.record({
        kind: fc.constantFrom('refundLine', 'pickShort'),
        which,
        line: fc.nat(1),
        quantity: fc.integer({ min: 1, max: 8 }),
      }),
    },
    {
      weight: 3 * fulfilling,
      arbitrary: fc.record({
        kind: fc.constant('fulfil' as const),
        which,
        step: fc.constantFrom('picked', 'picked', 'handed_over', 'handed_over', 'abandoned'),
      }),
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
        taken,
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
  /** Of each line, what was given back or not picked. */
  back: number[];
  step: FulfilmentStep | null;
  /** Its goods were picked where somebody had counted: they are held until they go. */
  ready: boolean;
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

  function refundLines(which: number, lines: { line: number; quantity: number }[] | undefined): void {
    const checkoutId = uuid(which);
    const refund = { checkoutId, reason: 'damaged', ...(lines && { lines }) };
    const [answer] = accept(submit.refundOf(others++, refund));
    const one = sold.get(checkoutId);
    if (!approved(answer) || !one) return;
    if (!lines) giveAllBack(one);
    for (const { line, quantity } of lines ?? []) one.back[line] = (one.back[line] ?? 0) + quantity;
  }

  function fulfil(which: number, asked: Fulfilment, then: (one: Sold) => void): void {
    const [answer] = accept(submit.fulfil(others++, uuid(which), asked));
    const one = sold.get(uuid(which));
    if (!approved(answer) || !one) return;
    one.step = asked.step;
    one.ready = counted.onHand !== null && (asked.step === 'picked' || asked.step === 'short_picked');
    then(one);
  }

  const play: { [K in Step['kind']]: (step: Extract<Step, { kind: K }>) => void } = {
    sell({ quantities, card }) {
      const batch = quantities.map((quantity) =>
        submit.checkout(
          next++,
          pennies(quantity, {
            lines: linesOf(quantity),
            payment: { token: 't', fingerprint: `f${card}`, scheme: 'visa', last4: '4242' },
          }),
        ),
      );
      const got = accept(...batch);
      batch.forEach((command, i) => {
        if (!approved(got[i]) || command.kind !== 'checkout') return;
        const entry = entryOf(shop, command.id) as CheckoutEntry;
        const back = entry.checkout.lines.map(() => 0);
        sold.set(command.id, {
          entry,
          atMs: now(),
          voidedMs: null,
          exposed: true,
          back,
          step: null,
          ready: false,
        });
        if (entry.goods !== 'reserved' && counted.onHand !== null) counted.onHand -= quantities[i] ?? 0;
      });
      if (got.some(approved)) expectNothingSoldTwice(shop);
    },
    void({ which }) {
      const [answer] = accept(submit.void(others++, uuid(which)));
      const one = sold.get(uuid(which));
      if (!approved(answer) || !one) return;
      expect(one.step).not.toBe('handed_over');
      one.voidedMs = now();
      one.exposed = false;
      if (one.entry.goods !== 'reserved' && counted.onHand !== null) counted.onHand += quantityOf(one);
    },
    refund: ({ which }) => void accept(submit.refund(others++, uuid(which), 1)),
    refundAll: ({ which }) => refundLines(which, undefined),
    refundLine: ({ which, line, quantity }) => refundLines(which, [{ line, quantity }]),
    pickShort({ which, line, quantity }) {
      const lines = [{ line, quantity }];
      fulfil(which, { step: 'short_picked', lines }, (one) => {
        one.entry.checkout.lines.forEach((asked, at) => {
          one.back[at] = asked.quantity - (at === line ? quantity : 0);
        });
        expectNothingSoldTwice(shop);
      });
    },
    fulfil({ which, step }) {
      const asked: Fulfilment = step === 'abandoned' ? { step, reason: 'not collected' } : { step };
      fulfil(which, asked, (one) => {
        if (step === 'picked') expectNothingSoldTwice(shop);
        if (step === 'handed_over' && counted.onHand !== null)
          counted.onHand -= quantityOf(one) - sumOf(one.back);
        if (step === 'abandoned') giveAllBack(one);
      });
    },
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

/** One line, or the same goods on two. */
function linesOf(quantity: number): { sku: string; quantity: number }[] {
  const [first, second] = quantity % 3 === 0 ? [quantity / 3, (quantity * 2) / 3] : [quantity, 0];
  return [first, second].flatMap((one) => (one > 0 ? [{ sku: 'penny', quantity: one }] : []));
}

const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0);
const quantityOf = ({ entry }: Sold) => sumOf(entry.judged?.map(({ quantity }) => quantity) ?? []);

function giveAllBack(one: Sold): void {
  one.back = one.entry.checkout.lines.map(({ quantity }) => quantity);
}

/** What was promised just now was there: no more is promised than is on hand (I14). */
function expectNothingSoldTwice(shop: TemporaryStore): void {
  const [left] = read<{ left: number }>(shop, 'SELECT on_hand - reserved AS left FROM stock');
  expect(left?.left ?? 0).toBeGreaterThanOrEqual(0);
}

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
  const held = new Map(
    read<{ id: string; sum: number }>(
      shop,
      'SELECT lower(hex(checkout_id)) AS id, quantity AS sum FROM reservation',
    ).map(({ id, sum }) => [id, sum]),
  );
  expect(stock?.reserved ?? 0).toBe(sumOf([...held.values()]));
  checkGivenBack(shop, sold, held);
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

/** Of each checkout: no piece of it and no penny is given back twice, and it holds no more goods than are still to go. */
function checkGivenBack(
  shop: TemporaryStore,
  sold: ReadonlyMap<string, Sold>,
  held: ReadonlyMap<string, number>,
): void {
  const refunded = new Map<string, number>();
  for (const entry of entries(shop)) {
    if (entry.kind !== 'refund' || entry.verdict !== 'approved_offline' || !('checkoutId' in entry.refund))
      continue;
    const { checkoutId, totalMinor = 0, lines } = entry.refund;
    if (lines) expect(sumOf(lines.map((one) => one.totalMinor ?? 0))).toBe(totalMinor);
    refunded.set(checkoutId, (refunded.get(checkoutId) ?? 0) + totalMinor);
  }
  for (const [id, one] of sold) {
    const view = shop.ask('document', { id });
    const { lines, totalMinor } = one.entry.checkout;
    expect(view?.refundedMinor).toBe(refunded.get(id) ?? 0);
    expect(view?.refundedMinor).toBeLessThanOrEqual(totalMinor);
    const back = lines.map((_, line) => view?.givenBack?.find((given) => given.line === line)?.quantity ?? 0);
    expect(back).toEqual(one.back);
    lines.forEach(({ quantity }, line) => {
      expect(back[line]).toBeLessThanOrEqual(quantity);
    });
    const ended = one.voidedMs !== null || one.step === 'handed_over' || one.step === 'abandoned';
    const toGo = ended || one.entry.goods !== 'reserved' ? 0 : quantityOf(one) - sumOf(back);
    const ofThis = held.get(id.replaceAll('-', '')) ?? 0;
    expect(ofThis).toBeLessThanOrEqual(toGo);
    if (one.ready) expect(ofThis).toBe(toGo);
    if (one.step === 'abandoned') expect(view?.refundedMinor).toBe(totalMinor);
  }
}

/** Plays a plan to a shop of its own, and holds everything against it after each step. */
function holds(taken: 'at_checkout' | 'at_hand_over', plan: readonly Step[]): void {
  const shop = temporaryStore([policyFor(1, taken), ...firstFeed.slice(1)]);
  try {
    const run = createRun(shop);
    for (const one of plan) {
      run.play(one);
      check(shop, run);
    }
  } finally {
    shop.remove();
  }
}

describe('the projections', () => {
  it('hold their limits, and are what the journal and the feed come to, whatever happens in whatever order', () => {
    fc.assert(fc.property(taken, fc.array(stepOf(1), { maxLength: 30, size: 'max' }), holds), {
      numRuns: 40,
    });
  });

  it('do so for goods that wait for their hand-over, whatever is picked, given back, sold and counted meanwhile', () => {
    const open: Step[] = [
      { kind: 'stock', change: 'set', quantity: 25 },
      { kind: 'sell', quantities: [9, 4], card: 0 },
      { kind: 'sell', quantities: [6], card: 1 },
    ];
    fc.assert(
      fc.property(fc.array(stepOf(6), { maxLength: 20, size: 'max' }), (plan) =>
        holds('at_hand_over', [...open, ...plan]),
      ),
      { numRuns: 60 },
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
