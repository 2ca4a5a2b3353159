// Goods that wait for their hand-over, on a real database: what each step does to the stock, and the refund it brings.
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Fulfilment } from '../../contract/checkout.ts';
import { Entry } from '../../contract/entry.ts';
import type { FeedItem } from '../../contract/feed.ts';
import { Answer, DocumentView } from '../../contract/kiosk-api.ts';
import type { AcceptAnswer, Command } from './commands.ts';
import {
  firstFeed,
  pennies,
  policyItem,
  submit,
  type TemporaryStore,
  temporaryStore,
  uuid,
} from './temporary-store.ts';

const reservationMinutes = 60;
const minuteMs = 60_000;
const atHandOver = (version: number) =>
  policyItem(version, { stock: { taken: 'at_hand_over', reservationMinutesMax: reservationMinutes } });
const counted: FeedItem = {
  kind: 'stock',
  changes: [
    { sku: 'penny', change: 'set', quantity: 20 },
    { sku: 'pencil', change: 'set', quantity: 5 },
  ],
};
/** Ten penny sweets, two pencils and four penny sweets more. */
const basket = pennies(412, {
  lines: [
    { sku: 'penny', quantity: 10 },
    { sku: 'pencil', quantity: 2 },
    { sku: 'penny', quantity: 4 },
  ],
});
const sale = uuid(1);
const picked: Fulfilment = { step: 'picked' };
const handedOver: Fulfilment = { step: 'handed_over' };
const abandoned: Fulfilment = { step: 'abandoned', reason: 'not collected' };
const short = (...lines: [line: number, quantity: number][]): Fulfilment => ({
  step: 'short_picked',
  lines: lines.map(([line, quantity]) => ({ line, quantity })),
});

let shop: TemporaryStore;
beforeEach(() => {
  shop = temporaryStore([atHandOver(1), ...firstFeed.slice(1), counted]);
  shop.execute(submit.checkout(1, basket));
});
afterEach(() => shop.remove());

const said = (answer: unknown) => {
  const accepted = answer as AcceptAnswer;
  return accepted.kind === 'answered' ? Answer.parse(accepted.answer) : expect.fail(accepted.kind);
};
const send = (command: Command) => said(shop.execute(command)[0]);
const fulfil = (n: number, step: Fulfilment, of = sale) => send(submit.fulfil(n, of, step));
const codes = (answer: Answer) => answer.reasons.map(({ code }) => code);
const view = (id = sale) => DocumentView.parse(shop.ask('document', { id }));

function rows<T>(sql: string): T[] {
  const db = new BetterSqlite3(join(shop.folder, 'journal.db'), { readonly: true });
  const found = db.prepare<[], T>(sql).all();
  db.close();
  return found;
}
/** On hand and reserved: of penny sweets, of pencils. */
const stock = () =>
  rows<{ sku: string; onHand: number; reserved: number }>(
    'SELECT sku, on_hand AS onHand, reserved FROM stock ORDER BY sku DESC',
  ).map(({ onHand, reserved }) => [onHand, reserved]);
const entries = () =>
  rows<{ body: Buffer }>('SELECT body FROM entry ORDER BY seq').map(({ body }) =>
    Entry.parse(JSON.parse(body.toString())),
  );

