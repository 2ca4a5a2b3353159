// A journal with entries that central has not received, written by the store itself.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { pennies, submit, temporaryStore } from '../../daemon/store/temporary-store.ts';

const batchItems = 500;

/** Writes journal.db into the folder. */
export function writeBacklog(folder: string, entries: number): void {
  const store = temporaryStore();
  for (let first = 1; first <= entries; first += batchItems) {
    const count = Math.min(batchItems, entries - first + 1);
    store.execute(...Array.from({ length: count }, (_, at) => submit.checkout(first + at, pennies(1))));
  }
  store.close();
  copyFileSync(join(store.folder, 'journal.db'), join(folder, 'journal.db'));
  store.remove();
}
