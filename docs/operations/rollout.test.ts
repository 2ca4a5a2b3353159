// Performs rollout.md as an operator would (perform-page.ts), beside a central that runs, and holds its tables against the programs.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withPort, withStore } from '../../central/commands/open-store.ts';
import { publishProducts } from '../../central/feed/publish.ts';
import { byTester, testerAtWork } from '../../central/fixtures/by.ts';
import { boxStates, rolloutStates } from '../../central/rollout/next.ts';
import { Plan } from '../../central/rollout/plan.ts';
import { readConfig } from '../../daemon/config.ts';
import { authorityInit } from '../../provisioning/commands/authority-init.ts';
import { openReleases } from '../../test/e2e/releases.ts';
import { openPage, type Page } from './perform-page.ts';

const checkout = resolve(import.meta.dirname, '..', '..');
const home = mkdtempSync(join(tmpdir(), 'holdfast-rollout-'));
const text = readFileSync(join(import.meta.dirname, 'rollout.md'), 'utf8');
let page: Page;
let central: ChildProcess;

beforeAll(async () => {
  const nowMs = Date.now();
  await authorityInit({ folder: join(home, 'authority'), centralHosts: ['localhost'], nowMs });
  writeFileSync(
    join(home, 'central.toml'),
    `dataFolder = "central"\nidentityFolder = "authority/central"\nhttp = { port = 0 }
broker = { mode = "embedded", host = "127.0.0.1", port = 0 }\n`,
  );
  const releases = openReleases(home);
  cpSync(releases.make('0.2.0', 'sells'), join(home, 'dist'), { recursive: true });
  cpSync(releases.keyFile, join(home, 'dist', 'holdfast-signing.pub'));
  const path = join(home, 'bin');
  mkdirSync(path);
  const program = join(path, 'holdfast-central');
  writeFileSync(program, `#!/bin/sh\nexec ${process.execPath} ${join(checkout, 'central/main.ts')} "$@"\n`);
  chmodSync(program, 0o755);
  page = openPage({ home, cwd: home, files: home, ports: {}, path });
  central = spawn(program, ['run', '--config', 'central.toml'], {
    ...{ cwd: home, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  let seen = '';
  while (!seen.includes('"msg":"ready"')) {
    const [data] = await once(central.stdout ?? expect.fail('no output'), 'data');
    seen += data;
  }
  central.stdout?.resume();
  withStore(join(home, 'central'), (store) => {
    for (const id of ['leeds-1', 'leeds-2', 'york-1', 'york-2'])
      store.registerAppliance({ id, site: id.slice(0, -2) }, byTester(nowMs));
  });
  const apple = {
    sku: 'apple',
    name: 'Apple',
    price: { priceMinor: 60, baseQuantity: 1 as const },
    sellable: true,
  };
  await withPort(join(home, 'central'), (port) => publishProducts(port, [apple], testerAtWork(Date.now)));
}, 120_000);
afterAll(async () => {
  await page.end();
  central.kill();
  await once(central, 'close');
  rmSync(home, { recursive: true, maxRetries: 5, retryDelay: 200 });
});

const cells = (heading: RegExp) => {
  const [, table = ''] = text.split(heading);
  const rows = table.split('\n\n')[0] ?? '';
  return [...rows.matchAll(/^\| (`[^|]*) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word),
  );
};

describe('the page about rollouts', () => {
  it('is performed as it stands', { timeout: 240_000 }, async () => {
    expect((await page.perform(text.replace('x64', process.arch))).commands).toBe(11);
  });

  it('explains every state of a rollout and of a box', () => {
    expect(cells(/\| state of a rollout .*\n/).sort()).toEqual([...rolloutStates].sort());
    expect(cells(/\| state of a box .*\n/).sort()).toEqual([...boxStates].sort());
  });

  it('names what is usual', () => {
    const plan = Plan.parse({});
    const usual = (option: string) => new RegExp(`^\\| \`${option}\`.* \\| (\\S*) \\|`, 'm').exec(text)?.[1];
    expect(usual('--stages')).toBe(plan.stagesPercent.join());
    expect(usual('--confirmed-percent')).toBe(String(plan.confirmedPercentMin));
    expect(usual('--soak-minutes')).toBe(String(plan.soakMinutes));
    expect(usual('--failed-percent')).toBe(String(plan.failedPercentMax));
    expect(usual('--declines-points')).toBe(String(plan.declinesPointsMax));
    expect(usual('--errors-points')).toBe(String(plan.errorsPointsMax));
    expect(usual('--silent-minutes')).toBe(String(plan.silentMinutesMax));
    expect(usual('--on-failure')).toBe(plan.onFailure);
    const config = join(home, 'holdfast.toml');
    writeFileSync(
      config,
      `dataFolder = "d"\nidentityFolder = "i"\ncentral = { url = "mqtts://localhost:9" }\n[releases]\nfolder = "s"
keys = ["RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"]\n`,
    );
    const { bytesMax, quietSeconds, steadySeconds, provingMinutesMax } =
      readConfig(config).releases ?? expect.fail();
    const figures = Object.entries({ bytesMax, quietSeconds, steadySeconds, provingMinutesMax });
    for (const [key, value] of figures) expect(usual(key), key).toBe(String(value));
  });
});
