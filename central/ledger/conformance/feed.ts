// What a store puts into each appliance's feed, and how it goes on from where that was applied.

import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { FeedItem } from '../../../contract/feed.ts';
import type { Policy } from '../../../contract/policy.ts';
import { defaultPolicy } from '../../feed/default-policy.ts';
import { publishProducts } from '../../feed/publish.ts';
import { byTester, testerAtWork } from '../../fixtures/by.ts';
import { describeCatalogues } from './catalogues.ts';
import { nowMs, type OnTrial, products } from './trial.ts';

export function describeFeed(on: OnTrial): void {
  const { restart, hello, feedOf } = on;

  const policy: Policy = { ...defaultPolicy, priceOverride: { permission: 'allowed' } };

  it('greets a newcomer with the current policy and catalogue, in pieces', async () => {
    await on.port.ensurePolicy(defaultPolicy);
    await on.port.ensurePolicy(policy);
    await on.port.publishPolicy(policy, byTester(nowMs));
    await publishProducts(
      on.port,
      products(10),
      testerAtWork(() => nowMs),
    );
    await publishProducts(
      on.port,
      products(501),
      testerAtWork(() => nowMs),
    );
    await on.port.registerAppliance({ id: 'box-1', site: 'Leeds' }, byTester(nowMs));
    const items = await feedOf('box-1');
    expect(items.map(({ kind, version, piece, pieces }) => [kind, version, piece, pieces])).toEqual([
      ['policy', 2, undefined, undefined],
      ['catalogue', 2, 1, 3],
      ['catalogue', 2, 2, 3],
      ['catalogue', 2, 3, 3],
    ]);
    expect(items[0].policy).toEqual(policy);
    expect(items[3].products).toHaveLength(1);
  });

  describe('of catalogues', () => describeCatalogues(on));

  it('carries stock to one appliance, in order and all of it or none', async () => {
    await hello();
    await hello({ applianceId: 'box-2' });
    await publishProducts(
      on.port,
      products(501),
      testerAtWork(() => nowMs),
    );
    const before = (await on.port.feedPositionOf('box-1'))?.head ?? 0;
    const changes = products(501).map(({ sku }) => ({ sku, change: 'set' as const, quantity: 4 }));
    const stranger = { sku: 'T1', change: 'add' as const, quantity: 1 };
    expect(await on.port.sendStock('box-1', [...changes, stranger], byTester(nowMs))).toEqual({
      kind: 'skus_unknown',
      skus: ['T1'],
    });
    expect(await on.port.sendStock('box-9', changes, byTester(nowMs))).toEqual({ kind: 'appliance_unknown' });
    expect(await on.port.sendStock('box-1', changes, byTester(nowMs))).toEqual({
      kind: 'sent',
      firstPosition: before + 1,
      lastPosition: before + 2,
    });
    const items = (await feedOf('box-1')).slice(before);
    expect(items.flatMap((item) => FeedItem.parse(item) && item.changes)).toEqual(changes);
    expect((await feedOf('box-2')).some(({ kind }) => kind === 'stock')).toBe(false);
  });

  it('carries the hot list to everybody, each change once, and to a newcomer as it stands', async () => {
    await hello();
    const change = (fingerprint: string, kind: 'add' | 'remove') =>
      on.port.changeHotList({ fingerprint, change: kind }, byTester(nowMs));
    expect(await change('fp_a', 'remove')).toEqual({ kind: 'unchanged' });
    expect(await change('fp_a', 'add')).toEqual({ kind: 'changed' });
    expect(await change('fp_a', 'add')).toEqual({ kind: 'unchanged' });
    await change('fp_b', 'add');
    await change('fp_a', 'remove');
    await change('fp_a', 'add');
    await change('fp_b', 'remove');
    await hello({ applianceId: 'box-2' });
    const said = async (applianceId: string) =>
      (await feedOf(applianceId)).map((item) => FeedItem.parse(item) && `${item.change} ${item.fingerprint}`);
    expect(await said('box-1')).toEqual(['add fp_a', 'add fp_b', 'remove fp_a', 'add fp_a', 'remove fp_b']);
    expect(await said('box-2')).toEqual(['add fp_a']);
    expect(await on.port.hotList({ after: '', limit: 10 })).toEqual({
      items: [{ fingerprint: 'fp_a', addedMs: nowMs }],
      next: null,
    });
  });

  it('shows the policy in force', async () => {
    expect(await on.port.policy()).toBeNull();
    await on.port.ensurePolicy(defaultPolicy);
    await on.port.publishPolicy(policy, byTester(nowMs));
    expect(await on.port.policy()).toEqual({ version: 2, policy });
  });

  it('appends a new policy to the feed of everybody', async () => {
    await hello();
    await hello({ applianceId: 'box-2' });
    await on.port.publishPolicy(policy, byTester(nowMs));
    expect(await feedOf('box-1')).toMatchObject([{ kind: 'policy', version: 1 }]);
    expect(await feedOf('box-2')).toMatchObject([{ kind: 'policy', version: 1 }]);
  });

  it('goes on from where it was applied, durably, and never beyond its head', async () => {
    await hello();
    for (let i = 0; i < 3; i++) await on.port.publishPolicy(policy, byTester(nowMs));
    const { feedId } = (await on.port.feedPositionOf('box-1')) ?? { feedId: '' };
    const applied = (appliedThrough: number, id = feedId) =>
      on.port.applied({ applianceId: 'box-1', feedId: id, appliedThrough, nowMs });
    expect(await applied(2)).toMatchObject({ appliedThrough: 2, head: 3 });
    expect(await applied(1)).toMatchObject({ appliedThrough: 2 });
    expect(await applied(4)).toBeNull();
    expect(await applied(3, randomUUID())).toBeNull();
    await restart();
    expect(await on.port.feedPositionOf('box-1')).toEqual({ feedId, head: 3, appliedThrough: 2 });
    const page = await on.port.feedPage({
      applianceId: 'box-1',
      after: 2,
      itemsMax: 1,
      bytesMax: 1,
    });
    expect(page).toMatchObject({ firstPosition: 3, items: [expect.anything()] });
  });

  it('begins again for an appliance that has lost what it applied', async () => {
    await hello();
    await on.port.publishPolicy(policy, byTester(nowMs));
    const { feedId } = (await on.port.feedPositionOf('box-1')) ?? { feedId: '' };
    expect(await hello({ feedId, appliedThrough: 1 })).toMatchObject({
      feed: { feedId, appliedThrough: 1 },
    });
    expect(await hello({ feedId: null })).toMatchObject({ feed: { feedId, appliedThrough: 0 } });
  });

  it('begins under a new name for an appliance that has applied more than there is', async () => {
    await hello();
    await on.port.publishPolicy(policy, byTester(nowMs));
    const { feedId } = (await on.port.feedPositionOf('box-1')) ?? { feedId: '' };
    const welcome = await hello({ feedId, appliedThrough: 9 });
    expect(welcome).toMatchObject({ feed: { head: 1, appliedThrough: 0 } });
    expect(welcome.kind === 'welcome' && welcome.feed.feedId).not.toBe(feedId);
  });
}
