// A journal with entries that central has not received, or has, written by the store itself.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { pennies, submit, temporaryStore } from '../../daemon/store/temporary-store.ts';

const batchItems = 500;

/** Writes journal.db into the folder. */
export function writeJournal(folder: string, entries: number, receivedThrough: number): void {
  const store = temporaryStore();
  for (let first = 1; first <= entries; first += batchItems) {
    const count = Math.min(batchItems, entries - first + 1);
    store.execute(...Array.from({ length: count }, (_, at) => submit.checkout(first + at, pennies(1))));
  }
  if (receivedThrough > 0) {
    const { journalId } = store.ask('position', {});
    const upTo = store.ask('entries', { afterSeq: receivedThrough - 1, itemsMax: 1, bytesMax: 1 });
    const answer = store.ask('received', { journalId, receivedThrough, hash: String(upTo?.lastHash) });
    if (answer.kind !== 'recorded') throw new Error('the receipt contradicts the journal');
  }
  store.close();
  copyFileSync(join(store.folder, 'journal.db'), join(folder, 'journal.db'));
  store.remove();
}
