// The initramfs by hand: busybox, the modules that a disk and its file system want, and a page of shell (init). The system's
// own tool would run inside the emulated root for most of an hour.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { run } from './tool.ts';

/** By the name of their file; what is built into the kernel has none. ext4 asks for crc32c by its algorithm, not by name. */
const wanted = ['virtio_mmio', 'virtio_pci', 'virtio_blk', 'crc32c_generic', 'ext4'];

/** @param modulesFolder usr/lib/modules/<version> after depmod @returns the file */
export async function makeInitramfs(
  { busybox, modulesFolder, workFolder }: { busybox: string; modulesFolder: string; workFolder: string },
  file: string,
): Promise<void> {
  const tree = join(workFolder, 'initramfs');
  for (const folder of ['bin', 'dev', 'modules', 'proc', 'root', 'sys']) {
    mkdirSync(join(tree, folder), { recursive: true });
  }
  copyFileSync(busybox, join(tree, 'bin', 'busybox'));
  copyFileSync(join(import.meta.dirname, 'init'), join(tree, 'init'));
  const order = loadOrder(readFileSync(join(modulesFolder, 'modules.dep'), 'utf8'), wanted);
  for (const path of order) copyFileSync(join(modulesFolder, path), join(tree, 'modules', basename(path)));
  writeFileSync(join(tree, 'modules', 'order'), order.map((path) => `${basename(path)}\n`).join(''));
  const names = ['.', 'bin', 'bin/busybox', 'dev', 'init', 'modules', 'modules/order', 'proc', 'root', 'sys'];
  const inside = [...names, ...order.map((path) => `modules/${basename(path)}`)].sort();
  const archive = join(workFolder, 'initramfs.cpio');
  await run(
    'cpio',
    ['--create', '--format=newc', '--owner=0:0', '--reproducible', '--quiet', '--file', archive],
    {
      cwd: tree,
      input: `${inside.join('\n')}\n`,
    },
  );
  writeFileSync(file, gzipSync(readFileSync(archive), { level: 9 }));
  rmSync(archive);
}

/**
 * The files to load, each after those it needs. Pure.
 * @param modulesDep as depmod writes it: "path: paths it needs, those that are to be loaded last first"
 */
export function loadOrder(modulesDep: string, names: readonly string[]): string[] {
  const needs = new Map(
    modulesDep
      .split('\n')
      .filter((line) => line.includes(':'))
      .map((line) => {
        const [path = '', rest = ''] = line.split(':');
        return [path, rest.trim().split(' ').filter(Boolean).reverse()] as const;
      }),
  );
  const order = new Set<string>();
  for (const name of names) {
    const path = [...needs.keys()].find((one) => basename(one) === `${name}.ko`);
    if (path === undefined) continue;
    for (const one of [...(needs.get(path) ?? []), path]) order.add(one);
  }
  return [...order];
}
