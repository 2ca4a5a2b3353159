// Both programs as single executables for this machine's processor: they sell, settle and describe themselves as from their
// sources, from a folder with nothing beside them.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPages } from '../../daemon/pages/assets.ts';
import packageJson from '../../package.json' with { type: 'json' };
import type { Architecture } from '../../provisioning/package/compile.ts';
import { programs } from '../../provisioning/package/programs.ts';
import { makeRelease, type Release } from '../../provisioning/package/release.ts';
import { readSettledBooks } from '../../trial/books.ts';
import { compareBooks } from '../../trial/compare.ts';
import type { Site } from '../../trial/site.ts';
import { newFolder, openShop, sell } from './shop.ts';

const folder = newFolder();
const dist = join(folder, 'dist');
const native = join(folder, 'native');
const bytesMax = 115_000_000;
let release: Release;
let site: Site;

const fileOf = (program: string) => join(dist, `${program}-linux-${process.arch}`);
const say = (program: string, args: string[], env: NodeJS.ProcessEnv = {}) =>
  execFileSync(fileOf(program), args, {
    encoding: 'utf8',
    env: { PKG_NATIVE_CACHE_PATH: native, ...env },
  }).trim();

beforeAll(async () => {
  process.env.PKG_NATIVE_CACHE_PATH = native;
  const architectures = [process.arch as Architecture];
  release = await makeRelease(
    { architectures, programs, folder: dist, signingKey: null, smoke: false, json: false },
    () => {},
  );
  site = await openShop(join(folder, 'site'), {
    programs: { appliance: [fileOf('holdfast')], central: [fileOf('holdfast-central')] },
  });
}, 300_000);
afterAll(async () => {
  delete process.env.PKG_NATIVE_CACHE_PATH;
  await site?.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe('the executables', () => {
  it('sell, and central has all of it', async () => {
    await sell(site, 50, 3);
    const books = compareBooks(await readSettledBooks(site));
    expect(books).toMatchObject({ entries: 50, duplicates: 0, missing: 0, differences: [] });
  });

  it.each(['holdfast', 'holdfast-central'])('say what they are: %s', (program) => {
    expect(JSON.parse(say(program, ['version', '--json']))).toMatchObject({
      program,
      release: packageJson.version,
      commit: release.commit,
      node: process.versions.node,
      openssl: process.versions.openssl,
      architecture: process.arch,
    });
  });

  it('run as they were tried, whatever NODE_OPTIONS says', () => {
    expect(say('holdfast', ['--version'], { NODE_OPTIONS: '--require /nowhere.js' })).toBe(
      packageJson.version,
    );
  });

  it('bring the description of their interface and the kiosk page along', async () => {
    const answer = await fetch(`${site.applianceUrl}/openapi.json`);
    expect(((await answer.json()) as { openapi: string }).openapi).toBe('3.1.1');
    for (const [path, { body }] of readPages()) {
      expect(await (await fetch(site.applianceUrl + path)).text(), path).toBe(body);
    }
    expect((await fetch(`${site.centralUrl}/openapi.json`)).status).toBe(200);
  });

  it('say nothing in their logs that is not a line of theirs', () => {
    for (const { logFile } of [site.appliance, site.central]) {
      const lines = readFileSync(logFile, 'utf8').trim().split('\n');
      expect(lines.filter((line) => !line.startsWith('{'))).toEqual([]);
    }
  });

  it('leave one addon behind, which both use, and unpack it nowhere that others may write', () => {
    expect(readdirSync(native)).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.node$/)]);
    const open = join(folder, 'open');
    mkdirSync(open);
    execFileSync('chmod', ['777', open]);
    const said = spawnSync(fileOf('holdfast'), ['version'], {
      encoding: 'utf8',
      env: { PKG_NATIVE_CACHE_PATH: open },
    });
    expect(said.status).not.toBe(0);
    expect(said.stderr).toContain('PKG_NATIVE_CACHE_PATH');
  });

  it('are small enough, and named with their sums and what they are made of', () => {
    for (const { bytes } of release.executables) expect(bytes).toBeLessThan(bytesMax);
    execFileSync('sha256sum', ['-c', 'SHA256SUMS'], { cwd: dist, stdio: 'pipe' });
    const bill = readFileSync(`${fileOf('holdfast')}.cdx.json`, 'utf8');
    for (const name of ['openssl', 'sqlite', 'v8', 'koa']) expect(bill).toContain(`"name": "${name}"`);
    // Stripe and Adyen are central's business.
    expect(bill).not.toContain('stripe');
  });
});
