// Any order of sales, answers, lost answers, restarts, voids, refunds, disputes, captures taken back, webhooks, forgotten keys
// and people's decisions: an entry is booked once (I5), the books sum to zero (I6), never two live charges for a checkout
// (I13), never more given back than taken, and nothing that is forgotten.
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, it } from 'vitest';
import { temporaryFolder } from '../fixtures/in-process-store.ts';
import { testKeys } from '../fixtures/journal.ts';
import { checkLedger } from '../ledger/sqlite/check.ts';
import { openDatabase } from '../ledger/sqlite/open.ts';
import { createSqliteStore, type SqliteStore } from '../ledger/sqlite/store.ts';
import { type Command, someCommands } from './fixtures/random-commands.ts';
import { type Prepared, prepare } from './fixtures/random-entries.ts';
import { live, worldRouting } from './fixtures/random-world.ts';
import { mustHold } from './fixtures/what-must-hold.ts';

const { privateKey, publicKeyDer } = testKeys();
const runs = Number(process.env.HOLDFAST_RUNS ?? 120);

let folder: ReturnType<typeof temporaryFolder>;
let db: Database.Database;
let store: SqliteStore;
beforeAll(() => {
  folder = temporaryFolder();
  db = openDatabase(join(folder.path, 'central.db'));
  store = createSqliteStore(db, { routing: worldRouting });
});
afterAll(() => {
  store.close();
  folder.remove();
});

class RolledBack extends Error {}

/** In one transaction that is taken back: each world begins with an empty database. */
function liveAndForget(commands: readonly Command[], prepared: Prepared): void {
  try {
    store.transaction(() => {
      mustHold(store, () => checkLedger(db), live(store, commands, prepared, publicKeyDer));
      throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
}

it('keeps one charge for a checkout, and forgets none, in any order of events', {
  timeout: 60_000 + runs * 500,
}, async () => {
  await fc.assert(
    fc.asyncProperty(someCommands, async (commands) => {
      liveAndForget(commands, await prepare(commands, privateKey));
    }),
    { numRuns: runs },
  );
});