describe('reserved goods', () => {
  it('leave the stock when they are handed over, and not before', () => {
    expect(stock()).toEqual([
      [20, 14],
      [5, 2],
    ]);
    expect(view().fulfilment).toBe('expected');
    expect(codes(fulfil(2, handedOver))).toEqual(['not_picked']);
    expect(fulfil(3, picked)).toMatchObject({
      kind: 'fulfilment',
      verdict: 'approved_offline',
      step: 'picked',
      checkoutId: sale,
    });
    expect(stock()).toEqual([
      [20, 14],
      [5, 2],
    ]);
    fulfil(4, handedOver);
    expect(stock()).toEqual([
      [6, 0],
      [3, 0],
    ]);
    expect(view()).toMatchObject({ fulfilment: 'handed_over', refundedMinor: 0 });
    expect(codes(send(submit.void(5, sale)))).toEqual(['already_handed_over']);
    expect(codes(fulfil(6, abandoned))).toEqual(['already_handed_over']);
  });

  it('that are short are for sale again, and refunded by an entry that follows', () => {
    const answer = fulfil(2, short([0, 10], [1, 1], [2, 0]));
    expect(answer.refund).toMatchObject({ currency: 'GBP', totalMinor: 203 });
    expect(stock()).toEqual([
      [20, 10],
      [5, 1],
    ]);
    const [step, refund] = entries().slice(-2);
    expect(step).toMatchObject({ kind: 'fulfilment', id: uuid(2), refund: answer.refund });
    expect(refund).toMatchObject({
      kind: 'refund',
      id: answer.refund?.id,
      verdict: 'approved_offline',
      slip: 2,
      fulfilmentId: uuid(2),
      refund: {
        checkoutId: sale,
        lines: [
          { line: 1, quantity: 1, totalMinor: 199 },
          { line: 2, quantity: 4, totalMinor: 4 },
        ],
        totalMinor: 203,
      },
    });
    expect(view()).toMatchObject({
      fulfilment: 'short_picked',
      refundedMinor: 203,
      givenBack: [{ line: 1 }, { line: 2 }],
    });
    expect(view(answer.refund?.id)).toMatchObject({ kind: 'refund', totalMinor: 203, checkoutId: sale });
    fulfil(3, handedOver);
    expect(stock()).toEqual([
      [10, 0],
      [4, 0],
    ]);
  });

  it('that nobody comes for are for sale again, and the customer has everything back', () => {
    fulfil(2, picked);
    send(submit.refund(3, sale, 12));
    const answer = fulfil(4, abandoned);
    expect(answer.refund?.totalMinor).toBe(400);
    expect(stock()).toEqual([
      [20, 0],
      [5, 0],
    ]);
    expect(view()).toMatchObject({ fulfilment: 'abandoned', refundedMinor: 412 });
    expect(codes(send(submit.refundOf(5, { checkoutId: sale, reason: 'x' })))).toEqual(['refund_of_nothing']);
    expect(codes(send(submit.void(6, sale)))).toEqual(['already_refunded']);
    expect(codes(fulfil(7, handedOver))).toEqual(['already_abandoned']);
  });

  it('go when their line is refunded before they are picked, and picking asks for the rest only', () => {
    const refund = { checkoutId: sale, lines: [{ line: 0, quantity: 3 }], reason: 'changed their mind' };
    expect(send(submit.refundOf(2, refund))).toMatchObject({
      totalMinor: 3,
      givenBack: [{ line: 0, quantity: 3, totalMinor: 3 }],
    });
    expect(stock()).toEqual([
      [20, 11],
      [5, 2],
    ]);
    expect(codes(fulfil(3, short([0, 8])))).toEqual(['picked_more_than_sold']);
    fulfil(4, picked);
    send(submit.refundOf(5, { checkoutId: sale, lines: [{ line: 1, quantity: 2 }], reason: 'x' }));
    expect(stock()).toEqual([
      [20, 11],
      [5, 0],
    ]);
    fulfil(6, handedOver);
    expect(stock()).toEqual([
      [9, 0],
      [5, 0],
    ]);
    // What the customer brings back later is not put back on the shelf unseen.
    send(submit.refundOf(7, { checkoutId: sale, lines: [{ line: 2, quantity: 4 }], reason: 'x' }));
    expect(stock()).toEqual([
      [9, 0],
      [5, 0],
    ]);
  });

  it('are expected no longer once everything was given back', () => {
    send(submit.refundOf(2, { checkoutId: sale, reason: 'x' }));
    expect(stock()).toEqual([
      [20, 0],
      [5, 0],
    ]);
    expect(view()).not.toHaveProperty('fulfilment');
    expect(codes(fulfil(3, picked))).toEqual(['nothing_to_hand_over']);
  });

  it('go back with a void, picked or not', () => {
    fulfil(2, picked);
    expect(codes(send(submit.void(3, sale)))).toEqual([]);
    expect(stock()).toEqual([
      [20, 0],
      [5, 0],
    ]);
    expect(view()).not.toHaveProperty('fulfilment');
    expect(codes(fulfil(4, handedOver))).toEqual(['already_voided']);
  });

  it('are not expected where they left with their checkout', () => {
    shop.feed(policyItem(2, {}));
    send(submit.checkout(2, pennies(1)));
    expect(view(uuid(2))).not.toHaveProperty('fulfilment');
    expect(codes(fulfil(3, picked, uuid(2)))).toEqual(['fulfilment_not_expected']);
  });
});

