// The files of the kiosk's page as a browser takes them: the page, its style, and the modules that its own imports reach,
// without their types. Nothing else of this program is in the list, so nothing else can be asked for.
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join, posix } from 'node:path';
import { assert } from '../../kit/assert.ts';

export interface Asset {
  type: string;
  body: string;
  etag: string;
}
/** By the path that it is asked for under. */
export type Page = ReadonlyMap<string, Asset>;

const repository = join(import.meta.dirname, '..', '..');
const folder = 'daemon/kiosk-page';
const entry = `${folder}/screen/main.ts`;
export const modulesPath = '/kiosk/modules/';
/** Where a module of the page may lie; what it imports for its types alone is not loaded. */
const rooms = [`${folder}/screen/`, `${folder}/shop/`, 'kiosk/'];

/** Reads and makes all of them. It takes some 100 ms of processor: not for the program that answers kiosks. */
export function readPage(): Page {
  const html = asset('text/html; charset=utf-8', read(`${folder}/page.html`));
  return new Map([
    ['/kiosk', html],
    ['/kiosk/', html],
    ['/kiosk/page.css', asset('text/css; charset=utf-8', read(`${folder}/page.css`))],
    ['/kiosk/icon.svg', asset('image/svg+xml', read(`${folder}/icon.svg`))],
    ...[...modulesFrom(entry)].map(
      ([path, source]) => [modulesPath + path, asset('text/javascript; charset=utf-8', source)] as const,
    ),
  ]);
}

/** The module and all it loads, by their path in the repository. */
function modulesFrom(path: string, loaded = new Map<string, string>()): Map<string, string> {
  if (loaded.has(path)) return loaded;
  assert(
    rooms.some((room) => path.startsWith(room)),
    `the page does not load ${path}`,
  );
  const source = stripTypeScriptTypes(read(path));
  loaded.set(path, source);
  for (const [, from = ''] of source.matchAll(importPattern)) {
    assert(from.startsWith('.'), `a browser cannot load ${from} for ${path}`);
    modulesFrom(posix.join(posix.dirname(path), from), loaded);
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
