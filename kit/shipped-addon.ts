// A native addon out of an executable: the system loads libraries from files alone, so it is unpacked once, under the name
// of its own hash, and held against that at every start. A file that anybody else could have written is not loaded.
import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readShipped } from './shipped.ts';

/** The unit names the folder by this: it must be the program's own and on a file system that lets code run. */
const folderVariable = 'PKG_NATIVE_CACHE_PATH';
const othersMayWrite = 0o022;
/** A box has its package's program and those of two slots, and asks one more what it is. */
const addonsMax = 4;
/** Of an addon, or of one that a loss of power left half written. */
const addonName = /^[0-9a-f]{64}\.node(\.[0-9a-f-]{36})?$/;
/** A whole addon at once would leave holes in the memory of every thread that checks it. */
const readBytes = 64 * 1024;

export class AddonError extends Error {
  readonly code = 'addon_not_loadable';
  readonly hint =
    `Name a folder that only this program's user can write to, where code may run, in ${folderVariable}.`;
}

/**
 * Loads an addon that is inside this executable.
 * @param sha256 of the addon, in hex
 * @returns its exports
 * @throws AddonError when there is no safe place for it, or the system does not load it
 */
export function loadShippedAddon(path: string, sha256: string): unknown {
  const folder = process.env[folderVariable] ?? join(homedir(), '.cache', 'holdfast');
  const file = unpackAddon(() => readShipped(path), sha256, folder);
  const loaded = { exports: {} };
  try {
    process.dlopen(loaded, file);
  } catch (cause) {
    throw new AddonError(`${file} cannot be loaded: ${(cause as Error).message}`, { cause });
  }
  sweepAddons(folder, file, new Date());
  return loaded.exports;
}

/**
 * Writes the addon into the folder unless it is there already, whole and ours.
 * @param read asked only when it is not there
 * @returns where it is
 * @throws AddonError when the folder or the file could have been written by somebody else
 */
export function unpackAddon(read: () => Uint8Array, sha256: string, folder: string): string {
  const file = join(folder, `${sha256}.node`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    assertOurs(folder, lstatSync(folder));
    if (!isWhole(file, sha256)) writeWhole(file, read());
    return file;
  } catch (error) {
    if (error instanceof AddonError) throw error;
    throw new AddonError(`nothing can be unpacked to ${folder}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/**
 * Deletes addons of programs that no slot holds any more: all but those that were loaded last. One that is deleted and
 * wanted after all is unpacked again at its program's next start.
 * @param used has just been loaded, at `now`; it stays
 */
export function sweepAddons(folder: string, used: string, now: Date): void {
  try {
    utimesSync(used, now, now);
    const left = readdirSync(folder)
      .filter((name) => addonName.test(name))
      .map((name) => join(folder, name))
      .filter((file) => file !== used)
      .map((file) => ({ file, loadedMs: lstatSync(file).mtimeMs }))
      .sort((one, other) => other.loadedMs - one.loadedMs);
    for (const { file } of left.slice(addonsMax - 1)) rmSync(file, { force: true });
  } catch {
    // A few megabytes more: the folder cannot be written, or another program sweeps it too.
  }
}

function isWhole(file: string, sha256: string): boolean {
  const stats = lstatSync(file, { throwIfNoEntry: false });
  if (!stats) return false;
  assertOurs(file, stats);
  return stats.isFile() && sumOf(file) === sha256;
}

function sumOf(file: string): string {
  const sum = createHash('sha256');
  const piece = Buffer.allocUnsafe(readBytes);
  const fd = openSync(file, 'r');
  try {
    for (let read = readSync(fd, piece); read > 0; read = readSync(fd, piece))
      sum.update(piece.subarray(0, read));
  } finally {
    closeSync(fd);
  }
  return sum.digest('hex');
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
