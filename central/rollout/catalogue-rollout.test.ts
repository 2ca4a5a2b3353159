// Rollouts of a catalogue over the real store: what each box's feed amounts to, and what a sale is booked by.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Product } from '../../contract/feed.ts';
import { bookEntries } from '../fixtures/book-entries.ts';
import { byTester } from '../fixtures/by.ts';
import { checkoutEntry } from '../fixtures/entries.ts';
import { createTestJournal, testKeys } from '../fixtures/journal.ts';
import { openCatalogueFleet, productsAt, saying } from './fixtures/catalogue-fleet.ts';

const ids = ['leeds1', 'leeds2', 'leeds3', 'york1', 'york2'];
const old = productsAt(100, 20);
/** Few of them are dearer: it travels as what differs. */
const dearer = old.map((one, i) =>
  i < 3 ? { ...one, price: { priceMinor: 150, baseQuantity: 1 as const } } : one,
);

let fleet: ReturnType<typeof openCatalogueFleet>;
beforeEach(() => {
  fleet = openCatalogueFleet(ids);
});
afterEach(() => fleet.close());

const pricesOf = (id: string) =>
  new Set([...fleet.has(id).products.values()].map(({ price }) => price.priceMinor));
const kinds = (id: string) => {
  const page = fleet.store.feedPage({ applianceId: id, after: 0, itemsMax: 1000, bytesMax: 1e9 });
  return (page?.items ?? [])
    .map((item) => JSON.parse(Buffer.from(item).toString()))
    .flatMap(({ kind, version, base }) => (kind.startsWith('catalogue') ? [`${base ?? ''}>${version}`] : []));
};
/** How many lists of products are on the disk. */
const listsKept = () => {
  const numbers = Array.from({ length: 20 }, (_, i) => i + 1);
  return numbers.filter((draft) => fleet.store.products({ draft, after: '', limit: 1 }).items.length > 0)
    .length;
};

