// The disk of a box as one file with three partitions, made without mounting anything. The numbers here are for ever: a later
// release's root goes into the same place of a disk that a box has.
import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './tool.ts';

const mebibyte = 1024 * 1024;

interface Partition {
  startMebibytes: number;
  mebibytes: number;
}

/** What a technician's computer sees when the card is put into it: slip, certificate. FAT. */
export const setupPartition: Partition = { startMebibytes: 1, mebibytes: 32 };
/** The system, read-only. */
export const rootPartition: Partition = { startMebibytes: 33, mebibytes: 1024 };
const dataStartMebibytes = 1057;
/** The second table at the end of the disk. */
const tailMebibytes = 1;

/** As a number that fits both: what other systems show as a drive, and what they leave alone. */
const types = {
  basicData: 'EBD0A0A2-B9E5-4433-87C0-68B6B72699C7',
  linux: '0FC63DAF-8483-4772-8E79-3D69D8477DE4',
};

/** One line in the system: which image it is. */
export const imageLineFile = 'usr/lib/holdfast/image';

const readme = `Put onto this partition, for a box that is to become an appliance:

  the slip that central printed, as one file NAME.json
  kiosk-tls.key and kiosk-tls.crt, where tills come over the network

The box takes them when it starts, and deletes them here.
`.replaceAll('\n', '\r\n');

/** @param file is made, or made anew @throws ImageError */
export async function makeDisk(
  {
    rootFolder,
    dataFolder,
    dataMebibytes,
    workFolder,
  }: {
    rootFolder: string;
    dataFolder: string;
    dataMebibytes: number;
    workFolder: string;
  },
  file: string,
): Promise<void> {
  const data: Partition = { startMebibytes: dataStartMebibytes, mebibytes: dataMebibytes };
  rmSync(file, { force: true });
  sparse(file, data.startMebibytes + data.mebibytes + tailMebibytes);
  const rows = [
    row(setupPartition, types.basicData, 'holdfast-setup'),
    row(rootPartition, types.linux, 'holdfast-root'),
    row(data, types.linux, 'holdfast-data'),
  ];
  await run('sfdisk', ['--quiet', file], { input: `label: gpt\n${rows.join('\n')}\n` });
  const sectors = (setupPartition.startMebibytes * mebibyte) / 512;
  const blocks = (setupPartition.mebibytes * mebibyte) / 1024;
  await run('mkfs.vfat', ['-F', '16', '-n', 'HOLDFAST', '--offset', String(sectors), file, String(blocks)]);
  const readmeFile = join(workFolder, 'README.TXT');
  writeFileSync(readmeFile, readme);
  await putOnSetup(file, [readmeFile]);
  // Never written, so that it needs no journal.
  const root = ['-O', '^has_journal', '-m', '0', '-L', 'holdfast-root', '-d', rootFolder];
  await makeExt4(file, rootPartition, root);
  await makeExt4(file, data, ['-m', '1', '-L', 'holdfast-data', '-d', dataFolder]);
}

/** Puts files onto the setup partition, as a technician does with the card in a computer. */
export async function putOnSetup(disk: string, files: readonly string[]): Promise<void> {
  await run('mcopy', ['-o', '-i', `${disk}@@${setupPartition.startMebibytes}M`, ...files, '::']);
}

/** Gives a box that is off the system of an image; what it sold and who it is stay. */
export async function putSystem(imageDisk: string, disk: string): Promise<void> {
  const { startMebibytes, mebibytes } = rootPartition;
  // What is a hole in the image must not be what was there before.
  const hole = ['--offset', `${startMebibytes}MiB`, '--length', `${mebibytes}MiB`];
  await run('fallocate', ['--punch-hole', ...hole, disk]);
  const where = [`skip=${startMebibytes}`, `seek=${startMebibytes}`, `count=${mebibytes}`];
  const how = ['bs=1M', 'conv=notrunc,sparse', 'status=none'];
  await run('dd', [`if=${imageDisk}`, `of=${disk}`, ...where, ...how]);
}

/** Which image the system of a disk is of, as its own line says it; empty where there is none. */
export async function systemOf(disk: string): Promise<string> {
  const place = `${disk}?offset=${rootPartition.startMebibytes * mebibyte}`;
  return (await run('debugfs', ['-R', `cat /${imageLineFile}`, place])).trim();
}

/** A file of the system, by its path there. */
export async function readFromSystem(disk: string, path: string, to: string): Promise<void> {
  const place = `${disk}?offset=${rootPartition.startMebibytes * mebibyte}`;
  await run('debugfs', ['-R', `dump ${path} ${to}`, place]);
}

/** A file of the data partition of a box that is off, by its path there; nothing is written where there is none. */
export async function readFromData(disk: string, path: string, to: string): Promise<void> {
  const place = `${disk}?offset=${dataStartMebibytes * mebibyte}`;
  await run('debugfs', ['-R', `dump ${path} ${to}`, place]);
}

async function makeExt4(
  disk: string,
  { startMebibytes, mebibytes }: Partition,
  args: readonly string[],
): Promise<void> {
  const place = ['-E', `offset=${startMebibytes * mebibyte}`, disk, `${mebibytes}M`];
  await run('mke2fs', ['-q', '-F', '-t', 'ext4', ...args, ...place]);
}

function row({ startMebibytes, mebibytes }: Partition, type: string, name: string): string {
  return `start=${startMebibytes}MiB, size=${mebibytes}MiB, type=${type}, name=${name}`;
}

function sparse(file: string, mebibytes: number): void {
  writeFileSync(file, '');
  truncateSync(file, mebibytes * mebibyte);
}
