// A native addon out of an executable: the system loads libraries from files alone, so it is unpacked once, under the name
// of its own hash, and held against what is inside at every start. A file that anybody else could have written is not loaded.
import { hash, randomUUID } from 'node:crypto';
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, type Stats, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readShipped } from './shipped.ts';

/** The unit names the folder by this: it must be the program's own and on a file system that lets code run. */
const folderVariable = 'PKG_NATIVE_CACHE_PATH';
const othersMayWrite = 0o022;

export class AddonError extends Error {
  readonly code = 'addon_not_loadable';
  readonly hint =
    `Name a folder that only this program's user can write to, where code may run, in ${folderVariable}.`;
}

/**
 * Loads an addon that is inside this executable.
 * @returns its exports
 * @throws AddonError when there is no safe place for it, or the system does not load it
 */
export function loadShippedAddon(path: string): unknown {
  const bytes = readShipped(path);
  const file = unpackAddon(bytes, process.env[folderVariable] ?? join(homedir(), '.cache', 'holdfast'));
  const loaded = { exports: {} };
  try {
    process.dlopen(loaded, file);
  } catch (cause) {
    throw new AddonError(`${file} cannot be loaded: ${(cause as Error).message}`, { cause });
  }
  return loaded.exports;
}

/**
 * Writes the addon into the folder unless it is there already, whole and ours.
 * @returns where it is
 * @throws AddonError when the folder or the file could have been written by somebody else
 */
export function unpackAddon(bytes: Uint8Array, folder: string): string {
  const sum = hash('sha256', bytes);
  const file = join(folder, `${sum}.node`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    assertOurs(folder, lstatSync(folder));
    if (!isWhole(file, sum)) writeWhole(file, bytes);
    return file;
  } catch (error) {
    if (error instanceof AddonError) throw error;
    throw new AddonError(`nothing can be unpacked to ${folder}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function isWhole(file: string, sum: string): boolean {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (!stats) return false;
  assertOurs(file, stats);
  return stats.isFile() && hash('sha256', readFileSync(file)) === sum;
}

/** Threads of one program and several programs may do this at once: each writes the same bytes, and renames. */
function writeWhole(file: string, bytes: Uint8Array): void {
  const fresh = `${file}.${randomUUID()}`;
  try {
    writeFileSync(fresh, bytes, { mode: 0o500, flag: 'wx' });
    renameSync(fresh, file);
  } finally {
    rmSync(fresh, { force: true });
  }
}

function assertOurs(path: string, { uid, mode }: Stats): void {
  const own = process.geteuid?.();
  if (uid !== own && uid !== 0) throw new AddonError(`${path} belongs to user ${uid}, not to ${own}`);
  if ((mode & othersMayWrite) !== 0) throw new AddonError(`${path} can be written by others`);
}
