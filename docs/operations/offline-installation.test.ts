// The page for sites without a link explains every code and condition of it.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { exitCodes } from '../../daemon/commands/error.ts';

const checkout = resolve(import.meta.dirname, '..', '..');
const page = readFileSync(join(import.meta.dirname, 'offline-installation.md'), 'utf8');

it('explains every code of a bundle, and both conditions', () => {
  // The other bundle is diagnose's.
  const codes = Object.keys(exitCodes).filter((code) => /^bundle_(?!not_written)/.test(code));
  const source = readFileSync(join(checkout, 'daemon/identity/first-contact.ts'), 'utf8');
  const conditions = [...source.matchAll(/code: '(\w+)'/g)].map(([, code = '']) => code);
  expect([codes.length, conditions.length]).toEqual([5, 2]);
  expect([...codes, ...conditions].filter((code) => !page.includes(`| \`${code}\``))).toEqual([]);
});
