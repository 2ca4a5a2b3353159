// Applying the feed: each item once and in order, whatever arrives twice, late, torn or unreadable.
import { join } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FeedItem, Product } from '../../contract/feed.ts';
import type { Answer } from '../../contract/kiosk-api.ts';
import type { AcceptAnswer } from './commands.ts';
import {
  feedId,
  firstFeed,
  pennies,
  policy,
  submit,
  type TemporaryStore,
  temporaryStore,
  uuid,
} from './temporary-store.ts';

let shop: TemporaryStore;
beforeEach(() => {
  shop = temporaryStore([]);
});
afterEach(() => shop.remove());

const apply = (firstPosition: number, ...items: (FeedItem | null)[]) =>
  shop.ask('feed', { feedId, firstPosition, items });
const status = () => shop.ask('status', {});
const policyItem = (version: number, checkoutMax: number): FeedItem => ({
  kind: 'policy',
  version,
  policy: { ...policy, checkout: { totalMinorMax: checkoutMax } },
});
const product = (sku: string, priceMinor = 1, changes: Partial<Product> = {}): Product => ({
  sku,
  name: sku,
  price: { priceMinor, baseQuantity: 1 },
  sellable: true,
  ...changes,
});
const piece = (version: number, at: number, of: number, ...products: Product[]): FeedItem => ({
  kind: 'catalogue',
  version,
  piece: at,
  pieces: of,
  products,
});
const applied = (appliedThrough: number) => ({ kind: 'applied', feedId, appliedThrough });
let documents = 100;
/** Sells one of a product, named by sku or gtin. */
/** All but that the appliance was alone. */
const codesOf = ({ reasons }: Answer) =>
  reasons.map(({ code }) => code).filter((code) => code !== 'link_down');
const sell = (line: { sku: string } | { gtin: string }, totalMinor = 1) => {
  const checkout = pennies(totalMinor, { lines: [{ ...line, quantity: 1 }] });
  const [answer] = shop.execute(submit.checkout(documents++, checkout)) as AcceptAnswer[];
  return answer?.kind === 'answered' ? [answer.answer.verdict, ...codesOf(answer.answer)] : answer;
};

describe('the feed', () => {
  it('is applied through its last item, and stays so over a restart', () => {
    expect(apply(1, ...firstFeed)).toEqual(applied(2));
    shop.reopen();
    expect(status()).toMatchObject({
      feed: { appliedThrough: 2 },
      catalogue: { version: 1, products: 2 },
      policy: { version: 1 },
    });
  });

  it('that repeats itself changes nothing', () => {
    apply(1, ...firstFeed);
    expect(apply(1, ...firstFeed)).toEqual(applied(2));
    expect(apply(1, policyItem(9, 1))).toEqual(applied(2));
    expect(status().policy.version).toBe(1);
  });

  it('that overlaps is applied from where it goes on', () => {
    apply(1, ...firstFeed);
    expect(apply(2, policyItem(7, 1), policyItem(3, 1), policyItem(4, 1))).toEqual(applied(4));
    // Position 2 was applied before and is passed over, so policy 7 never came.
    expect(status().policy.version).toBe(4);
  });

  it('with a gap is not applied, and says where it stands', () => {
    apply(1, ...firstFeed);
    expect(apply(4, policyItem(2, 1))).toEqual({ kind: 'ignored', reason: 'gap', appliedThrough: 2 });
    expect(status().policy.version).toBe(1);
  });

  it('of another feed is not applied', () => {
    apply(1, ...firstFeed);
    const other = { feedId: uuid(5), firstPosition: 3, items: [policyItem(2, 1)] };
    expect(shop.ask('feed', other)).toEqual({ kind: 'ignored', reason: 'other_feed', appliedThrough: 2 });
    expect(shop.ask('position', {})).toMatchObject({ feedId, appliedThrough: 2 });
  });

  it('goes on past an item that this release cannot read', () => {
    expect(apply(1, firstFeed[0] ?? null, null, firstFeed[1] ?? null)).toEqual(applied(3));
    expect(status().catalogue.version).toBe(1);
  });

  it('brings outcomes of documents that this journal does not hold, and goes on', () => {
    apply(1, ...firstFeed);
    expect(apply(3, { kind: 'outcome', id: uuid(9), outcome: 'booked', atMs: 1 })).toEqual(applied(3));
  });

  it('may take an outcome back to unknown, but money that came to rest is not exposed again', () => {
    apply(1, ...firstFeed);
    shop.execute(submit.checkout(1, pennies(50)));
    const outcome = (kind: 'in_review' | 'booked' | 'unknown'): FeedItem => ({
      kind: 'outcome',
      id: uuid(1),
      outcome: kind,
      atMs: 1,
    });
    const exposures = (['in_review', 'booked', 'unknown'] as const).map((kind) => {
      shop.feed(outcome(kind));
      return status().exposure.totalMinor;
    });
    expect(exposures).toEqual([50, 0, 0]);
    expect(shop.ask('document', { id: uuid(1) })?.outcome?.kind).toBe('unknown');
  });
});

