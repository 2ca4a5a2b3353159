// A disk made of two small folders, and read again by other programs than made it.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDisk, putOnSetup, putSystem, readFromData, rootPartition, systemOf } from './disk.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-disk-'));
afterAll(() => rmSync(folder, { recursive: true }));
const disk = join(folder, 'disk.img');
const environment = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
const tools = ['sfdisk', 'mke2fs', 'debugfs', 'mkfs.vfat', 'mcopy'];
const missing = tools.filter(
  (tool) => spawnSync('sh', ['-c', `command -v ${tool}`], { env: environment }).status !== 0,
);
const say = (tool: string, ...args: string[]) =>
  execFileSync(tool, args, { encoding: 'utf8', env: environment, stdio: ['ignore', 'pipe', 'ignore'] });

describe.skipIf(missing.length > 0)(`a disk (skipped without ${tools.join(', ')})`, () => {
  beforeAll(async () => {
    const [rootFolder, dataFolder] = [join(folder, 'root'), join(folder, 'data')];
    for (const [at, name] of [
      [rootFolder, 'system'],
      [dataFolder, 'holdfast'],
    ] as const) {
      mkdirSync(join(at, name), { recursive: true });
      writeFileSync(join(at, name, 'file'), `in ${name}`);
    }
    await makeDisk({ rootFolder, dataFolder, dataMebibytes: 128, workFolder: folder }, disk);
  });

  it('has three partitions, by the names that the system mounts them by', () => {
    const table = JSON.parse(say('sfdisk', '--json', disk)) as {
      partitiontable: { label: string; partitions: { name: string; start: number }[] };
    };
    const { label, partitions } = table.partitiontable;
    expect(label).toBe('gpt');
    expect(partitions.map(({ name }) => name)).toEqual(['holdfast-setup', 'holdfast-root', 'holdfast-data']);
    expect(partitions.map(({ start }) => start / 2048)).toEqual([1, 33, 1057]);
  });

  it('has the system where a later release puts its own, without a journal of its file system', () => {
    const root = `${disk}?offset=${rootPartition.startMebibytes * 1024 * 1024}`;
    expect(say('debugfs', '-R', 'cat /system/file', root)).toBe('in system');
    const features = say('debugfs', '-R', 'stats', root).match(/^Filesystem features: +(.*)$/m)?.[1];
    expect(features).not.toContain('has_journal');
  });

  it('gives a file of the data partition back, and nothing for one that is not there', async () => {
    await readFromData(disk, '/holdfast/file', join(folder, 'read'));
    expect(readFileSync(join(folder, 'read'), 'utf8')).toBe('in holdfast');
    await readFromData(disk, '/holdfast/none', join(folder, 'none'));
    expect(() => readFileSync(join(folder, 'none'))).toThrow('ENOENT');
  });

  it('gets the system of another image, and keeps its data', async () => {
    const [rootFolder, dataFolder] = [join(folder, 'later'), join(folder, 'empty')];
    mkdirSync(join(rootFolder, 'usr', 'lib', 'holdfast'), { recursive: true });
    mkdirSync(dataFolder);
    writeFileSync(join(rootFolder, 'usr', 'lib', 'holdfast', 'image'), 'a later one\n');
    const later = join(folder, 'later.img');
    await makeDisk({ rootFolder, dataFolder, dataMebibytes: 128, workFolder: folder }, later);
    expect(await systemOf(disk)).toBe('');
    await putSystem(later, disk);
    expect(await systemOf(disk)).toBe('a later one');
    await readFromData(disk, '/holdfast/file', join(folder, 'kept'));
    expect(readFileSync(join(folder, 'kept'), 'utf8')).toBe('in holdfast');
  });

  it('takes a slip onto the partition that other systems show as a drive', async () => {
    writeFileSync(join(folder, 'leeds-1.json'), '{"v":1}');
    await putOnSetup(disk, [join(folder, 'leeds-1.json')]);
    expect(say('mdir', '-b', '-i', `${disk}@@1M`, '::')).toMatch(/leeds-1\.json/);
    expect(say('mtype', '-i', `${disk}@@1M`, '::leeds-1.json')).toBe('{"v":1}');
  });
});
