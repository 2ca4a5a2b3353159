import { describe, expect, it } from 'vitest';
import { createFaults, reportFaults, type Target } from './faults.ts';

const targets: Target[] = Array.from({ length: 200 }, (_, at) => ({
  id: `txn_${at}`,
  ourReference: `ours-${at}`,
  payout: `po_${Math.floor(at / 50)}`,
  currency: at % 2 === 0 ? 'gbp' : 'eur',
  isPayout: at % 50 === 49,
}));
const how = { seed: 3, scope: 'always' as const };

describe('faults', () => {
  it('are planted by the seed: the same each time, others with another', () => {
    const plant = (seed: number) =>
      createFaults().plant('report', [{ kind: 'row_missing', count: 5 }], targets, { ...how, seed });
    expect(plant(3)).toHaveLength(5);
    expect(plant(3)).toEqual(plant(3));
    expect(plant(4)).not.toEqual(plant(3));
  });

  it('of all kinds fall on rows of their own, and never on a payout, whatever the seed', () => {
    for (let seed = 0; seed < 50; seed++) {
      const faults = createFaults();
      const wishes = reportFaults.map((kind) => ({ kind, count: 3 }));
      const planted = faults.plant('report', wishes, targets, { ...how, seed });
      const later = faults.plant('report', wishes, targets, { ...how, seed: seed + 1000 });
      const places = [...planted, ...later].flatMap(({ kind, target, also }) => [
        kind === 'row_unknown' ? target.replace('unknown', '') : target,
        ...also,
      ]);
      expect(new Set(places).size).toBe(places.length);
      const hit = [...planted, ...later]
        .filter(({ kind }) => kind !== 'truncated')
        .map(({ target }) => target);
      expect(targets.filter(({ id, isPayout }) => isPayout && hit.includes(id))).toEqual([]);
      expect(planted.filter(({ kind }) => kind === 'truncated')).toHaveLength(1);
      expect(faults.all()).toHaveLength(planted.length + later.length);
    }
  });

  it('ordered for one answer hold for that one, are listed, and come again with the same order', () => {
    const faults = createFaults();
    const order = () =>
      faults.plant('bank', [{ kind: 'entry_missing', count: 2 }], targets, { seed: 1, scope: 'answer' });
    const first = order();
    expect(faults.of('bank', [])).toEqual([]);
    expect(faults.of('bank', first)).toEqual(first);
    expect(order()).toEqual(first);
    expect(faults.all()).toEqual(first);
  });

  it('join entries of one currency only, and none where there is only one', () => {
    const faults = createFaults();
    const join = (among: Target[]) =>
      faults.plant('bank', [{ kind: 'entries_joined', count: 1 }], among, how);
    expect(join(targets.slice(0, 2))).toEqual([]);
    expect(join(targets.slice(0, 3))).toMatchObject([{ target: 'txn_0', also: ['txn_2'] }]);
  });
});
