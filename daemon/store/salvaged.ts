// What the store knows of a salvage that its journal came of: documents in doubt, a lower limit until central has been told,
// and what a technician is to take note of.
import type { Database } from 'better-sqlite3';
import type { Condition } from '../../contract/kiosk-api.ts';
import type { Clock } from '../../kit/clock.ts';
import { type DocumentRow, idBytes } from './documents.ts';
import type { Positions } from './positions.ts';
import { readSetAside, salvagedCondition } from './salvage/set-aside.ts';

export interface Salvaged {
  /** Whether a document was taken in the journal before, and its entry, or the decision on it, was lost with it. */
  inDoubt(id: string | DocumentRow['id']): boolean;
  /** True until central has the entry that says what is in doubt. */
  readonly untold: boolean;
  /** Named until a technician has acknowledged it. */
  condition(): Condition | null;
}

/** How often the folder is looked at for what a technician's command has changed there. */
const lookMsMin = 1000;

export function openSalvaged(db: Database, folder: string, positions: Positions, clock: Clock): Salvaged {
  const find = db.prepare<[Buffer], number>('SELECT 1 FROM document_in_doubt WHERE id = ?').pluck();
  const any = db.prepare<[], number>('SELECT 1 FROM document_in_doubt LIMIT 1').pluck().get() !== undefined;
  const first = db.prepare<[], string>('SELECT kind FROM entry WHERE seq = 1').pluck().get();
  let condition = salvagedCondition(readSetAside(folder));
  let lookedMs = clock.monotonicMs();
  return {
    // Rows come with a salvage alone: most journals have none, and are not asked.
    inDoubt: (id) => any && find.get(typeof id === 'string' ? idBytes(id) : id) !== undefined,
    get untold() {
      return first === 'salvage' && positions.now.receivedThrough < 1;
    },
    condition() {
      if (condition !== null && clock.monotonicMs() - lookedMs >= lookMsMin) {
        condition = salvagedCondition(readSetAside(folder));
        lookedMs = clock.monotonicMs();
      }
      return condition;
    },
  };
}
