// How central is, in the one line that `systemctl status` shows, and the look at its store that comes before it.
import type { LedgerPort } from './ledger/port.ts';

export type StoreProof = 'written' | 'disk_full';

/**
 * Has the store read and write.
 * A full disk is an answer too: starting again makes no room on it, and what needs none goes on.
 * @throws when the store answers anything else
 */
export async function proveStore(store: Pick<LedgerPort, 'selfCheck'>): Promise<StoreProof> {
  try {
    await store.selfCheck();
    return 'written';
  } catch (error) {
    // SQLite's own words for SQLITE_FULL: of an error that comes from the store thread, words are all there is.
    if ((error as Error).message === 'database or disk is full') return 'disk_full';
    throw error;
  }
}

/** @param connections appliances at the door; null where an external broker has them */
export function serviceLine(store: StoreProof, connections: number | null): string {
  const taking =
    store === 'written' ? 'taking entries' : 'no room on the disk: entries wait at the appliances';
  if (connections === null) return `${taking}, by an external broker`;
  return `${taking}, ${connections} ${connections === 1 ? 'appliance' : 'appliances'} connected`;
}
