// The page as a browser takes it: small, of one piece, and with nothing in it that its policy forbids.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { makePage } from './assets.ts';

/** Of all that the page loads. */
const gzipBytesMax = 150 * 1024;

const page = await makePage();
const html = page.get('/')?.body ?? '';
const script = [...page].find(([path]) => path.endsWith('.js'))?.[1].body ?? '';

it('is small', () => {
  const bytes = [...page.values()].reduce((sum, { body }) => sum + gzipSync(body).length, 0);
  expect(bytes).toBeLessThan(gzipBytesMax);
  expect(script.length).toBeGreaterThan(10_000);
});

it('names all its files, each by its content, and no other', () => {
  const named = [...html.matchAll(/(?:src|href)="(.+?)"/g)].map(([, address = '']) => address);
  expect(named.sort()).toEqual([...page.keys()].filter((path) => path !== '/').sort());
  for (const path of named) expect(path).toMatch(/^\/ui\/\w+-[0-9a-f]{12}\.(js|css|svg)$/);
});

it('holds no script, style or markup that was made of text', () => {
  expect(html).not.toMatch(/<style|<script(?![^>]*src=)|\son\w+=|style=/);
  expect(script).not.toMatch(/\beval\(|new Function|document\.write|insertAdjacentHTML/);
  expect(script, 'what is for Node or for the server is not in it').not.toMatch(
    /node:|better-sqlite3|ZodError/,
  );
});

it('makes nothing of text but text, in any of its sources', () => {
  const folders = ['screen', 'said'].map((name) => join(import.meta.dirname, name));
  const sources = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((path) => /(?<!\.test)\.tsx?$/.test(path))
      .map((path) => join(folder, path)),
  );
  expect(sources.length).toBeGreaterThan(60);
  for (const path of sources) {
    expect(readFileSync(path, 'utf8'), path).not.toMatch(
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|srcdoc|DOMParser|createContextualFragment/i,
    );
  }
});

it('is the same when it is made again', async () => {
  expect([...(await makePage()).keys()]).toEqual([...page.keys()]);
});
