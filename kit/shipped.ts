// The files a program brings along and reads while it runs: beside its sources, or inside the one executable that it is.
// There paths begin with `inside`, so that a file read in any other way is missing under a name that says why.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { getAssetKeys, getRawAsset } from 'node:sea';
import { zstdDecompressSync } from 'node:zlib';

/** What stands before the path of a file that is inside the executable; the packaging writes it in place of folders. */
export const inside = '/inside-holdfast/';

/** Whether the program is one executable, with everything it reads inside. */
export function isInside(path: string): boolean {
  return path.startsWith(inside);
}

export function hasShipped(path: string): boolean {
  return isInside(path) ? getAssetKeys().includes(keyOf(path)) : existsSync(path);
}

/** The bytes of a file. Inside an executable each is compressed by itself. */
export function readShipped(path: string): Buffer {
  return isInside(path) ? zstdDecompressSync(new Uint8Array(getRawAsset(keyOf(path)))) : readFileSync(path);
}

export function readShippedText(path: string): string {
  return readShipped(path).toString('utf8');
}

/** The names of the files of a folder, in no order. */
export function namesShipped(folder: string): string[] {
  if (!isInside(folder)) return readdirSync(folder);
  const start = `${keyOf(folder)}/`;
  return getAssetKeys()
    .filter((key) => key.startsWith(start))
    .map((key) => key.slice(start.length));
}

function keyOf(path: string): string {
  return path.slice(inside.length);
}
