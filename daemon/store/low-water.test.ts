// What runs low: named in the status from the moment less is available than the low water, and no longer once it is not.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FeedItem } from '../../contract/feed.ts';
import { Status } from '../../contract/kiosk-api.ts';
import { limits } from '../../contract/limits.ts';
import type { Command, StoreStatus } from './commands.ts';
import { pennies, policyItem, submit, type TemporaryStore, temporaryStore, uuid } from './temporary-store.ts';

let shop: TemporaryStore;
beforeEach(() => {
  shop = temporaryStore();
});
afterEach(() => shop.remove());

const count = (sku: string, quantity: number, lowWater?: number): FeedItem => ({
  kind: 'stock',
  changes: [{ sku, change: 'set', quantity, ...(lowWater !== undefined && { lowWater }) }],
});
const status = () => shop.ask('status', {});
const low = () => status().stockLow.items.map(({ sku, available }) => `${sku} ${available}`);
const codes = () => status().conditions.map(({ code }) => code);

describe('a product', () => {
  it('runs low when less is available than its low water, and says since when, over a restart', () => {
    shop.feed(count('penny', 10, 5));
    const soldFive = submit.checkout(1, pennies(5));
    shop.execute(soldFive);
    expect([low(), codes()]).toEqual([[], []]);
    const sinceMs = shop.clock.wallMs();
    shop.execute(submit.checkout(2, pennies(1)));
    shop.clock.advance(60_000);
    shop.execute(submit.checkout(3, pennies(1)));
    shop.reopen();
    expect(Status.shape.stockLow.parse(status().stockLow)).toEqual({
      items: [{ sku: 'penny', available: 3, lowWater: 5, sinceMs }],
      more: false,
    });
    expect(status().conditions).toMatchObject([{ code: 'stock_low', sinceMs, hint: /./ }]);
  });

  it.each([
    [
      'a delivery',
      () => shop.feed({ kind: 'stock', changes: [{ sku: 'penny', change: 'add', quantity: 9 }] }),
    ],
    ['a void', () => shop.execute(submit.void(2, uuid(1)))],
    ['a lower low water', () => shop.feed(count('penny', 4, 3))],
  ])('runs low no longer after %s', (_, mend) => {
    shop.feed(count('penny', 10, 5));
    shop.execute(submit.checkout(1, pennies(6)));
    expect([low(), codes()]).toEqual([['penny 4'], ['stock_low']]);
    mend();
    expect([low(), codes()]).toEqual([[], []]);
  });

  it('that is reserved is not available', () => {
    shop.feed(policyItem(2, { stock: { taken: 'at_hand_over' } }), count('penny', 10, 5));
    shop.execute(submit.checkout(1, pennies(6)));
    expect(low()).toEqual(['penny 4']);
  });

  it('without a low water never runs low', () => {
    shop.feed(count('penny', 0), count('pencil', 0, 0));
    expect(low()).toEqual([]);
  });

  it('shows in the batch that brought it low, and not when that was rolled back', () => {
    shop.feed(count('penny', 10, 5));
    const sell = submit.checkout(1, pennies(6));
    const broken = { kind: 'page', beforeSeq: null, itemsMax: 'x' } as unknown as Command;
    expect(() => shop.execute(sell, { kind: 'status' }, broken)).toThrow();
    expect(low()).toEqual([]);
    const [, within] = shop.execute(sell, { kind: 'status' });
    expect((within as StoreStatus).stockLow.items).toMatchObject([{ sku: 'penny', available: 4 }]);
  });
});

it('names so many, those that have run low longest, and says that there are more', () => {
  for (let n = 0; n < limits.lowStockItemsMax; n++) {
    shop.feed(count(`sku-${99 - n}`, 0, 1));
    shop.clock.advance(1000);
  }
  expect(status().stockLow.more).toBe(false);
  shop.feed(count('newest', 0, 1));
  expect(status().stockLow).toMatchObject({ more: true });
  expect(low()).toHaveLength(limits.lowStockItemsMax);
  expect(low()[0]).toBe('sku-99 0');
  expect(low()).not.toContain('newest 0');
});
