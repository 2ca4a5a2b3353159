// What is loaded as code must be what was shipped, whoever else can write to the disk.
import { hash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sweepAddons, unpackAddon } from './shipped-addon.ts';

const bytes = Buffer.from('an addon'.repeat(50_000));
const sum = hash('sha256', bytes);
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-addon-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const unpack = () => unpackAddon(() => bytes, sum, folder);
const notRead = () => {
  throw new Error('read though it is there');
};

describe('an addon out of an executable', () => {
  it('is unpacked once, under its own hash, for its owner alone', () => {
    const file = unpack();
    expect(readFileSync(file).equals(bytes)).toBe(true);
    expect(statSync(file).mode & 0o777).toBe(0o500);
    expect(unpackAddon(notRead, sum, folder)).toBe(file);
    expect(readdirSync(folder)).toEqual([`${sum}.node`]);
  });

  it('is unpacked to a folder that is made for it', () => {
    const inner = join(folder, 'a', 'b');
    unpackAddon(() => bytes, sum, inner);
    expect(statSync(inner).mode & 0o777).toBe(0o700);
  });

  it('is written anew where it was cut short or changed', () => {
    const file = unpack();
    for (const damaged of [bytes.subarray(0, 1000), Buffer.from('other code')]) {
      rmSync(file);
      writeFileSync(file, damaged);
      expect(readFileSync(unpack()).equals(bytes)).toBe(true);
    }
  });

  it('is refused in a folder that others may write to', () => {
    chmodSync(folder, 0o777);
    expect(unpack).toThrow(expect.objectContaining({ code: 'addon_not_loadable' }));
  });

  it('is refused where others may write to it', () => {
    chmodSync(unpack(), 0o766);
    expect(unpack).toThrow('can be written by others');
  });

  it('that has no place says what to name', () => {
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const within = () => unpackAddon(() => bytes, sum, file);
    expect(within).toThrow(
      expect.objectContaining({ hint: expect.stringContaining('PKG_NATIVE_CACHE_PATH') }),
    );
    mkdirSync(join(folder, `${sum}.node`));
    expect(unpack).toThrow(expect.objectContaining({ code: 'addon_not_loadable' }));
  });
});

describe('addons of programs that are no longer there', () => {
  const at = (second: number) => new Date(Date.UTC(2026, 10, 1) + second * 1000);
  const nameOf = (release: number) => `${hash('sha256', `release ${release}`)}.node`;
  const load = (release: number, second: number) => {
    const file = unpackAddon(
      () => Buffer.from(`release ${release}`),
      hash('sha256', `release ${release}`),
      folder,
    );
    sweepAddons(folder, file, at(second));
  };

  it('are deleted: those of the package, two slots and the one that is asked stay, by when they were loaded', () => {
    // The package's is loaded at every start, and slot a holds release 1 all the while.
    for (let release = 2; release <= 8; release++) {
      load(0, release * 10);
      load(1, release * 10 + 1);
      load(release, release * 10 + 2);
    }
    expect(readdirSync(folder).sort()).toEqual([0, 1, 7, 8].map(nameOf).sort());
  });

  it('never are the one at work, whatever the clock says', () => {
    for (let release = 1; release <= 4; release++) load(release, 1000 + release);
    load(5, 0);
    expect(readdirSync(folder)).toContain(nameOf(5));
    expect(readdirSync(folder)).toHaveLength(4);
  });

  it('are deleted where the power went while they were written, and nothing else is', () => {
    const [half, others] = [`${nameOf(9)}.123e4567-e89b-12d3-a456-426614174000`, 'README'];
    for (const name of [half, others]) {
      writeFileSync(join(folder, name), 'half');
      utimesSync(join(folder, name), at(0), at(0));
    }
    for (let release = 1; release <= 4; release++) load(release, release);
    expect(readdirSync(folder).sort()).toEqual([others, ...[1, 2, 3, 4].map(nameOf)].sort());
  });
});
