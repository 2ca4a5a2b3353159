// Unanswered requests in a folder, one file each: for kiosks that run on Node and must survive a loss of power.
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { inOrder, type KioskStorage, parseKept } from './storage.ts';

/** Keeps requests in `folder`, which is made when it is missing. Files are for their owner only: they hold tokens. */
export function fileStorage(folder: string): KioskStorage {
  const pathOf = (id: string) => join(folder, `${id}.json`);
  return {
    /** Written beside, synced, renamed, folder synced: the file is whole or not there. */
    async put(request) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const beside = `${pathOf(request.id)}.new`;
      const file = await open(beside, 'w', 0o600);
      try {
        await file.writeFile(JSON.stringify(request));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(beside, pathOf(request.id));
      await syncFolder(folder);
    },
    // Not synced: a file that comes back after a crash only asks again for an answer that stands.
    async remove(id) {
      await rm(pathOf(id), { force: true });
    },
    async all() {
      const names = await readdir(folder).catch(whenMissing([]));
      const texts = names
        .filter((name) => name.endsWith('.json'))
        .map((name) => readFile(join(folder, name), 'utf8').catch(whenMissing(null)));
      return inOrder((await Promise.all(texts)).map(parseKept).filter((request) => request !== null));
    },
  };
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** A folder not made yet holds nothing, and a file may be answered and removed while we read. */
function whenMissing<T>(value: T): (error: NodeJS.ErrnoException) => T {
  return (error) => {
    if (error.code === 'ENOENT') return value;
    throw error;
  };
}
