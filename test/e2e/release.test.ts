// A release on its way through real programs: central serves it over mutual TLS, the box tries it in a slot, and what does not
// prove itself gives way to what ran before. A small supervisor stands for systemd: it starts again whatever ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { withPort } from '../../central/commands/open-store.ts';
import { publishProducts } from '../../central/feed/publish.ts';
import { createTestSite, type TestSite } from '../../central/fixtures/site.ts';
import type { FleetMember } from '../../central/fleet/answers.ts';
import type { RolloutView } from '../../central/rollout/port.ts';
import { releasesFolder } from '../../central/rollout/releases-folder.ts';
import { Product } from '../../contract/feed.ts';
import { executableName } from '../../provisioning/release-list.ts';
import { openReleases, type Releases, writeCommands } from './releases.ts';

const root = resolve(import.meta.dirname, '..', '..');
const waitMsMax = 120_000;
let site: TestSite;
let central: Awaited<ReturnType<TestSite['start']>>;
let releases: Releases;
const boxes = new Map<string, Supervised>();
let folder: string;
const by = { actor: { kind: 'command' as const, user: 'tester', from: 'bench' } };
const folderOf = (name: string) => join(folder, `box-${name}`);
const slotsOf = (name: string) =>
  JSON.parse(readFileSync(join(folderOf(name), 'slots', 'slots.json'), 'utf8')) as object;

interface Supervised {
  /** Every first line of a start that answered: which release it was. */
  started: string[];
  kill(): void;
  stop(): Promise<void>;
}

