// Whatever is published, rolled out, given back, kept and superseded, in whatever order, beside boxes that come new and boxes
// that are silent: each feed amounts to the version that central says it carries, and a box never misses one.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Product } from '../../contract/feed.ts';
import { openCatalogueFleet, productsAt } from './fixtures/catalogue-fleet.ts';

type Step =
  | { kind: 'publish'; prices: number[] }
  | { kind: 'roll_out'; prices: number[]; site: 'a' | 'b' | null; stages: readonly number[] }
  | { kind: 'turn'; silent: number }
  | { kind: 'abort'; boxes: 'keep' | 'return' }
  | { kind: 'join' }
  | { kind: 'wait' };

/** Of each product: its price, or 0: it is not in the list. */
const prices = fc.array(fc.nat(2), { minLength: 12, maxLength: 12 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('publish' as const), prices }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('roll_out' as const),
      prices,
      site: fc.constantFrom('a' as const, 'b' as const, null),
      stages: fc.constantFrom([], [50, 100], [100]),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('turn' as const), silent: fc.nat(4) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('abort' as const),
      boxes: fc.constantFrom('keep' as const, 'return' as const),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'join' as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'wait' as const }) },
);

it('brings each box what central says it has, whole, by whatever way', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 24 }), (steps) => {
      const fleet = openCatalogueFleet(['a1', 'a2', 'b1', 'b2']);
      try {
        play(fleet, steps);
      } finally {
        fleet.close();
      }
    }),
    { numRuns: 25 },
  );
}, 120_000);

function play(fleet: ReturnType<typeof openCatalogueFleet>, steps: readonly Step[]): void {
  const ids = ['a1', 'a2', 'b1', 'b2'];
  /** What each version is made of. */
  const contents = new Map<number, Map<string, Product>>();
  const live = new Set<number>();
  const listOf = (some: readonly number[]) =>
    productsAt(100, some.length)
      .map((one, i) => ({ ...one, price: { ...one.price, priceMinor: some[i] ?? 0 } }))
      .filter(({ price }) => price.priceMinor > 0);
  const keep = (version: number, list: readonly Product[]) =>
    contents.set(version, new Map(list.map((one) => [one.sku, one])));

  const publish = (some: readonly number[]) => {
    const published = fleet.publish(listOf(some));
    keep(published?.version ?? 0, listOf(some));
    live.clear();
  };
  const turnAll = (said: Parameters<typeof fleet.turn>[1]) => {
    for (const number of live) {
      const { change, endedMs } = fleet.turn(number, said);
      if (change.kind === 'release') continue;
      for (const { before, version } of change.backs)
        keep(version, [...(contents.get(before)?.values() ?? [])]);
      if (endedMs !== null) live.delete(number);
    }
  };
  const take = (one: Step) => {
    switch (one.kind) {
      case 'publish':
        return publish(one.prices);
      case 'roll_out': {
        const plan = { stagesPercent: one.stages, silentMinutesMax: 5, confirmedPercentMin: 0 };
        const draft = fleet.draft(listOf(one.prices));
        const made = fleet.create(
          draft,
          plan,
          one.site ? { appliances: ids.filter((id) => id.startsWith(one.site ?? '')) } : {},
        );
        if (made.kind !== 'created') return void expect(made.kind).toBe('overlaps');
        const { number, change } = made.rollout;
        if (change.kind !== 'release') keep(change.version, listOf(one.prices));
        live.add(number);
        return turnAll(new Map());
      }
      case 'turn':
        return turnAll(fleet.obey(ids.filter((_, i) => i !== one.silent)));
      case 'abort':
        for (const number of live) fleet.act(number, { kind: 'abort', reason: 'so', boxes: one.boxes });
        return turnAll(new Map());
      case 'join': {
        const id = `${ids.length % 2 ? 'a' : 'b'}${ids.length}`;
        ids.push(id);
        fleet.join(id);
        return expect(fleet.has(id).version).toBe(fleet.store.catalogue()?.version);
      }
      case 'wait':
        fleet.pass(6);
        return turnAll(new Map());
    }
  };

  publish(Array(12).fill(1));
  for (const one of steps) {
    take(one);
    for (const id of ids) {
      const { version, products, incomplete } = fleet.has(id);
      expect({ id, incomplete, products }).toEqual({
        id,
        incomplete: false,
        products: contents.get(version),
      });
    }
    const inForce = fleet.store.catalogue()?.version ?? 0;
    expect(fleet.store.products({ draft: null, after: '', limit: 99 }).items).toEqual(
      [...(contents.get(inForce)?.values() ?? [])].sort((one, other) => (one.sku < other.sku ? -1 : 1)),
    );
  }
  // The last word is everybody's.
  publish(Array(12).fill(2));
  for (const id of ids)
    expect(fleet.has(id).products).toEqual(contents.get(fleet.store.catalogue()?.version ?? 0));
  const numbers = Array.from({ length: 60 }, (_, i) => i + 1);
  const drafts = new Set(fleet.store.catalogueDrafts().map(({ number }) => number));
  const kept = numbers.filter(
    (draft) => !drafts.has(draft) && fleet.store.products({ draft, after: '', limit: 1 }).items.length > 0,
  );
  expect(kept).toHaveLength(1);
}
