// The files of the appliance's pages as a browser takes them: the page, its style, and the modules that its own imports
// reach, without their types. Nothing else of this program is in the list, so nothing else can be asked for.
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join, posix } from 'node:path';
import { assert } from '../../kit/assert.ts';
import type { Asset, Assets } from '../../kit/serve-assets.ts';
import { type PageSource, pageSources } from './sources.ts';

const repository = join(import.meta.dirname, '..', '..');

/** Reads and makes all of them. It takes some 100 ms of processor: not for the program that answers kiosks. */
export function readPages(): Assets {
  return new Map(pageSources.flatMap(readPage));
}

function readPage({ paths, under, folder, rooms }: PageSource): [string, Asset][] {
  const html = asset('text/html; charset=utf-8', read(`${folder}/page.html`));
  const modules = modulesFrom(`${folder}/screen/main.ts`, rooms);
  return [
    ...paths.map((path): [string, Asset] => [path, html]),
    [`${under}look.css`, asset('text/css; charset=utf-8', read('daemon/pages/look.css'))],
    [`${under}page.css`, asset('text/css; charset=utf-8', read(`${folder}/page.css`))],
    [`${under}icon.svg`, asset('image/svg+xml', read('daemon/pages/icon.svg'))],
    ...[...modules].map(([path, source]): [string, Asset] => [
      `${under}modules/${path}`,
      asset('text/javascript; charset=utf-8', source),
    ]),
  ];
}

/** The module and all it loads, by their path in the repository. */
function modulesFrom(
  path: string,
  rooms: readonly string[],
  loaded = new Map<string, string>(),
): Map<string, string> {
  if (loaded.has(path)) return loaded;
  assert(
    rooms.some((room) => path.startsWith(room)),
    `the page does not load ${path}`,
  );
  const source = stripTypeScriptTypes(read(path));
  loaded.set(path, source);
  for (const [, from = ''] of source.matchAll(importPattern)) {
    assert(from.startsWith('.'), `a browser cannot load ${from} for ${path}`);
    modulesFrom(posix.join(posix.dirname(path), from), rooms, loaded);
  }
  return loaded;
}

/** Imports and re-exports as the formatter writes them: at the beginning of a line, the module in quotes. */
const importPattern = /^(?:import|export)(?:[\s\w{},*$]*?\sfrom)?\s*['"]([^'"]+)['"]/gm;

function read(path: string): string {
  return readFileSync(join(repository, path), 'utf8');
}

function asset(type: string, body: string): Asset {
  return { type, body, etag: hash('sha256', body).slice(0, 32) };
}
