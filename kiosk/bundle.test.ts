// What a kiosk's page has to load.
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';

/** The sources a page loads, beginning with `path`, without their types. */
function load(path: string, loaded = new Map<string, string>()): Map<string, string> {
  if (loaded.has(path)) return loaded;
  const source = stripTypeScriptTypes(readFileSync(path, 'utf8'), { mode: 'transform' });
  loaded.set(path, source);
  for (const [, from = ''] of source.matchAll(/from\s+['"](.+?)['"]/g)) {
    expect(from, `${path} would bring a package into the page`).toMatch(/^\./);
    load(join(dirname(path), from), loaded);
  }
  return loaded;
}

it('is the client and its few small files, within 15 kB gzipped', () => {
  const loaded = load(join(import.meta.dirname, 'client.ts'));
  for (const more of ['banner.ts', 'pair.ts', 'storage.ts']) load(join(import.meta.dirname, more), loaded);
  const names = [...loaded.keys()].map((path) => path.slice(import.meta.dirname.length + 1)).sort();
  expect(names).toEqual([
    'answers.ts',
    'appliance-url.ts',
    'banner.ts',
    'client.ts',
    'delivery.ts',
    'events.ts',
    'pair.ts',
    'storage.ts',
    'submission.ts',
    'trace.ts',
    'uuid.ts',
  ]);
  expect(gzipSync([...loaded.values()].join('\n')).length).toBeLessThan(15 * 1024);
});