function supervise(config: string, cwd: string): Supervised {
  const state: { child: ChildProcess | null; stopped: boolean } = { child: null, stopped: false };
  const started: string[] = [];
  const start = () => {
    if (state.stopped) return;
    const child = spawn(process.execPath, [join(root, 'daemon', 'main.ts'), 'run', '--config', config], {
      cwd,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    state.child = child;
    let rest = '';
    child.stdout.on('data', (data) => {
      const lines = `${rest}${data}`.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const { msg, release } = JSON.parse(line) as { msg?: string; release?: string };
        if (msg === 'ready' && release) started.push(release);
      }
    });
    child.once('close', start);
  };
  start();
  return {
    started,
    kill: () => state.child?.kill('SIGKILL'),
    async stop() {
      state.stopped = true;
      state.child?.kill('SIGTERM');
      if (state.child?.exitCode === null) await once(state.child, 'close');
    },
  };
}

async function command(...words: string[]): Promise<string> {
  const child = spawn(
    process.execPath,
    [join(root, 'central', 'main.ts'), ...words, '--config', join(folder, 'central.toml')],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let said = '';
  child.stdout.on('data', (data) => {
    said += data;
  });
  const [code] = await once(child, 'close');
  expect(code, said).toBe(0);
  return said;
}

async function post<T>(path: string, body?: object): Promise<{ status: number; body: T }> {
  const key = central.announced.find((line) => 'operatorKey' in line)?.operatorKey;
  const answer = await fetch(`http://127.0.0.1:${central.httpPort}${path}`, {
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: (await answer.json()) as T };
}

const ask = async <T>(path: string): Promise<T> => (await post<T>(path)).body;

const until = <T>(path: string, holds: (answer: T) => boolean): Promise<T> =>
  vi.waitFor(
    async () => {
      const answer = await ask<T>(path);
      expect(answer).toSatisfy(holds);
      return answer;
    },
    { timeout: waitMsMax, interval: 200 },
  );

/** @param more of the plan */
const rollOut = async (
  release: string,
  appliances: readonly string[],
  more: object = {},
): Promise<number> => {
  const change = { kind: 'release', release, anyHour: true };
  const plan = { canary: { appliances: appliances.slice(0, 1) }, soakMinutes: 0, ...more };
  const { body } = await post<RolloutView>('/v1/rollouts', { change, target: { appliances }, plan });
  return body.number;
};
const ended = (number: number) =>
  until<RolloutView>(`/v1/rollouts/${number}`, ({ endedMs }) => endedMs !== null);
const member = (name: string) => ask<FleetMember>(`/v1/fleet/${name}`);

/** A central that was deceived, or whose disk was, takes in what `release add` refuses. */
async function slipIn(name: string, made: string, cutBytes = 0): Promise<void> {
  const architecture = process.arch === 'arm64' ? 'arm64' : 'x64';
  const [sums = '', signature = ''] = ['SHA256SUMS', 'SHA256SUMS.minisig'].map((file) =>
    readFileSync(join(made, file), 'utf8'),
  );
  const sha256 = sums.slice(0, 64);
  const program = readFileSync(join(made, executableName(architecture)));
  const folder = releasesFolder(site.dataFolder);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, sha256), program.subarray(0, program.length - cutBytes));
  const files = [{ architecture, sha256, bytes: program.length }] as const;
  await withPort(site.dataFolder, (port) =>
    port.addRelease({ name, files: [...files], sums, signature }, { ...by, nowMs: Date.now() }),
  );
}

/** A box of its own, supervised; resolves when central has heard of its slots. */
async function openBox(name: string): Promise<Supervised> {
  const cwd = folderOf(name);
  mkdirSync(cwd);
  writeCommands(cwd);
  const config = join(cwd, 'holdfast.toml');
  writeFileSync(
    config,
    `dataFolder = "data"
identityFolder = ${JSON.stringify(await site.appliance(name))}
[http]
port = 0
[central]
url = "mqtts://localhost:${central.mqttPort}"
est = "https://localhost:${central.estPort}"
[releases]
folder = "slots"
keys = [${JSON.stringify(releases.key)}]
quietSeconds = 1
steadySeconds = 1
`,
  );
  const box = supervise(config, cwd);
  boxes.set(name, box);
  await until<FleetMember>(
    `/v1/fleet/${name}`,
    ({ report }) => report?.slots?.running === 'package' && report.versions.catalogue > 0,
  );
  return box;
}

beforeAll(async () => {
  site = await createTestSite();
  folder = site.folder;
  central = await site.start(site.estSection());
  writeFileSync(
    join(folder, 'central.toml'),
    `dataFolder = "data"\nidentityFolder = ${JSON.stringify(join(site.authority, 'central'))}\n`,
  );
  releases = openReleases(folder);
  await withPort(site.dataFolder, async (port) => {
    const apple = Product.parse({ sku: 'apple', name: 'Apple', price: { priceMinor: 50 } });
    await publishProducts(port, [apple], { ...by, nowMs: Date.now });
  });
  await Promise.all(['leeds-1', 'york-1', 'bath-1', 'hull-1'].map(openBox));
}, 120_000);
afterAll(async () => {
  await Promise.all([...boxes.values()].map((box) => box.stop()));
  await central.stop();
  site.remove();
});

describe('a release that is rolled out', { timeout: 400_000 }, () => {
  it('that is bad in any way gives way to what ran before, which says why, and the rollout ends', async () => {
    const stranger = generateKeyPairSync('ed25519').privateKey;
    const bad = async (name: string, box: string, reason: string) => {
      const number = await rollOut(name, [box]);
      expect(await ended(number)).toMatchObject({
        state: 'rolled_back',
        reason: { code: 'boxes_failed', failed: 1, of: 1 },
      });
      const { items } = await ask<{ items: object[] }>(`/v1/rollouts/${number}/boxes`);
      expect(items).toMatchObject([{ applianceId: box, reason, state: 'returned' }]);
      expect(await member(box)).toMatchObject({
        release: '0.1.0',
        report: { slots: { running: 'package' } },
      });
      expect(slotsOf(box)).toMatchObject({ proven: 'package', trial: null });
    };
    await command('release', 'add', releases.make('0.2.0', 'crashes'), '--key', releases.keyFile);
    await slipIn('0.2.1', releases.make('0.2.1', 'sells', { signedBy: stranger }));
    await slipIn('0.2.2', releases.make('0.2.2', 'sells', { otherMachine: true }));
    await slipIn('0.2.3', releases.make('0.2.3', 'sells'), 1000);
    await slipIn('0.2.4', releases.make('0.2.4', 'refuses'));
    await Promise.all([
      bad('0.2.0', 'leeds-1', 'crashed_at_start'),
      bad('0.2.1', 'york-1', 'signature_wrong').then(() =>
        bad('0.2.2', 'york-1', 'release_of_another_architecture'),
      ),
      bad('0.2.3', 'bath-1', 'file_differs'),
      bad('0.2.4', 'hull-1', 'probe_failed'),
    ]);
    expect(boxes.get('leeds-1')?.started).toEqual(['0.1.0', '0.1.0']);
    // What is not what was signed was never started.
    for (const box of ['york-1', 'bath-1']) expect(boxes.get(box)?.started).toEqual(['0.1.0']);
    expect(boxes.get('hull-1')?.started).toEqual(['0.1.0', '0.2.4', '0.1.0']);
  });

  it('runs in a slot and is confirmed, outlives a loss of power, and goes back when that is said half-way', async () => {
    await command('release', 'add', releases.make('0.3.0', 'sells'), '--key', releases.keyFile);
    const number = await rollOut('0.3.0', ['leeds-1', 'york-1'], { soakMinutes: 30 });
    const { version } = await until<RolloutView>(
      `/v1/rollouts/${number}`,
      ({ counts }) => counts.confirmed === 1,
    );
    expect(await member('leeds-1')).toMatchObject({
      release: '0.3.0',
      report: { slots: { running: 'a', step: 'running' } },
    });
    const leeds = boxes.get('leeds-1');
    leeds?.kill();
    const starts = () => leeds?.started.filter((release) => release === '0.3.0');
    await vi.waitFor(() => expect(starts()).toHaveLength(2), { timeout: waitMsMax });
    expect(slotsOf('leeds-1')).toMatchObject({ proven: 'a', trial: null, a: { release: '0.3.0' } });

    // Two people at once: the one is heard, and the other is told to look again.
    const abort = { kind: 'abort', version, boxes: 'return', reason: 'not today' };
    const said = await Promise.all(
      [1, 2].map(() => post<{ code?: string }>(`/v1/rollouts/${number}/steps`, abort)),
    );
    expect(said.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(said.map(({ body }) => body.code)).toContain('rollout_changed');
    expect(await ended(number)).toMatchObject({ state: 'rolled_back', counts: { returned: 1, spared: 1 } });
    expect(await member('leeds-1')).toMatchObject({
      release: '0.1.0',
      report: { slots: { running: 'package' } },
    });
    expect(slotsOf('leeds-1')).toMatchObject({
      proven: 'package',
      ended: { rollout: number, returns: true },
    });
    expect(boxes.get('york-1')?.started).toEqual(['0.1.0']);
  });
});
