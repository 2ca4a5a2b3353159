// Deltas, codes and missing pieces of the catalogue: what is in force is always one whole version.
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FeedItem, Product } from '../../contract/feed.ts';
import type { QuoteAnswer } from './commands.ts';
import { policyItem, type TemporaryStore, temporaryStore } from './temporary-store.ts';

let shop: TemporaryStore;
beforeEach(() => {
  shop = temporaryStore([policyItem(1, {})]);
});
afterEach(() => shop.remove());

const product = (sku: string, priceMinor = 1, changes: Partial<Product> = {}): Product => ({
  sku,
  name: sku,
  price: { priceMinor, baseQuantity: 1 },
  sellable: true,
  ...changes,
});
const snapshot = (version: number, ...products: Product[]): FeedItem => ({
  kind: 'catalogue',
  version,
  piece: 1,
  pieces: 1,
  products,
});
const delta = (
  base: number,
  version: number,
  products: Product[],
  removed: string[] = [],
  piece = 1,
  pieces = 1,
): FeedItem => ({
  kind: 'catalogue_delta',
  base,
  version,
  piece,
  pieces,
  products,
  removed,
});
/** What one of a product costs, or null where the catalogue does not have it. */
const priceOf = (line: { sku: string } | { gtin: string }, from = shop): number | null => {
  const asked = { lines: [{ ...line, quantity: 1 }], currency: 'GBP' };
  const answer = from.ask('quote', { asked }) as QuoteAnswer;
  return answer.kind === 'quoted' ? answer.quote.totalMinor : null;
};
const prices = (...skus: string[]) => skus.map((sku) => priceOf({ sku }));
const conditions = () => shop.ask('status', {}).conditions.map(({ code }) => code);
const inForce = () => shop.ask('status', {}).catalogue;
const rows = (table: string) => {
  const db = new BetterSqlite3(join(shop.folder, 'journal.db'), { readonly: true });
  const count = db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  db.close();
  return count;
};

