// The files of the operators' page as a browser takes them: one script and one style, each under a name that changes with its
// content, and the page that names them. Made when a release is built; from the sources, when the page is first asked for.
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Asset, Assets } from '../../kit/serve-assets.ts';
import { under } from './page-files.ts';

const at = (name: string) => join(import.meta.dirname, name);

export async function makePage(): Promise<Assets> {
  const script = named('app', 'js', 'text/javascript; charset=utf-8', await bundle('screen/main.tsx'));
  const style = named('look', 'css', 'text/css; charset=utf-8', await bundle('look.css'));
  const icon = named('icon', 'svg', 'image/svg+xml', readFileSync(at('icon.svg'), 'utf8'));
  const html = readFileSync(at('page.html'), 'utf8')
    .replace('%SCRIPT%', script[0])
    .replace('%STYLE%', style[0])
    .replace('%ICON%', icon[0]);
  return new Map([['/', asset('text/html; charset=utf-8', html)], script, style, icon]);
}

async function bundle(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [at(entry)],
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    // Browsers need none of what stands before a script for other people's tools.
    legalComments: 'none',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}

function named(name: string, ending: string, type: string, body: string): [string, Asset] {
  const one = asset(type, body);
  return [`${under}${name}-${one.etag.slice(0, 12)}.${ending}`, one];
}

function asset(type: string, body: string): Asset {
  return { type, body, etag: hash('sha256', body).slice(0, 32) };
}
