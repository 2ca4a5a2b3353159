// How catalogues travel: as what differs or whole, in bounded pieces, so that every feed amounts to the same products.

import { expect, it } from 'vitest';
import { FeedItem, type Product } from '../../../contract/feed.ts';
import { limits } from '../../../contract/limits.ts';
import { publishDraft, publishProducts, writeDraft } from '../../feed/publish.ts';
import { byTester, testerAtWork } from '../../fixtures/by.ts';
import { draftsMax } from '../published.ts';
import { nowMs, type OnTrial, products } from './trial.ts';

export function describeCatalogues(on: OnTrial): void {
  const { restart, hello, feedOf } = on;

  const kinds = async (applianceId: string) =>
    (await feedOf(applianceId)).flatMap(({ kind, version, base }) =>
      kind === 'policy' ? [] : [base === undefined ? `${kind} ${version}` : `${kind} ${base}-${version}`],
    );
  const wholeFeedOf = async (applianceId: string) => {
    const page = await on.port.feedPage({ applianceId, after: 0, itemsMax: 1000, bytesMax: 1e9 });
    return (page?.items ?? []).map((item) => JSON.parse(Buffer.from(item).toString()));
  };
  const publish = (some: Product[]) =>
    publishProducts(
      on.port,
      some,
      testerAtWork(() => nowMs),
    );
  const dearer = (some: Product[], sku: string) =>
    some.map((one) =>
      one.sku === sku ? { ...one, price: { priceMinor: 999, baseQuantity: 1 as const } } : one,
    );

  it('carries what differs, and whole what differs too much', async () => {
    await hello();
    expect(await publish(products(20))).toEqual({
      version: 1,
      products: 20,
      added: 20,
      changed: 0,
      removed: 0,
      sent: 'snapshot',
      pieces: 1,
    });
    const next = dearer(products(21).slice(1), 'S7');
    const published = await publish(next);
    expect(published).toMatchObject({ version: 2, added: 1, changed: 1, removed: 1, sent: 'delta' });
    await publish(products(40).slice(20));
    expect(await kinds('box-1')).toEqual(['catalogue 1', 'catalogue_delta 1-2', 'catalogue 3']);
    const [, delta] = await feedOf('box-1');
    expect(FeedItem.parse(delta)).toEqual({
      kind: 'catalogue_delta',
      base: 1,
      version: 2,
      piece: 1,
      pieces: 1,
      products: [products(21)[20], next.find(({ sku }) => sku === 'S7')],
      removed: ['S0'],
    });
    expect(await on.port.catalogue()).toEqual({ version: 3, products: 20, publishedMs: nowMs });
  });

  it('says again what has not changed, in a delta of nothing', async () => {
    await hello();
    await publish(products(3));
    expect(await publish(products(3))).toMatchObject({ version: 2, sent: 'delta', pieces: 1 });
    const [, delta] = await feedOf('box-1');
    expect(delta).toMatchObject({ base: 1, version: 2, products: [], removed: [] });
  });

  it('greets a newcomer with the newest snapshot and what follows it, never with both of a version', async () => {
    await hello();
    let now = products(20);
    for (const sku of ['S1', 'S2', 'S3']) {
      await publish(now);
      now = dearer(now, sku);
    }
    await publish(now);
    await hello({ applianceId: 'box-2' });
    const chain = ['catalogue 1', 'catalogue_delta 1-2', 'catalogue_delta 2-3', 'catalogue_delta 3-4'];
    expect(await kinds('box-1')).toEqual(chain);
    expect(await kinds('box-2')).toEqual(chain);
    // By now the deltas would be half of it: a snapshot for newcomers, still a delta for the others.
    for (const sku of ['S4', 'S5', 'S6', 'S7', 'S8', 'S9', 'S10', 'S11']) {
      now = dearer(now, sku);
      await publish(now);
    }
    await hello({ applianceId: 'box-3' });
    expect((await kinds('box-1')).slice(1).every((kind) => kind.startsWith('catalogue_delta'))).toBe(true);
    const [first = '', ...rest] = await kinds('box-3');
    expect(first).toMatch(/^catalogue (?!1$)\d+$/);
    const snapshot = Number(first.split(' ')[1]);
    expect(rest).toEqual(
      Array.from({ length: 12 - snapshot }, (_, i) => `catalogue_delta ${snapshot + i}-${snapshot + i + 1}`),
    );
    expect(rebuilt(await feedOf('box-3'))).toEqual(rebuilt(await feedOf('box-1')));
    expect(rebuilt(await feedOf('box-3'))).toEqual(bySku(now));
  });

  it('travels in pieces bounded by bytes as well', async () => {
    await hello();
    const offers = Array.from({ length: limits.productOffersMax }, (_, i) => ({
      price: { priceMinor: 1_000_000 + i, baseQuantity: 1000 as const },
      quantityMin: i + 1,
      fromMs: nowMs,
      untilMs: nowMs + 1,
    }));
    await publish(products(250).map((one) => ({ ...one, name: 'ü'.repeat(limits.nameCharsMax), offers })));
    const page = await on.port.feedPage({
      applianceId: 'box-1',
      after: 0,
      itemsMax: 99,
      bytesMax: 1e9,
    });
    const sizes = page?.items.map((item) => item.length) ?? [];
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(limits.feedItemBytesMax);
    expect(rebuilt(await feedOf('box-1')).size).toBe(250);
  });

  it('waits as a draft until it is published, over a restart', async () => {
    await hello();
    const draft = await writeDraft(on.port, { source: 'may.csv', products: products(3), nowMs: () => nowMs });
    expect(await kinds('box-1')).toEqual([]);
    await restart();
    expect(await on.port.catalogueDrafts()).toEqual([
      { number: draft, source: 'may.csv', products: 3, madeMs: nowMs },
    ]);
    const page = await on.port.products({ draft, after: 'S0', limit: 1 });
    expect(page).toMatchObject({ items: [{ sku: 'S1' }], next: 'S1' });
    expect(
      await publishDraft(
        on.port,
        draft ?? 0,
        testerAtWork(() => nowMs),
      ),
    ).toMatchObject({
      version: 1,
      products: 3,
    });
    expect(
      await publishDraft(
        on.port,
        draft ?? 0,
        testerAtWork(() => nowMs),
      ),
    ).toBeNull();
    expect(await on.port.catalogueDrafts()).toEqual([]);
    expect(await kinds('box-1')).toEqual(['catalogue 1']);
    expect(await on.port.products({ draft: null, after: 'S1', limit: 9 })).toMatchObject({
      items: [{ sku: 'S2' }],
      next: null,
    });
  });

  const long = products(11_000);
  it.each([
    {
      // Changes at both ends and in the middle, and more SKUs at the end than before.
      next: [...dearer(dearer(long, 'S1'), 'S5500').slice(2), ...products(11_300).slice(11_000)],
      figures: { added: 300, changed: 1, removed: 2, sent: 'delta', pieces: 2 },
    },
    {
      next: long.map((one) => ({ ...one, name: `New ${one.name}` })),
      figures: { added: 0, changed: 11_000, removed: 0, sent: 'snapshot', pieces: 44 },
    },
  ])(
    'is published as a $figures.sent in pieces, over restarts, and nobody sees half of it',
    async ({ next, figures }) => {
      await hello();
      await publish(long);
      const draft = (await writeDraft(on.port, { source: 'b.csv', products: next, nowMs: () => nowMs })) ?? 0;
      const before = (await on.port.feedPositionOf('box-1'))?.head;
      expect(await on.port.publishDraft(draft, byTester(nowMs))).toBe('begun');
      let steps = 0;
      while ((await on.port.cataloguePiece(nowMs)).more) {
        steps++;
        await restart();
        const version = (await on.port.catalogue())?.version;
        // Whoever comes meanwhile is greeted with the version in force.
        await on.port.registerAppliance({ id: `new-${steps}`, site: null }, byTester(nowMs));
        const greeted = rebuilt(await wholeFeedOf(`new-${steps}`));
        expect(greeted).toEqual(bySku(version === 1 ? long : next));
        if (version === 1) expect((await on.port.feedPositionOf('box-1'))?.head).toBe(before);
      }
      expect(steps).toBeGreaterThan(3);
      expect(await on.port.published(draft)).toMatchObject(figures);
      for (const id of ['box-1', 'new-1', `new-${steps}`]) {
        expect(rebuilt(await wholeFeedOf(id))).toEqual(bySku(next));
      }
    },
  );

  it('waits for the publication that is on its way', async () => {
    await hello();
    const write = (count: number) =>
      writeDraft(on.port, { source: `${count}.csv`, products: products(count), nowMs: () => nowMs });
    const [first, second] = [(await write(3)) ?? 0, (await write(4)) ?? 0];
    expect(await on.port.publishDraft(first, byTester(nowMs))).toBe('begun');
    expect(await on.port.publishDraft(second, byTester(nowMs))).toBe('busy');
    expect(await on.port.discardDraft(first, byTester(nowMs))).toBe(false);
    expect(
      await publishDraft(
        on.port,
        second,
        testerAtWork(() => nowMs),
      ),
    ).toMatchObject({ version: 2, products: 4 });
    expect(await on.port.published(first)).toMatchObject({ version: 1, products: 3 });
    expect(await kinds('box-1')).toEqual(['catalogue 1', 'catalogue_delta 1-2']);
  });

  it('forgets a catalogue whose writing was ended in the middle', async () => {
    const begun = (await on.port.beginDraft({ source: 'a.csv', nowMs })) ?? 0;
    await on.port.writeDraft(begun, products(3));
    expect(await on.port.publishDraft(begun, byTester(nowMs))).toBe('draft_unknown');
    expect(await on.port.catalogueDrafts()).toEqual([]);
    await on.port.beginDraft({ source: 'b.csv', nowMs: nowMs + 3_600_001 });
    await expect(on.port.writeDraft(begun, products(1))).rejects.toThrow();
    expect(await on.port.cataloguePiece(nowMs)).toEqual({ more: false });
    expect((await on.port.products({ draft: begun, after: '', limit: 9 })).items).toEqual([]);
  });

  it('keeps so many drafts and no more, and forgets one that is discarded', async () => {
    const draft = () => writeDraft(on.port, { source: 'a.csv', products: products(1), nowMs: () => nowMs });
    const numbers = [];
    for (let i = 0; i <= draftsMax; i++) numbers.push(await draft());
    expect(numbers.indexOf(null)).toBe(draftsMax);
    expect(await on.port.discardDraft(numbers[0] ?? 0, byTester(nowMs))).toBe(true);
    expect(await on.port.discardDraft(numbers[0] ?? 0, byTester(nowMs))).toBe(false);
    // A number is never given twice: somebody may have written it down.
    expect(await draft()).toBe(draftsMax + 1);
  });
}

function bySku(some: readonly Product[]): Map<string, Product> {
  return new Map(some.map((one) => [one.sku, one]));
}

/** The catalogue that a feed amounts to, as an appliance would have it; fails on a delta without its base. */
function rebuilt(items: { kind: string; [field: string]: unknown }[]): Map<string, Product> {
  let [products, version] = [new Map<string, Product>(), 0];
  for (const item of items.map((one) => FeedItem.parse(one))) {
    if (item.kind === 'catalogue') {
      if (item.piece === 1) products = new Map();
      version = item.version;
    } else if (item.kind === 'catalogue_delta') {
      expect(item.base).toBe(item.piece === 1 ? version : item.version - 1);
      version = item.version;
      for (const sku of item.removed) products.delete(sku);
    } else continue;
    for (const product of item.products) products.set(product.sku, product);
  }
  return products;
}
