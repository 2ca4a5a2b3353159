// Why the next start is to look at the whole journal: written before the process ends, read once, and gone when the journal
// was found whole or is salvaged.
import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { Uuid } from '../../../contract/id.ts';
import { UnknownSchemaError } from '../../../kit/sqlite.ts';
import { placesIn, writeOwned } from './places.ts';

const Suspicion = z.discriminatedUnion('cause', [
  /** SQLite said that the file is damaged, or what it holds is not what was ever written there. */
  z.strictObject({ cause: z.literal('damaged'), words: z.string() }),
  /** Central has a receipt for more of this journal than there is. */
  z.strictObject({ cause: z.literal('fallen_back'), journalId: Uuid, receivedThrough: z.int().min(1) }),
]);
export type Suspicion = z.infer<typeof Suspicion>;

const wordsMax = 300;

export function suspect(folder: string, suspicion: Suspicion): void {
  writeOwned(placesIn(folder).suspicion, folder, suspicion);
}

/** A file that says nothing legible is a suspicion all the same. */
export function readSuspicion(path: string): Suspicion | null {
  if (!existsSync(path)) return null;
  try {
    return Suspicion.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return { cause: 'damaged', words: 'the last run ended with a doubt that cannot be read' };
  }
}

/** Codes of SQLite that speak of access, room or another process, and so not of what the file holds. */
const ofOtherThings =
  /^SQLITE_(BUSY|LOCKED|FULL|READONLY|CANTOPEN|PERM|AUTH|NOMEM|INTERRUPT|PROTOCOL|MISUSE)/;
const ofReading = /^SQLITE_IOERR_(SHORT_READ|READ|CORRUPTFS|DATA)/;

/**
 * Does the work of the store. Whatever fails there that must not is held against the journal, before it ends the process:
 * the next start looks at all of it, and finds that it is whole or mends it.
 */
export function suspecting<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (speaksOfContent(error))
      suspect(folder, { cause: 'damaged', words: String(error).slice(0, wordsMax) });
    throw error;
  }
}

/** Whether an error may come of what the file holds, and not of who may read it or how much room there is. */
export function speaksOfContent(error: unknown): boolean {
  const { code, hint } = error as { code?: unknown; hint?: unknown };
  if (hint !== undefined) return false;
  const known = String(code ?? '');
  if (known.startsWith('SQLITE_IOERR')) return ofReading.test(known);
  if (known.startsWith('SQLITE_')) return !ofOtherThings.test(known);
  // One of Node's own, such as a folder that is gone.
  return code === undefined && !(error instanceof UnknownSchemaError);
}
