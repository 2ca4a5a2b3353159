// What central sets of the configuration, before a real store and a real file: kept before it counts, laid over the file whole
// or not at all, and never where the file says so.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FeedItem } from '../../contract/feed.ts';
import { manualClock } from '../../kit/clock.ts';
import { silentLog as log } from '../../kit/log.ts';
import { mainOf } from '../../provisioning/package/main-of.ts';
import { readConfig } from '../config.ts';
import { type StoreClient, startStore } from '../store/client.ts';
import { feedId, plentyOfSpace } from '../store/temporary-store.ts';
import { openRemote, type Remote } from './remote.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-remote-'));
const path = join(folder, 'holdfast.toml');
const file = (more = '') =>
  writeFileSync(
    path,
    `dataFolder = ${JSON.stringify(folder)}
identityFolder = "identity"
[http]
ratePerMinute = 700
[central]
url = "mqtts://central.example:8883"
${more}`,
  );
let store: StoreClient;
let remote: Remote;
let position = 0;
const settled = { times: 0 };

beforeAll(async () => {
  const onGone = (error: Error) => expect.fail(error.message);
  store = await startStore({ folder, space: plentyOfSpace }, { commandsWaitingMax: 100, onGone });
});
afterEach(() => remote.stop());
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const open = async () => {
  remote = await openRemote({
    ...{ store, clock: manualClock(), log, readFile: () => readConfig(path) },
    onSettled: () => settled.times++,
  });
  return remote;
};

/** The feed says it, and the box hears that it was applied. */
async function say(version: number, values: Record<string, string | number | null>): Promise<void> {
  const items: FeedItem[] = [{ kind: 'configuration', version, values }];
  await store.ask('feed', { feedId, firstPosition: ++position, items });
  const before = settled.times;
  remote.look();
  await expect.poll(() => settled.times).toBeGreaterThan(before);
}

describe('what central sets of the configuration', () => {
  it("is laid over the file, counts at once, and is there after a start; what it names no longer is the file's", async () => {
    file();
    await open();
    const rates: number[] = [];
    remote.open(() => {
      rates.push(remote.read().http.ratePerMinute);
      return { kind: 'taken', changed: [], needsRestart: [] };
    });
    await say(1, { 'http.ratePerMinute': 1200, 'log.level': 'debug' });
    expect(remote.standing()).toEqual({ version: 1, refused: null });
    remote.stop();
    expect((await open()).read()).toMatchObject({ http: { ratePerMinute: 1200 }, log: { level: 'debug' } });
    const shown = spawnSync(process.execPath, [mainOf('holdfast'), 'config', 'show', '--config', path], {
      encoding: 'utf8',
    }).stdout;
    expect(shown).toMatch(/^http\.ratePerMinute +1200 +central$/m);
    expect(shown).toMatch(/^http\.port +8080 +default$/m);
    expect(shown).toMatch(/^central: version 1$/m);
    const set = spawnSync(
      process.execPath,
      [mainOf('holdfast'), 'config', 'set', 'log.level', 'error', '--config', path],
      { encoding: 'utf8' },
    );
    expect(set.stdout).toContain('Central sets it to debug, which counts');
    await say(2, { 'log.level': 'warn' });
    expect(remote.read()).toMatchObject({ http: { ratePerMinute: 700 }, log: { level: 'warn' } });
    expect(rates).toEqual([1200]);
  });

  it.each([
    [
      'a value that is none',
      { 'log.level': 'warn', 'http.ratePerMinute': 0 },
      'http.ratePerMinute',
      'value_refused',
    ],
    ['a key of another release', { 'disk.bytesMax': 1 }, 'disk.bytesMax', 'key_unknown'],
    ["a key that is nobody else's business", { 'http.port': 1 }, 'http.port', 'key_unknown'],
  ])('is refused whole by the name of %s, and what was before goes on', async (_, values, key, reason) => {
    file();
    await open();
    const before = remote.read();
    const { version } = remote.standing();
    const next = 10 + position;
    await say(next, values as Record<string, number>);
    expect(remote.standing()).toEqual({ version, refused: { version: next, key, reason } });
    expect(remote.read()).toEqual(before);
    remote.stop();
    expect((await open()).standing()).toEqual({ version, refused: { version: next, key, reason } });
  });

  it('never counts where the file keeps its keys to itself, and does as soon as it does not', async () => {
    file('maySet = ["log.level"]');
    await open();
    await say(30, { 'http.ratePerMinute': 1300 });
    const refused = { version: 30, key: 'http.ratePerMinute', reason: 'kept_by_the_box' };
    expect(remote.standing().refused).toEqual(refused);
    expect(remote.read().http.ratePerMinute).toBe(700);
    file();
    remote.look();
    await expect.poll(() => remote.standing()).toEqual({ version: 30, refused: null });
    file('maySet = []');
    expect(remote.read().http.ratePerMinute).toBe(700);
    remote.look();
    await expect.poll(() => remote.standing()).toEqual({ version: 0, refused });
  });

  it('does not count while it cannot be gone by, and is tried again', async () => {
    file();
    await open();
    const broken = { now: true };
    remote.open(() =>
      broken.now
        ? { kind: 'refused', reason: 'half of a new certificate' }
        : { kind: 'taken', changed: [], needsRestart: [] },
    );
    const items: FeedItem[] = [{ kind: 'configuration', version: 40, values: { 'log.level': 'error' } }];
    await store.ask('feed', { feedId, firstPosition: ++position, items });
    remote.look();
    await expect
      .poll(() => store.ask('remoteConfiguration', {}).then(({ taken }) => taken?.version))
      .toBe(40);
    expect(remote.standing().version).toBe(30);
    broken.now = false;
    remote.look();
    await expect.poll(() => remote.standing().version).toBe(40);
  });

  it('never sends what one collector is told in secret to another', async () => {
    file('[tracing]\nheadersFile = "otlp.headers"');
    await open();
    await say(42, { 'tracing.otlpUrl': 'https://elsewhere.example' });
    const refused = { version: 42, key: 'tracing.otlpUrl', reason: 'kept_by_the_box' };
    expect(remote.standing().refused).toEqual(refused);
    expect(remote.read().tracing.otlpUrl).toBe(null);
  });
});
