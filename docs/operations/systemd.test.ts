// The page on the services is true as far as words can be checked: its lines are what the programs say, its keys are what a
// reload takes, and its own lines for units are understood by systemd.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { liveKeys as ofCentral } from '../../central/reload.ts';
import { liveKeys as ofBox } from '../../daemon/reload.ts';

const checkout = resolve(import.meta.dirname, '..', '..');
const read = (path: string) => readFileSync(join(checkout, path), 'utf8');
const page = read('docs/operations/systemd.md');
const hasTools = spawnSync('systemd-analyze', ['--version']).status === 0;

it('explains every word that the status line begins with, as the programs say it', () => {
  const [, table = ''] = /^\| it says(.*?)\n\n/ms.exec(page) ?? [];
  const words = [...table.matchAll(/`([^`…]+?):? ?…?`/g)].map(([, word = '']) => word);
  const sources = ['daemon/service-line.ts', 'kit/heartbeat.ts', 'kit/supervised.ts'].map(read).join();
  expect(words.length).toBeGreaterThan(8);
  expect(words.filter((word) => !sources.includes(word) && word !== '/v1/status')).toEqual([]);
  const said = [...read('daemon/service-line.ts').matchAll(/(?:return|\?|:) '([^']+)'/g)].map(
    ([, word = '']) => word,
  );
  expect(said.filter((word) => !words.includes(word))).toEqual([]);
});

it('names exactly the keys that a reload takes', () => {
  const [, table = ''] = /^\| taken by a reload(.*?)\n\n/ms.exec(page) ?? [];
  const named = [...table.matchAll(/`([a-z]+\.[\w.]+)`/g)].map(([, key = '']) => key);
  const keys = named.filter((key) => !/\.(key|crt|pem)$/.test(key));
  expect(new Set(keys)).toEqual(new Set([...ofBox, ...ofCentral]));
  const files = named.filter((key) => /\.(key|crt|pem)$/.test(key));
  expect(files.filter((name) => !read('provisioning/identity.ts').includes(`'${name}'`))).toEqual([]);
});

it('shows the bounds that the unit has', () => {
  const unit = read('systemd/holdfast.service');
  for (const line of page.match(/\bMemoryMax=\w+/g) ?? ['none']) expect(unit).toContain(line);
  expect(unit).toContain('WatchdogSec=60');
  expect(unit).toContain('RestartSec=2\n');
});

it.skipIf(!hasTools)('gives lines of your own that systemd understands', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-own-lines-'));
  const lines = [...page.matchAll(/```ini\n(.*?)```/gs)].map(([, text = '']) => text);
  expect(lines).toHaveLength(2);
  for (const name of ['holdfast.service', 'holdfast-central.service']) {
    cpSync(join(checkout, 'systemd', name), join(folder, name));
    mkdirSync(join(folder, `${name}.d`));
    writeFileSync(join(folder, `${name}.d`, 'own.conf'), lines.shift() ?? '');
    const { stderr } = spawnSync('systemd-analyze', ['verify', join(folder, name)], { encoding: 'utf8' });
    expect(stderr.split('\n').filter((line) => line.includes('own.conf'))).toEqual([]);
  }
  rmSync(folder, { recursive: true });
});
