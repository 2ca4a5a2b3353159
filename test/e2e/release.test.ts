// A release on its way through real programs: central serves it over mutual TLS, the box tries it in a slot, and what does not
// prove itself gives way to what ran before. A small supervisor stands for systemd: it starts again whatever ends.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestSite, type TestSite } from '../../central/fixtures/site.ts';
import type { FleetMember } from '../../central/fleet/answers.ts';
import type { RolloutView } from '../../central/rollout/port.ts';
import { openReleases, type Releases, writeCommands } from './releases.ts';

const root = resolve(import.meta.dirname, '..', '..');
const waitMsMax = 120_000;
let site: TestSite;
let central: Awaited<ReturnType<TestSite['start']>>;
let releases: Releases;
let box: Supervised;
let folder: string;

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

async function ask<T>(path: string): Promise<T> {
  const key = central.announced.find((line) => 'operatorKey' in line)?.operatorKey;
  const answer = await fetch(`http://127.0.0.1:${central.httpPort}${path}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  return (await answer.json()) as T;
}

const until = <T>(path: string, holds: (answer: T) => boolean): Promise<T> =>
  vi.waitFor(
    async () => {
      const answer = await ask<T>(path);
      expect(answer).toSatisfy(holds);
      return answer;
    },
    { timeout: waitMsMax, interval: 200 },
  );

const rollOut = async (name: string, soakMinutes = '0'): Promise<number> => {
  const said = await command(
    'rollout',
    'create',
    '--release',
    name,
    '--any-hour',
    '--soak-minutes',
    soakMinutes,
    '--json',
  );
  return (JSON.parse(said) as RolloutView).number;
};
const ended = (number: number) =>
  until<RolloutView>(`/v1/rollouts/${number}`, ({ endedMs }) => endedMs !== null);
const member = () => ask<FleetMember>('/v1/fleet/leeds-1');

beforeAll(async () => {
  site = await createTestSite();
  folder = site.folder;
  central = await site.start(site.estSection());
  writeFileSync(
    join(folder, 'central.toml'),
    `dataFolder = "data"\nidentityFolder = ${JSON.stringify(join(site.authority, 'central'))}\n`,
  );
  releases = openReleases(folder);
  const cwd = join(folder, 'box');
  mkdirSync(cwd);
  writeCommands(cwd);
  const config = join(cwd, 'holdfast.toml');
  writeFileSync(
    config,
    `dataFolder = "data"
identityFolder = ${JSON.stringify(await site.appliance('leeds-1'))}
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
  box = supervise(config, cwd);
  await until<FleetMember>('/v1/fleet/leeds-1', ({ report }) => report?.slots?.running === 'package');
}, 120_000);
afterAll(async () => {
  await box.stop();
  await central.stop();
  site.remove();
});

describe('a release that is rolled out', { timeout: 400_000 }, () => {
  it('that crashes at start gives way to what ran before, which says why, and the rollout ends', async () => {
    await command('release', 'add', releases.make('0.2.0', 'crashes'), '--key', releases.keyFile);
    const number = await rollOut('0.2.0');
    expect(await ended(number)).toMatchObject({
      state: 'rolled_back',
      reason: { code: 'boxes_failed', failed: 1, of: 1 },
    });
    const { items } = await ask<{ items: object[] }>(`/v1/rollouts/${number}/events`);
    expect(items.length).toBeGreaterThan(1);
    expect((await member()).report?.slots).toMatchObject({ running: 'package', rollout: number });
    expect(box.started).toEqual(['0.1.0', '0.1.0']);
  });

  it('runs in a slot and is confirmed, outlives a loss of power, and goes back when that is said', async () => {
    await command('release', 'add', releases.make('0.3.0', 'sells'), '--key', releases.keyFile);
    const number = await rollOut('0.3.0', '30');
    await until<RolloutView>(`/v1/rollouts/${number}`, ({ counts }) => counts.confirmed === 1);
    expect(await member()).toMatchObject({
      release: '0.3.0',
      report: { slots: { running: 'a', step: 'running' } },
    });
    box.kill();
    const starts = () => box.started.filter((release) => release === '0.3.0');
    await vi.waitFor(() => expect(starts()).toHaveLength(2), { timeout: waitMsMax });
    const slots = () => JSON.parse(readFileSync(join(folder, 'box', 'slots', 'slots.json'), 'utf8'));
    expect(slots()).toMatchObject({ proven: 'a', trial: null, a: { release: '0.3.0' } });

    await command('rollout', 'abort', String(number), '--boxes', 'return', '--reason', 'not today');
    expect(await ended(number)).toMatchObject({ state: 'rolled_back', counts: { returned: 1 } });
    expect(await member()).toMatchObject({ release: '0.1.0', report: { slots: { running: 'package' } } });
    expect(slots()).toMatchObject({ proven: 'package', ended: { rollout: number, returns: true } });
  });
});