describe('the policy', () => {
  it('only goes forward by its version', () => {
    apply(1, ...firstFeed, policyItem(5, 10));
    apply(4, policyItem(4, 1_000_000), policyItem(5, 1_000_000));
    expect(status().policy.version).toBe(5);
    expect(sell({ sku: 'penny' }, 11)).toContain('checkout_above_limit');
    shop.reopen();
    expect(sell({ sku: 'penny' }, 11)).toContain('checkout_above_limit');
  });
});

describe('the catalogue', () => {
  beforeEach(() => apply(1, policyItem(1, 1000)));

  it('comes into force at once with its last piece, not before', () => {
    apply(2, piece(1, 1, 2, product('a')));
    expect(sell({ sku: 'a' })).toEqual({ kind: 'unaccepted', code: 'catalogue_missing' });
    shop.reopen();
    apply(3, piece(1, 2, 2, product('b')));
    expect(status().catalogue).toMatchObject({ version: 1, products: 2 });
    expect([sell({ sku: 'a' }), sell({ sku: 'b' })]).toEqual([['approved_offline'], ['approved_offline']]);
  });

  it('is replaced whole: what the next one does not hold is gone', () => {
    apply(2, piece(1, 1, 1, product('a'), product('b')));
    apply(3, piece(2, 1, 2, product('b', 2)));
    expect(sell({ sku: 'a' })).toEqual(['approved_offline']);
    apply(4, piece(2, 2, 2, product('c')));
    expect(sell({ sku: 'a' })).toEqual(['refused', 'product_unknown']);
    expect(sell({ sku: 'b' }, 2)).toEqual(['approved_offline']);
  });

  it.each([
    ['without its first piece', [piece(2, 2, 2, product('c'))]],
    ['with a piece left out', [piece(2, 1, 3, product('c')), piece(2, 3, 3, product('d'))]],
    [
      'in a wrong order',
      [piece(2, 2, 3, product('c')), piece(2, 1, 3, product('d')), piece(2, 3, 3, product('e'))],
    ],
    [
      'with a piece twice, and its last missing',
      [piece(2, 1, 2, product('c')), piece(2, 1, 2, product('c'))],
    ],
  ])('%s does not come into force', (_, items) => {
    apply(2, piece(1, 1, 1, product('a')));
    apply(3, ...items);
    expect(status().catalogue.version).toBe(1);
    expect(sell({ sku: 'a' })).toEqual(['approved_offline']);
    // Sent again from its beginning it does.
    apply(3 + items.length, piece(2, 1, 2, product('x')), piece(2, 2, 2, product('y')));
    expect(status().catalogue).toMatchObject({ version: 2, products: 2 });
    expect(sell({ sku: 'c' })).toEqual(['refused', 'product_unknown']);
  });

  it('only goes forward by its version, also past one that is still arriving', () => {
    apply(2, piece(3, 1, 2, product('old')), piece(4, 1, 1, product('a')), piece(3, 2, 2, product('older')));
    apply(5, piece(2, 1, 1, product('oldest')), piece(4, 1, 1, product('again')));
    expect(status().catalogue).toMatchObject({ version: 4, products: 1 });
    expect(sell({ sku: 'a' })).toEqual(['approved_offline']);
  });

  it('finds a product by any padding of its GTIN', () => {
    apply(
      2,
      piece(
        1,
        1,
        1,
        product('pencil', 1, { gtin: '4006381333931' }),
        product('tissues', 1, { gtin: '036000291452' }),
      ),
    );
    for (const gtin of [
      '4006381333931',
      '04006381333931',
      '036000291452',
      '0036000291452',
      '00036000291452',
    ]) {
      expect(sell({ gtin })).toEqual(['approved_offline']);
    }
    expect(sell({ gtin: '96385074' })).toEqual(['refused', 'product_unknown']);
  });

  it('keeps to what a product says: for sale, quantity, price per so many', () => {
    const price = { priceMinor: 15, baseQuantity: 10 as const };
    apply(2, piece(1, 1, 1, product('off', 1, { sellable: false }), product('loose', 1, { price })));
    expect(sell({ sku: 'off' })).toEqual(['refused', 'product_not_sellable']);
    expect(sell({ sku: 'loose' }, 2)).toEqual(['approved_offline']);
  });

  it('that is retired is swept away, a bounded piece with each frame', () => {
    const many = (version: number): FeedItem[] =>
      Array.from({ length: 6 }, (_, at) =>
        piece(version, at + 1, 6, ...Array.from({ length: 200 }, (__, i) => product(`p${at}-${i}`))),
      );
    apply(2, ...many(1));
    apply(8, ...many(2));
    const left = () => {
      const db = new BetterSqlite3(join(shop.folder, 'journal.db'), { readonly: true });
      const count = db.prepare('SELECT count(*) FROM product WHERE generation = 1').pluck().get();
      db.close();
      return count;
    };
    const before = [left()];
    for (let position = 14; position < 26; position++) {
      apply(position, null);
      before.push(left());
    }
    expect(before).toEqual([...Array.from({ length: 12 }, (_, i) => 1100 - i * 100), 0]);
    expect(status().catalogue).toMatchObject({ version: 2, products: 1200 });
    expect(sell({ sku: 'p5-199' })).toEqual(['approved_offline']);
  });
});

describe('a feed that came by a stick', () => {
  it('counts its age from when central made it, and is the same feed when it comes again by the link', () => {
    const ageMs = 5 * 86_400_000;
    expect(shop.ask('feed', { feedId, firstPosition: 1, items: firstFeed, ageMs })).toEqual(applied(2));
    expect(status()).toMatchObject({ catalogue: { version: 1, ageMs }, policy: { version: 1, ageMs } });
    expect(apply(1, ...firstFeed)).toEqual(applied(2));
    expect(status().catalogue.ageMs).toBe(ageMs);
  });

  it('is not sold by once it is older than the policy lets a catalogue be', () => {
    const strict = {
      kind: 'policy',
      version: 1,
      policy: { ...policy, offline: { ...policy.offline, catalogueAgeHoursMax: 24 } },
    };
    const [, catalogue] = firstFeed;
    const items = [strict as FeedItem, catalogue as FeedItem];
    shop.ask('feed', { feedId, firstPosition: 1, items, ageMs: 25 * 3_600_000 });
    const [sale] = shop.execute(submit.checkout(1, pennies(1)));
    expect(sale).toMatchObject({
      answer: { reasons: expect.arrayContaining([expect.objectContaining({ code: 'catalogue_too_old' })]) },
    });
  });
});
