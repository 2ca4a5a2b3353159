// Boxes that are acted out: they say hello, take what stands in their feeds, and say how they are, by the store's own calls, as
// intake makes them.
import { bytesOf, checkoutEntry } from '../../central/fixtures/entries.ts';
import { sampleReport } from '../../central/fixtures/health.ts';
import { createTestJournal, testKeys } from '../../central/fixtures/journal.ts';
import type { DoctorResult } from '../../contract/doctor.ts';
import type { CheckoutEntry } from '../../contract/entry.ts';
import type { HealthReport } from '../../contract/health.ts';
import type { World } from './world.ts';

export const oldRelease = '1.4.0';
export const newRelease = '1.5.0';

/** Boxes that central has heard of, by their hello. @param begin their first number @param agoMs nothing was heard since */
export function bringBoxes(world: World, site: string, count: number, begin: number, agoMs = 0): string[] {
  const { store, by } = world.inside;
  const ids = Array.from({ length: count }, (_, i) => `${site.toLowerCase()}-${i + begin}`);
  store.transaction(() => {
    for (const [i, id] of ids.entries()) {
      store.registerAppliance({ id, site }, by());
      const journalId = `0199f3c8-2222-7c01-9d2e-${String(site.length * 1000 + begin + i).padStart(12, '0')}`;
      hello(world, id, journalId, by().nowMs - agoMs);
      world.hear(id, agoMs, { release: oldRelease });
    }
  });
  return ids;
}

function hello(world: World, applianceId: string, journalId: string, nowMs: number): void {
  const { store } = world.inside;
  const { feedId, appliedThrough } = store.feedPositionOf(applianceId) ?? { feedId: null, appliedThrough: 0 };
  store.hello({
    ...{ applianceId, release: oldRelease, journalId, lastSeq: 0, lastHash: '0'.repeat(64) },
    ...{ publicKey: testKeys().publicKeyDer, feedId, appliedThrough, nowMs },
  });
}

export function offerRelease(world: World): void {
  const { store, by } = world.inside;
  const files = (['x64', 'arm64'] as const).map((architecture) => ({
    ...{ architecture, sha256: 'a1'.repeat(32), bytes: 104_857_600 },
  }));
  store.transaction(() => store.addRelease({ name: newRelease, files, sums: 's', signature: 's' }, by()));
}

/** A catalogue waits to be published, or rolled out. */
export function draftCatalogue(world: World, source: string, priceMinor: number): void {
  const { store, by } = world.inside;
  const price = { priceMinor, baseQuantity: 1 as const };
  store.transaction(() => {
    const draft = store.beginDraft({ source, nowMs: by().nowMs }) ?? 0;
    store.writeDraft(draft, [{ sku: 'A', name: 'Hamper', price, sellable: true }]);
    store.completeDraft(draft);
  });
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

/** Checkouts that arrive from a box, by their verdicts. */
export async function sellAt(
  world: World,
  applianceId: string,
  verdicts: readonly CheckoutEntry['verdict'][],
): Promise<void> {
  const { store, by } = world.inside;
  const { privateKey, publicKeyDer } = testKeys();
  const journal = createTestJournal(applianceId, privateKey);
  journal.append(...verdicts.map((verdict) => bytesOf(checkoutEntry({ verdict, totalMinor: 640 }))));
  const payload = await journal.payload(1, journal.lastSeq());
  const { feedId, appliedThrough } = store.feedPositionOf(applianceId) ?? { feedId: null, appliedThrough: 0 };
  const { nowMs } = by();
  store.transaction(() => {
    store.hello({
      ...{ applianceId, release: oldRelease, journalId: journal.journalId, lastSeq: journal.lastSeq() },
      ...{
        lastHash: journal.hashAt(journal.lastSeq()),
        publicKey: publicKeyDer,
        feedId,
        appliedThrough,
        nowMs,
      },
    });
    store.receive({ applianceId, payload, nowMs });
    while (store.bookPiece(100, nowMs).more);
  });
}

/** What a box's doctor finds, said as a report says it. @param id as it was asked for */
export function findWithDoctor(world: World, applianceId: string, id: string, words: string): void {
  const { past, by } = world.inside;
  const { nowMs } = by();
  const { at } = sampleReport;
  const checks: DoctorResult['checks'] = [
    { code: 'identity', state: 'ok', words: `this is ${applianceId}` },
    { code: 'certificate', state: 'ok', words: '81 days left' },
    {
      ...{ code: 'disk_space', state: 'warning', words },
      hint: 'Make room on the disk that holds dataFolder: logs, old packages, files set aside.',
    },
    { code: 'disk_wear', state: 'unknown', words: 'this disk does not say how worn it is' },
    { code: 'journal', state: 'ok', words: 'the newest 1204 entries are whole' },
    {
      ...{ code: 'clock', state: 'error', words: '1260 s behind central’s' },
      hint: 'Selling does not depend on it, certificates do: see `timedatectl`, `chronyc tracking`.',
    },
    { code: 'tls', state: 'ok', words: 'central is who it should be, for 72 days more' },
  ];
  const said = { ...sampleReport, at: { ...at, wallMs: nowMs, monotonicMs: nowMs - 1.7e12 } };
  past.take(
    applianceId,
    [{ ...said, doctor: { id, atMs: nowMs - 900, checks, leftOut: 0, failure: null } }],
    nowMs,
  );
}

const minuteMs = 60_000;

/** What a box said each half minute of the last hours: an outage in which money was approved offline, and a while of silence. */
export function tellPast(world: World, applianceId: string, hours: number): void {
  const { past, by } = world.inside;
  const endMs = by().nowMs - minuteMs;
  const agoOf = (atMs: number) => (endMs - atMs) / minuteMs;
  for (let atMs = endMs - hours * 60 * minuteMs; atMs < endMs; atMs += 30_000) {
    const ago = agoOf(atMs);
    if (ago > 40 && ago < 55) continue;
    const isAway = ago > 100 && ago < 150;
    const waits = isAway ? Math.round((150 - ago) * 1.5) : Math.round(1 + Math.sin(ago / 9));
    past.take(applianceId, [reportAt(atMs, isAway, waits, ago)], atMs);
  }
}

function reportAt(atMs: number, isAway: boolean, waits: number, ago: number): HealthReport {
  const { at, journal, exposure, process, machine } = sampleReport;
  const wave = Math.sin(ago / 17);
  return {
    ...sampleReport,
    at: { ...at, wallMs: atMs, monotonicMs: atMs - 1.7e12, central: { ms: atMs, uncertaintyMs: 10 } },
    upMs: atMs - 1.75e12,
    link: {
      kind: isAway ? 'offline' : 'online',
      forMs: isAway ? (150 - ago) * minuteMs : minuteMs,
      outages: 1,
    },
    journal: { ...journal, lastSeq: journal.receivedThrough + waits },
    exposure: { ...exposure, totalMinor: isAway ? waits * 640 : 0 },
    process: { ...process, residentBytes: 92e6 + wave * 4e6 },
    machine: { ...machine, diskFreeBytes: 21e9 + ago * 2e6, temperatureCelsius: Math.round(51 + 4 * wave) },
    conditions: isAway ? [{ code: 'stock_low', forMs: (150 - ago) * minuteMs }] : [],
    store: { queueMax: 3, batchMax: 2, commitMsMax: Math.round(9 + 5 * wave + (ago % 37 < 1 ? 24 : 0)) },
  };
}
