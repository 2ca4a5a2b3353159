// A program on trial: what it must show, for how long, and what becomes of one that does not.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import { silentLog } from '../../kit/log.ts';
import type { Command, Position } from '../store/commands.ts';
import { ownSchemas } from '../store/own-schemas.ts';
import { openStore } from '../store/store.ts';
import { feedId, firstFeed, pennies, plentyOfSpace, submit } from '../store/temporary-store.ts';
import { backlogAgeMs, type ProofLook, startProving } from './prove.ts';
import { filled, noSlots, tryOut } from './slots.ts';
import { openSlotsFile, type SlotsFile } from './slots-file.ts';

const times = { lookEveryMs: 1000, steadyMs: 10_000, provingMsMax: 60_000 };
let folder: string;
let files: SlotsFile;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-prove-'));
  files = openSlotsFile(folder);
  const a = { release: '0.2.0', sha256: 'a'.repeat(64), bytes: 1 };
  files.write(tryOut(filled(noSlots, 'a', a), 'a', { rollout: 5, online: true }));
});
afterEach(() => rmSync(folder, { recursive: true }));

const well: ProofLook = {
  selfCheck: async () => null,
  oldestUnreceivedMs: async () => null,
  online: async () => true,
  probe: async () => 'passed',
};

/** Lets so many seconds go by; answers why it was restarted. */
async function after(
  seconds: number,
  look: Partial<ProofLook>,
  slot: 'a' | 'package' = 'a',
): Promise<string[]> {
  const clock = manualClock();
  const restarts: string[] = [];
  const stop = startProving({
    ...{ files, times, clock, log: silentLog, onEnded: () => {} },
    launched: { slot, packageRelease: '0.1.0', packageSchemas: ownSchemas() },
    look: { ...well, ...look },
    restart: (reason) => restarts.push(reason),
  });
  for (let second = 0; second <= seconds; second++) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(1000);
  }
  stop();
  return restarts;
}

describe('a release on trial', () => {
  it('is proven once all has been well for long enough, and not before', async () => {
    await after(8, {});
    expect(files.read()).toMatchObject({ proven: 'package', trial: { slot: 'a' } });
    expect(await after(13, {})).toEqual([]);
    expect(files.read()).toMatchObject({ proven: 'a', trial: null, ended: { rollout: 5, step: 'running' } });
  });

  it.each<[string, Partial<ProofLook>]>([
    ['no_link', { online: async () => false }],
    ['backlog_not_received', { oldestUnreceivedMs: async () => 61_000 }],
    ['store_failed', { selfCheck: () => Promise.reject(new Error('disk')) }],
  ])('gives way with %s when that lasts until its time is over', async (reason, look) => {
    expect(await after(50, look)).toEqual([]);
    expect(await after(65, look)).toEqual([expect.stringContaining(reason)]);
    expect(files.read()).toMatchObject({ proven: 'package', trial: null, ended: { step: 'failed', reason } });
  });

  it('gives way at once when a synthetic checkout fails', async () => {
    expect(await after(2, { probe: async () => 'failed' })).toHaveLength(1);
    expect(files.read().ended).toMatchObject({ step: 'failed', reason: 'probe_failed' });
  });

  it('begins its time of being well anew after every moment in which it was not', async () => {
    let looks = 0;
    const look = { online: async () => ++looks % 8 !== 0 };
    expect(await after(65, look)).toHaveLength(1);
  });

  it('needs no link where there was none before', async () => {
    files.write(tryOut(files.read(), 'a', { rollout: 5, online: false }));
    await after(13, { online: async () => false, oldestUnreceivedMs: async () => 1e9 });
    expect(files.read().proven).toBe('a');
  });

  it('is over where the launcher could not start it: what ran before says so', async () => {
    expect(await after(1, {}, 'package')).toEqual([]);
    expect(files.read().ended).toMatchObject({ step: 'failed', reason: 'cannot_be_started' });
  });
});

describe('the backlog', () => {
  it('is as old as its oldest entry, and none once central has a receipt for all', async () => {
    const clock = manualClock();
    const store = openStore({ folder, space: plentyOfSpace, clock });
    const ask = (async (kind: string, asked: object) =>
      store.execute([{ kind, ...asked } as Command])[0]) as never;
    await backlogAgeMs({ ask }).then((ms) => expect(ms).toBeNull());
    store.execute([{ kind: 'feed', feedId, firstPosition: 1, items: firstFeed }]);
    store.execute([submit.checkout(1, pennies(5))]);
    clock.advance(61_000);
    store.execute([submit.checkout(2, pennies(5))]);
    expect(await backlogAgeMs({ ask })).toBe(61_000);
    const [{ journalId, lastSeq, lastHash }] = store.execute([{ kind: 'position' }]) as [Position];
    store.execute([{ kind: 'received', journalId, receivedThrough: lastSeq, hash: lastHash }]);
    expect(await backlogAgeMs({ ask })).toBeNull();
    store.close();
  });
});