describe('a rollout of a catalogue', () => {
  it('reaches the canary, then each share after the one before proved it, and is then in force for everybody', () => {
    fleet.publish(old);
    const { number, change } = fleet.begin(fleet.draft(dearer), { stagesPercent: [40, 100] });
    expect(change).toMatchObject({ kind: 'catalogue', version: 2, brings: [{ before: 1, version: 2 }] });
    expect(fleet.store.catalogueDrafts()).toEqual([]);
    expect(fleet.turn(number)).toMatchObject({ stage: 0, counts: { given: 1, waiting: 4 } });
    expect(fleet.having(2)).toHaveLength(1);
    expect(kinds(fleet.having(2)[0] ?? '')).toEqual(['>1', '1>2']);
    // Who comes meanwhile gets what is for everybody.
    fleet.join('york3');
    expect(fleet.has('york3').version).toBe(1);
    expect(fleet.store.catalogue()?.version).toBe(1);
    expect(fleet.turn(number, fleet.obey(ids))).toMatchObject({
      stage: 1,
      counts: { confirmed: 1, given: 1 },
    });
    expect(fleet.turn(number, fleet.obey(ids))).toMatchObject({
      stage: 2,
      counts: { confirmed: 2, given: 3 },
    });
    expect(fleet.turn(number, fleet.obey(ids))).toMatchObject({ state: 'done', counts: { confirmed: 5 } });
    expect(fleet.store.catalogue()?.version).toBe(2);
    fleet.join('york4');
    for (const id of [...ids, 'york3', 'york4']) {
      expect(fleet.has(id)).toMatchObject({ version: 2, incomplete: false });
      expect(pricesOf(id)).toEqual(new Set([100, 150]));
    }
    expect(fleet.store.productsBySku(['S1'])).toMatchObject([{ price: { priceMinor: 150 } }]);
    fleet.finish();
    expect(listsKept()).toBe(1);
  });

  it('gives back what a box had under the next number, as what differs, and leaves the others as they were', () => {
    fleet.publish(old);
    const { number } = fleet.begin(fleet.draft(dearer), { stagesPercent: [40, 100] });
    fleet.turn(number);
    fleet.turn(number, fleet.obey(ids));
    const had = fleet.having(2);
    expect(had).toHaveLength(2);
    fleet.act(number, { kind: 'abort', reason: 'wrong prices', boxes: 'return' });
    expect(fleet.turn(number)).toMatchObject({ state: 'rolling_back', counts: { returning: 2, spared: 3 } });
    expect(fleet.turn(number, fleet.obey(had))).toMatchObject({
      state: 'rolled_back',
      counts: { returned: 2 },
    });
    for (const id of ids) expect(pricesOf(id)).toEqual(new Set([100]));
    expect(ids.map((id) => kinds(id).join(' '))).toEqual(
      ids.map((id) => (had.includes(id) ? '>1 1>2 2>3' : '>1')),
    );
    fleet.join('york3');
    expect(fleet.has('york3').version).toBe(1);
    fleet.finish();
    expect(listsKept()).toBe(1);

    // The next for everybody is made from what each of them has.
    expect(fleet.publish(dearer)).toMatchObject({ version: 4, sent: 'delta' });
    expect(ids.map((id) => kinds(id).at(-1))).toEqual(ids.map((id) => (had.includes(id) ? '3>4' : '1>4')));
    for (const id of [...ids, 'york3'])
      expect(fleet.has(id)).toMatchObject({ version: 4, incomplete: false });
    for (const id of ids) expect(pricesOf(id)).toEqual(new Set([100, 150]));
  });

  it('is back by itself where a box cannot take it whole, and says why', () => {
    fleet.publish(old);
    const { number } = fleet.begin(fleet.draft(dearer));
    fleet.turn(number);
    const [canary = ''] = fleet.having(2);
    fleet.obey([canary]);
    const failed = fleet.turn(number, new Map([[canary, saying(1, true)]]));
    expect(failed).toMatchObject({
      state: 'rolling_back',
      reason: { code: 'boxes_failed', failed: 1, of: 1 },
    });
    expect(fleet.store.rolloutBoxes({ number, state: null, after: -1, limit: 1 }).items).toMatchObject([
      { state: 'returning', reason: 'catalogue_incomplete' },
    ]);
  });

  it('stays with those it was for, until the next for everybody', () => {
    fleet.publish(old);
    const { number } = fleet.begin(fleet.draft(dearer), { stagesPercent: [100] }, { sites: ['york'] });
    fleet.turn(number);
    fleet.turn(number, fleet.obey(ids));
    expect(fleet.turn(number, fleet.obey(ids))).toMatchObject({ state: 'done' });
    expect(fleet.having(2)).toEqual(['york1', 'york2']);
    expect(fleet.store.catalogue()?.version).toBe(1);
    fleet.finish();
    expect(listsKept()).toBe(2);
    // Also one that is not much smaller than the whole: who is beside the way of all others gets it whole.
    const third = old.map((one): Product => ({ ...one, name: `${one.name}, new` }));
    expect(fleet.publish(third)).toMatchObject({ version: 3, sent: 'snapshot' });
    for (const id of ids) expect(fleet.has(id)).toMatchObject({ version: 3, incomplete: false });
    expect(listsKept()).toBe(1);
  });

  it('has its new products counted where they are, and nowhere else', () => {
    fleet.publish(old);
    const { number } = fleet.begin(fleet.draft([...old, ...productsAt(100, 21).slice(20)]));
    fleet.turn(number);
    const [canary = ''] = fleet.having(2);
    const count = [{ sku: 'S20', change: 'set' as const, quantity: 5 }];
    const by = byTester(fleet.nowMs);
    const other = ids.find((id) => id !== canary) ?? '';
    expect(fleet.store.transaction(() => fleet.store.sendStock(canary, count, by)).kind).toBe('sent');
    expect(fleet.store.transaction(() => fleet.store.sendStock(other, count, by))).toEqual({
      kind: 'skus_unknown',
      skus: ['S20'],
    });
  });

  it('ends when another is published for everybody', () => {
    fleet.publish(old);
    const { number } = fleet.begin(fleet.draft(dearer));
    fleet.turn(number);
    fleet.publish(old.slice(1));
    expect(fleet.store.rollout(number)).toMatchObject({
      state: 'superseded',
      reason: { code: 'superseded', version: 3 },
      counts: { timed_out: 1, spared: 4 },
    });
    for (const id of ids) expect(fleet.has(id)).toMatchObject({ version: 3, incomplete: false });
    for (const id of ids) expect(fleet.has(id).products.size).toBe(19);
  });

  it('lets boxes keep it, and gives it to nobody else', () => {
    fleet.publish(old);
    const { number } = fleet.begin(fleet.draft(dearer));
    fleet.turn(number);
    fleet.act(number, { kind: 'abort', reason: 'good enough', boxes: 'keep' });
    expect(fleet.turn(number)).toMatchObject({ state: 'aborted', counts: { timed_out: 1, spared: 4 } });
    expect(fleet.having(2)).toHaveLength(1);
    expect(fleet.having(1)).toHaveLength(4);
  });

  it('is prepared a piece at a time, over restarts, before anybody is told', () => {
    fleet.publish(old);
    const { number } = fleet.begin(fleet.draft(productsAt(200, 11_000)));
    let turns = 0;
    for (let more = true; more; turns++) {
      const told = { number, said: new Map() };
      more = fleet.store.transaction(() => fleet.store.turnRollout(told, fleet.nowMs)).more;
      fleet.restart();
      // One box at most, and then all of it.
      expect(fleet.having(1).length + fleet.having(2).length).toBe(ids.length);
      expect(fleet.having(2).length).toBeLessThanOrEqual(1);
    }
    expect(turns).toBeGreaterThan(5);
    const [canary = ''] = fleet.having(2);
    expect(fleet.has(canary).products.size).toBe(11_000);
  });

  it('is made of a draft that waits, over one that is in force, and after the one that is being published', () => {
    expect(fleet.create(7)).toEqual({ kind: 'catalogue_missing' });
    fleet.publish(old);
    expect(fleet.create(99)).toEqual({ kind: 'draft_unknown' });
    const [first, second, third] = [fleet.draft(dearer), fleet.draft(old), fleet.draft(dearer)];
    fleet.store.transaction(() => fleet.store.publishDraft(first, byTester(fleet.nowMs)));
    expect(fleet.create(second)).toEqual({ kind: 'publication_under_way' });
    fleet.finish();
    const { number } = fleet.begin(second);
    expect(fleet.create(second)).toMatchObject({ kind: 'overlaps', rollout: number });
    expect(fleet.store.catalogueDrafts().map((draft) => draft.number)).toEqual([third]);
  });

  it('books a sale by the splits of the version it was made with, and shows people what is for everybody', async () => {
    const split = { payees: [{ payee: 'baker', basisPoints: 10_000 }], feeBasisPoints: 0 };
    fleet.publish(old);
    const { number } = fleet.begin(fleet.draft(old, [{ sku: 'S1', split }]));
    fleet.turn(number);
    expect(fleet.store.splitsBySku(['S1'], null)).toEqual([]);
    const { privateKey, publicKeyDer } = testKeys();
    const journal = createTestJournal('leeds1', privateKey);
    const price = { priceMinor: 100, baseQuantity: 1 as const };
    const sale = (catalogueVersion: number, quantity: number) => {
      const totalMinor = 100 * quantity;
      const judged = [{ sku: 'S1', quantity, price, totalMinor }];
      return checkoutEntry({ catalogueVersion, totalMinor, judged });
    };
    await bookEntries(fleet.store, journal, publicKeyDer, [sale(1, 1), sale(2, 7)], fleet.nowMs, 'leeds1');
    expect(fleet.store.accounts().filter(({ name }) => name.startsWith('payable:payee'))).toEqual([
      { name: 'payable:payee:baker', currency: 'GBP', balanceMinor: -700n },
      { name: 'payable:payee:house', currency: 'GBP', balanceMinor: -100n },
    ]);
  });
});
