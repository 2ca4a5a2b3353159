// Every journal's chain, from the first raw byte to the position its receipt has promised.
import type Database from 'better-sqlite3';
import { chainHash, genesisHash } from '../../../contract/hash.ts';
import type { CheckFailure } from '../views.ts';

/** Recomputes each journal's chain from the first raw byte to its position. */
export function chainFailures(db: Database.Database): CheckFailure[] {
  const journals = db
    .prepare<[], { ref: number; id: string; receivedThrough: number; hash: Buffer }>(
      'SELECT ref, id, received_through AS receivedThrough, received_hash AS hash FROM journal ORDER BY ref',
    )
    .all();
  const entries = db.prepare<[number], { seq: number; body: Buffer }>(
    'SELECT seq, body FROM entry WHERE journal_ref = ? ORDER BY seq',
  );
  return journals.flatMap((journal) => {
    let hash: Buffer = genesisHash;
    let last = 0;
    for (const { seq, body } of entries.iterate(journal.ref)) {
      if (seq !== last + 1) {
        return [{ code: 'journal_gap', detail: `journal ${journal.id} has no entry ${last + 1}` }];
      }
      hash = chainHash(hash, seq, body);
      last = seq;
    }
    if (last !== journal.receivedThrough) {
      const detail = `journal ${journal.id} ends at ${last}, its receipt at ${journal.receivedThrough}`;
      return [{ code: 'journal_short', detail }];
    }
    if (hash.equals(journal.hash)) return [];
    return [{ code: 'chain_broken', detail: `journal ${journal.id} differs from its receipt at ${last}` }];
  });
}
