// Boxes that are acted out: they say hello, take what stands in their feeds, and say how they are, by the store's own calls, as
// intake makes them.
import { sampleReport } from '../../central/fixtures/health.ts';
import { testKeys } from '../../central/fixtures/journal.ts';
import type { HealthReport } from '../../contract/health.ts';
import type { World } from './world.ts';

export const oldRelease = '1.4.0';
export const newRelease = '1.5.0';

/** Boxes that central has heard of, by their hello. @param begin so that each has a journal of its own */
export function bringBoxes(world: World, site: string, count: number, begin: number): string[] {
  const { store, by } = world.inside;
  const ids = Array.from({ length: count }, (_, i) => `${site.toLowerCase()}-${i + begin}`);
  store.transaction(() => {
    for (const [i, id] of ids.entries()) {
      store.registerAppliance({ id, site }, by());
      const journalId = `0199f3c8-2222-7c01-9d2e-${String(begin * 1000 + i).padStart(12, '0')}`;
      hello(world, id, journalId, oldRelease);
      world.hear(id, 0, { release: oldRelease });
    }
  });
  return ids;
}

function hello(world: World, applianceId: string, journalId: string, release: string): void {
  const { store, by } = world.inside;
  const { feedId, appliedThrough } = store.feedPositionOf(applianceId) ?? { feedId: null, appliedThrough: 0 };
  store.hello({
    ...{ applianceId, release, journalId, lastSeq: 0, lastHash: '0'.repeat(64) },
    ...{ publicKey: testKeys().publicKeyDer, feedId, appliedThrough, nowMs: by().nowMs },
  });
}

export function offerRelease(world: World): void {
  const { store, by } = world.inside;
  const files = (['x64', 'arm64'] as const).map((architecture) => ({
    ...{ architecture, sha256: 'a1'.repeat(32), bytes: 104_857_600 },
  }));
  store.transaction(() => store.addRelease({ name: newRelease, files, sums: 's', signature: 's' }, by()));
}

/** The box takes all that stands in its feed, and says what it made of it. */
export function take(world: World, applianceId: string, said: Partial<HealthReport> = {}): void {
  const { store, by } = world.inside;
  store.transaction(() => {
    const head = store.feedPositionOf(applianceId);
    const nowMs = by().nowMs;
    store.applied({ applianceId, feedId: head?.feedId ?? '', appliedThrough: head?.head ?? 0, nowMs });
  });
  world.hear(applianceId, 0, { release: oldRelease, ...said });
}

/** What a box says that could not start the release that a rollout told it to run. */
export function couldNot(rollout: number, reason: string): Partial<HealthReport> {
  return { ...sampleReport, slots: { running: 'package', rollout, step: 'failed', reason } };
}
