// The page on kiosks is true as far as words can be checked: its codes, keys, defaults and commands are the programs'.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const checkout = resolve(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(checkout, path), 'utf8');
const page = read('docs/operations/kiosks.md');

it('explains only codes that the programs have, and every one of a kiosk', () => {
  const [, troubles = ''] = /^## When it fails\n(.*)/ms.exec(page) ?? [];
  const codes = [...troubles.matchAll(/`([a-z]+(?:_[a-z]+)+)`/g)].map(([, code = '']) => code);
  const sources = [
    'daemon/http/problems.ts',
    'daemon/commands/error.ts',
    'daemon/store/kiosks/open.ts',
    'daemon/store/kiosks/set-aside.ts',
    'provisioning/error.ts',
  ];
  const known = sources.map(read).join();
  expect(codes.filter((code) => !new RegExp(`\\b${code}\\b`).test(known))).toEqual([]);
  const ofKiosks = [...known.matchAll(/\b(?:kiosks?|pairing|scope|rate|host)_[a-z_]+\b/g)].map(
    ([code]) => code,
  );
  expect([...new Set(ofKiosks)].filter((code) => !codes.includes(code))).toEqual([]);
});

it('names only keys that the configuration has, and commands that there are', () => {
  const config = read('daemon/config.ts');
  const [, keys = ''] = /^\| key (.*?)\n\n/ms.exec(page) ?? [];
  const named = [...keys.matchAll(/^\| `(\w+)`/gm), ...page.matchAll(/^(\w+) = /gm)].map(
    ([, key = '']) => key,
  );
  expect(named.length).toBeGreaterThan(7);
  expect(named.filter((key) => !new RegExp(`\\b${key}: `).test(config))).toEqual([]);
  const commands = [...page.matchAll(/holdfast kiosk (\w+)/g)].map(([, name = '']) => name);
  expect(new Set(commands)).toEqual(new Set(['pair', 'list', 'rename', 'revoke']));
});
