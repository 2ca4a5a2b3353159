// A damaged log written into a copy of its file, page by page: so SQLite reads what it would otherwise stop before.
import { closeSync, copyFileSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import type { LogFrames } from './log-frames.ts';
import { ownAsFolder, type Places } from './places.ts';

/** Where the header says how the file is written; 1 is without a log. */
const versionsAt = 18;

/** @returns the path of the copy, which the caller takes away */
export function unroll(
  { journal, folder }: Places,
  { bytes, pageBytes, frames, pagesEnd }: LogFrames,
): string {
  const copy = `${journal}.unrolled`;
  copyFileSync(journal, copy);
  ownAsFolder(copy, folder);
  const file = openSync(copy, 'r+');
  try {
    for (const { page, at } of frames) {
      if (page >= 1 && page <= pagesEnd) writeSync(file, bytes, at, pageBytes, (page - 1) * pageBytes);
    }
    ftruncateSync(file, pagesEnd * pageBytes);
    writeSync(file, Buffer.from([1, 1]), 0, 2, versionsAt);
  } finally {
    closeSync(file);
  }
  return copy;
}
