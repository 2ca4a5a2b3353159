// Performs docs/operations/first-site.md as a technician would (perform-page.ts), and holds its codes against the programs.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePorts } from '../../trial/link.ts';
import { openPage, type Page } from './perform-page.ts';

const page = readFileSync(join(import.meta.dirname, 'first-site.md'), 'utf8');
const checkout = resolve(import.meta.dirname, '..', '..');
const home = mkdtempSync(join(tmpdir(), 'holdfast-first-site-'));
const site = join(home, 'first-site');
let performed: Page;

/** Where the programs keep their tables of what can go wrong. */
const sourcesOfCodes = [
  'central/errors.ts',
  'daemon/config.ts',
  'daemon/http/problems.ts',
  'daemon/store/views.ts',
  'daemon/sync/link-view.ts',
  'daemon/sync/pump.ts',
  'provisioning/error.ts',
  'provisioning/authority/check.ts',
];

beforeAll(async () => {
  const [appliance = 0, central = 0, broker = 0] = await freePorts(3);
  const ports = { 8080: appliance, 8081: central, 8883: broker };
  performed = openPage({ home, cwd: checkout, files: site, ports });
});
afterAll(async () => {
  await performed.end();
  rmSync(home, { recursive: true });
});

it('puts a site up as the page says, and prints what the page says', { timeout: 120_000 }, async () => {
  const { commands } = await performed.perform(page);
  expect(commands).toBeGreaterThan(10);
  for (const file of [
    'central/central.db',
    'appliance/journal.db',
    'leeds-1/appliance.key',
    'central-copy/central.db',
  ]) {
    expect(existsSync(join(site, file)), file).toBe(true);
  }
  expect(existsSync(join(site, 'central', 'central.db-wal')), 'a clean stop leaves one file').toBe(false);
});

it('explains only codes that the programs have', () => {
  const [, troubles = ''] = /^## When it fails\n(.*)/ms.exec(page) ?? [];
  const codes = [...troubles.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, code = '']) => code);
  expect(codes.length).toBeGreaterThan(10);
  const known = sourcesOfCodes.map((file) => readFileSync(join(checkout, file), 'utf8')).join();
  expect(codes.filter((code) => !new RegExp(`\\b${code}\\b`).test(known))).toEqual([]);
});
