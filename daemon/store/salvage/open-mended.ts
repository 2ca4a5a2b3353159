// The store as the daemon opens it: looked at first, and mended where it must be, within the same start.
import type { Clock } from '../../../kit/clock.ts';
import { withRoom } from '../full.ts';
import { openStore, type Store, type StoreOptions } from '../store.ts';
import { failed } from './errors.ts';
import { mendJournal } from './mend.ts';
import type { SetAside } from './set-aside.ts';
import { speaksOfContent, suspecting } from './suspicion.ts';

export interface OpenedStore {
  store: Store;
  /** The journal it goes on from, where that was damaged. */
  setAside: SetAside | null;
}

/** @throws SalvageError; UnknownSchemaError; DiskFullError */
export function openMended(options: StoreOptions): OpenedStore {
  return withRoom(options.folder, () => lookedAt(options));
}

function lookedAt(options: StoreOptions): OpenedStore {
  const setAside = mendJournal(options);
  try {
    return { store: guarded(options), setAside };
  } catch (error) {
    if (!speaksOfContent(error)) throw error;
    // What the short look did not see stopped the store: it has said so beside the file.
    const again = mendJournal(options);
    if (again === null)
      throw failed(`what was made anew fails as before: ${(error as Error).message}`, error);
    return { store: guarded(options), setAside: again };
  }
}

function guarded(options: StoreOptions & { clock: Clock }): Store {
  const { folder } = options;
  const store = suspecting(folder, () => openStore(options));
  return {
    execute: (batch) => suspecting(folder, () => store.execute(batch)),
    get heads() {
      return store.heads;
    },
    takeDecided: store.takeDecided,
    close: store.close,
  };
}