describe('a reservation that ran out', () => {
  beforeEach(() => shop.clock.advance(reservationMinutes * minuteMs));

  it('is picked all the same while the goods are there, and then held until its hand-over', () => {
    send(submit.checkout(2, pennies(6)));
    expect(stock()).toEqual([
      [20, 6],
      [5, 0],
    ]);
    fulfil(3, picked);
    expect(stock()).toEqual([
      [20, 20],
      [5, 2],
    ]);
    shop.clock.advance(100 * reservationMinutes * minuteMs);
    expect(codes(send(submit.checkout(4, pennies(7))))).toEqual(['out_of_stock']);
    fulfil(5, handedOver);
    expect(stock()[1]).toEqual([3, 0]);
  });

  it('is picked no further than others left of it (I14)', () => {
    send(submit.checkout(2, pennies(10)));
    const refused = fulfil(3, picked);
    expect(refused.reasons).toMatchObject([{ code: 'out_of_stock', line: 2, left: 10 }]);
    expect(stock()).toEqual([
      [20, 10],
      [5, 0],
    ]);
    expect(fulfil(4, short([0, 8], [1, 2], [2, 2])).refund?.totalMinor).toBe(4);
    expect(stock()).toEqual([
      [20, 20],
      [5, 2],
    ]);
  });
});

describe('a step that is sent again', () => {
  it('is answered the same, and refunds once, over restarts too (I2)', () => {
    const command = submit.fulfil(2, sale, short([0, 1]));
    const [first, again] = shop.execute(command, command);
    expect(again).toEqual(first);
    shop.reopen();
    expect(shop.execute(command)).toEqual([first]);
    expect(view().refundedMinor).toBe(411);
    expect(entries().map(({ kind }) => kind)).toEqual(['checkout', 'fulfilment', 'refund']);
    expect(shop.execute({ ...command, requestHash: 'ff'.repeat(32) } as Command)).toEqual([
      { kind: 'unaccepted', code: 'idempotency_conflict' },
    ]);
  });

  it('changes nothing where the id of its refund was chosen by somebody before', () => {
    const refundId = said(shop.execute(submit.fulfil(2, sale, short([0, 1])))[0]).refund?.id ?? '';
    const other = temporaryStore([atHandOver(1), ...firstFeed.slice(1), counted]);
    other.execute(submit.checkout(1, basket), { ...submit.refund(9, sale, 1), id: refundId } as Command);
    expect(other.execute(submit.fulfil(2, sale, short([0, 1])))).toEqual([
      { kind: 'unaccepted', code: 'idempotency_conflict' },
    ]);
    expect(other.ask('document', { id: sale })).toMatchObject({ fulfilment: 'expected', refundedMinor: 1 });
    other.remove();
  });

  it('of nothing known leaves no entry', () => {
    expect(shop.execute(submit.fulfil(2, uuid(404), picked))).toEqual([
      { kind: 'unaccepted', code: 'checkout_not_found' },
    ]);
    expect(entries()).toHaveLength(1);
  });
});

describe('the slip of what was not picked', () => {
  it('names the lines with what is given back for each', () => {
    const { refund } = fulfil(2, short([0, 10], [1, 1]));
    const answer = shop.ask('slip', { id: refund?.id ?? '', copy: false });
    expect(answer).toMatchObject({
      kind: 'slip',
      slip: {
        kind: 'refund',
        checkoutId: sale,
        lines: [
          { name: 'A pencil', sku: 'pencil', quantity: 1, totalMinor: 199 },
          { name: 'A penny sweet', quantity: 4, totalMinor: 4 },
        ],
        totalMinor: 203,
      },
    });
    expect(shop.ask('slip', { id: uuid(2), copy: false })).toEqual({
      kind: 'missing',
      code: 'slip_not_found',
    });
  });
});