describe('a delta', () => {
  beforeEach(() => shop.feed(snapshot(1, product('a'), product('b', 2), product('c', 3))));

  it('changes, adds and removes, and leaves the rest', () => {
    shop.feed(delta(1, 2, [product('b', 20), product('d', 4)], ['c', 'never there']));
    expect(prices('a', 'b', 'c', 'd')).toEqual([1, 20, null, 4]);
    expect(inForce()).toMatchObject({ version: 2, products: 3 });
    shop.reopen();
    expect(prices('a', 'b', 'c', 'd')).toEqual([1, 20, null, 4]);
  });

  it('never shows half: until its last piece is there nothing of it is', () => {
    shop.feed(delta(1, 2, [product('b', 20)], ['a'], 1, 3));
    shop.feed(delta(1, 2, [product('d', 4)], [], 2, 3));
    expect(prices('a', 'b', 'c', 'd')).toEqual([1, 2, 3, null]);
    shop.reopen();
    shop.feed(delta(1, 2, [], ['c'], 3, 3));
    expect(prices('a', 'b', 'c', 'd')).toEqual([null, 20, null, 4]);
    expect(inForce()).toMatchObject({ version: 2, products: 2 });
  });

  it('on another base changes nothing, and says so until a whole catalogue comes', () => {
    shop.feed(delta(7, 8, [product('a', 9)]));
    expect([prices('a'), inForce().version, conditions()]).toEqual([[1], 1, ['catalogue_incomplete']]);
    shop.reopen();
    expect(conditions()).toEqual(['catalogue_incomplete']);
    shop.feed(delta(1, 2, [product('a', 5)]));
    expect([prices('a'), conditions()]).toEqual([[5], ['catalogue_incomplete']]);
    shop.feed(snapshot(8, product('a', 8)));
    expect([prices('a', 'b'), conditions()]).toEqual([[8, null], []]);
  });

  it('whose base is replaced while it arrives does not come into force', () => {
    shop.feed(delta(1, 3, [product('a', 9)], [], 1, 2), delta(1, 2, [product('b', 7)]));
    shop.feed(delta(1, 3, [product('b', 9)], [], 2, 2));
    expect([prices('a', 'b'), inForce().version, conditions()]).toEqual([
      [1, 7],
      2,
      ['catalogue_incomplete'],
    ]);
  });

  it('with a piece left out does not come into force, and nothing of it shows in the next', () => {
    shop.feed(delta(1, 2, [product('a', 9)], [], 1, 3), delta(1, 2, [product('b', 9)], [], 3, 3));
    expect(conditions()).toEqual(['catalogue_incomplete']);
    shop.feed(delta(1, 3, [product('c', 30)]));
    expect([prices('a', 'b', 'c'), conditions()]).toEqual([[1, 2, 30], []]);
  });

  it('takes a piece that comes twice once', () => {
    const second = delta(1, 2, [product('d', 4)], [], 2, 3);
    shop.feed(delta(1, 2, [product('a', 9)], [], 1, 3), second, second, delta(1, 2, [], ['b'], 3, 3));
    expect([inForce(), conditions()]).toMatchObject([{ version: 2, products: 3 }, []]);
  });

  it('is rolled back with its transaction', () => {
    const { appliedThrough } = shop.ask('position', {});
    const feed = {
      kind: 'feed' as const,
      feedId: String(shop.ask('position', {}).feedId),
      firstPosition: appliedThrough + 1,
      items: [delta(1, 2, [product('a', 9)])],
    };
    expect(() => shop.execute(feed, { kind: 'page', beforeSeq: null, itemsMax: 'x' } as never)).toThrow();
    expect([prices('a'), inForce().version]).toEqual([[1], 1]);
  });

  it('leaves no rows behind that can no longer be in force', () => {
    shop.feed(
      delta(1, 2, [product('b', 20, { gtin: '4006381333931' })], ['c']),
      delta(2, 3, [product('b', 21)]),
    );
    shop.feed(null, null, null);
    expect([rows('product'), rows('product_code'), prices('a', 'b', 'c')]).toEqual([2, 0, [1, 21, null]]);
  });

  it('after delta is the same as the whole catalogue that they come to', () => {
    const sku = fc.constantFrom('a', 'b', 'c', 'd', 'e');
    const step = fc.record({
      products: fc.array(fc.tuple(sku, fc.integer({ min: 1, max: 99 })), { maxLength: 3 }),
      removed: fc.array(sku, { maxLength: 2 }),
      after: fc.constantFrom('nothing', 'reopen', 'sweep'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const other = temporaryStore([policyItem(1, {}), snapshot(1, product('a'), product('b', 2))]);
        const model = new Map([
          ['a', 1],
          ['b', 2],
        ]);
        steps.forEach(({ products, removed, after }, i) => {
          const changed = new Map(products);
          const gone = removed.filter((one) => !changed.has(one));
          other.feed(
            delta(
              i + 1,
              i + 2,
              [...changed].map(([one, minor]) => product(one, minor)),
              gone,
            ),
          );
          for (const [one, minor] of changed) model.set(one, minor);
          for (const one of gone) model.delete(one);
          if (after === 'reopen') other.reopen();
          if (after === 'sweep') other.feed(null);
          const is = ['a', 'b', 'c', 'd', 'e'].map((one) => priceOf({ sku: one }, other));
          expect(is).toEqual(['a', 'b', 'c', 'd', 'e'].map((one) => model.get(one) ?? null));
          expect(other.ask('status', {}).catalogue.products).toBe(model.size);
        });
        other.remove();
      }),
      { numRuns: 25 },
    );
  });
});

describe('a code', () => {
  const [first, second, third] = ['4006381333931', '036000291452', '96385074'] as const;

  it('of several finds its product, in any padding', () => {
    shop.feed(snapshot(1, product('a', 5, { gtin: first, codes: [second, third] })));
    for (const gtin of [first, second, `00${second}`, third, `000000${third}`])
      expect(priceOf({ gtin })).toBe(5);
  });

  it('of two products means the first of the catalogue', () => {
    shop.feed(snapshot(1, product('z', 1, { gtin: first }), product('a', 2, { codes: [first] })));
    expect(priceOf({ gtin: first })).toBe(1);
  });

  it('that a delta takes from a product finds it no longer, and finds who has it now', () => {
    shop.feed(snapshot(1, product('a', 1, { gtin: first }), product('b', 2)));
    shop.feed(delta(1, 2, [product('a', 1), product('b', 2, { codes: [first] })]));
    expect(priceOf({ gtin: first })).toBe(2);
    shop.feed(delta(2, 3, [], ['b']));
    expect(priceOf({ gtin: first })).toBeNull();
  });

  it('of a catalogue still arriving finds nothing yet', () => {
    shop.feed(snapshot(1, product('a')));
    shop.feed(delta(1, 2, [product('b', 2, { gtin: first })], [], 1, 2));
    expect(priceOf({ gtin: first })).toBeNull();
  });
});
