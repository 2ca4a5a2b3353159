// What a release's sums name after several runs.
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SigningKey } from './signing-key.ts';
import { addToSums } from './sums.ts';

const newKey = (): SigningKey => ({ kind: 'given', key: generateKeyPairSync('ed25519').privateKey });
const key = newKey();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-sums-'));
  for (const name of ['for-arm64', 'for-x64']) writeFileSync(join(folder, name), name);
  addToSums(folder, ['for-arm64'], { key, commit: 'c1' });
});
afterEach(() => rmSync(folder, { recursive: true }));
const sums = () => readFileSync(join(folder, 'SHA256SUMS'), 'utf8');

it('still names what an earlier run made of the same commit, and sha256sum agrees', () => {
  const { named } = addToSums(folder, ['for-x64'], { key, commit: 'c1' });
  expect(named).toEqual(['for-arm64', 'for-x64']);
  const said = execFileSync('sha256sum', ['--check', 'SHA256SUMS'], { cwd: folder, encoding: 'utf8' });
  expect(said).toBe('for-arm64: OK\nfor-x64: OK\n');
});

it('names a file once, by its sum of now', () => {
  const before = sums();
  writeFileSync(join(folder, 'for-arm64'), 'made anew');
  addToSums(folder, ['for-arm64'], { key, commit: 'c1' });
  expect(sums().split('\n')).toHaveLength(2);
  expect(sums()).not.toBe(before);
});

it.each([
  ['is of another commit', () => {}, key, 'c2'],
  ['was signed with another key', () => {}, newKey(), 'c1'],
  ['is gone', () => rmSync(join(folder, 'for-arm64')), key, 'c1'],
  ['was changed since', () => writeFileSync(join(folder, 'for-arm64'), 'x'), key, 'c1'],
  [
    'stands in sums that somebody changed',
    () => writeFileSync(join(folder, 'SHA256SUMS'), sums().toUpperCase()),
    key,
    'c1',
  ],
])('does not vouch for what %s', (_, meanwhile, by, commit) => {
  meanwhile();
  expect(addToSums(folder, ['for-x64'], { key: by, commit }).named).toEqual(['for-x64']);
});
