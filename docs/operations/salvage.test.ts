// The page on salvage is performed on a box whose journal was damaged and salvaged, and explains every code of it.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import BetterSqlite3 from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openMended } from '../../daemon/store/salvage/open-mended.ts';
import { pennies, plentyOfSpace, submit, temporaryStore } from '../../daemon/store/temporary-store.ts';
import { manualClock } from '../../kit/clock.ts';
import { mainOf } from '../../provisioning/package/main-of.ts';
import { openPage } from './perform-page.ts';

const checkout = resolve(import.meta.dirname, '..', '..');
const page = readFileSync(join(checkout, 'docs/operations/salvage.md'), 'utf8');
const shop = temporaryStore();
const folder = mkdtempSync(join(tmpdir(), 'holdfast-page-'));
const journal = join(shop.folder, 'journal.db');

beforeAll(() => {
  shop.execute(...Array.from({ length: 50 }, (_, n) => submit.checkout(n + 1, pennies(n + 1))));
  shop.close();
  const bytes = readFileSync(journal);
  const at = bytes.indexOf('"totalMinor":40');
  bytes.fill(0xff, at - (at % 4096), at - (at % 4096) + 4096);
  writeFileSync(journal, bytes);
  const { store, setAside } = openMended({ folder: shop.folder, space: plentyOfSpace, clock: manualClock() });
  expect(setAside?.lost).toHaveLength(1);
  store.close();
  // Central has received the first entry.
  const db = new BetterSqlite3(journal);
  db.exec('UPDATE position SET received_through = 1');
  db.close();
  writeFileSync(
    join(folder, 'holdfast.toml'),
    `dataFolder = "${shop.folder}"\nidentityFolder = "identity"\ncentral = { url = "mqtts://localhost:9" }\n`,
  );
  writeFileSync(
    join(folder, 'holdfast'),
    `#!/bin/sh\nexec ${process.execPath} ${mainOf('holdfast')} "$@" --config ${folder}/holdfast.toml\n`,
    { mode: 0o755 },
  );
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  rmSync(shop.folder, { recursive: true });
});

it('is performed as it is written', { timeout: 60_000 }, async () => {
  const performed = openPage({ home: folder, cwd: folder, files: folder, ports: {}, path: folder });
  expect(await performed.perform(page)).toEqual({ commands: 4 });
  await performed.end();
});

it('explains every code that a salvage ends with, and every condition it brings', () => {
  const sources = [
    'daemon/store/salvage/errors.ts',
    'daemon/commands/journal-salvage.ts',
    'daemon/store/views.ts',
  ];
  const text = sources.map((name) => readFileSync(join(checkout, name), 'utf8')).join('\n');
  const codes = [...text.matchAll(/'(salvage_[a-z_]+|exposure_halved)'/g)].map(([, code = '']) => code);
  for (const code of new Set([...codes, 'journal_salvaged', 'document_in_doubt']))
    expect(page).toContain(code);
});
