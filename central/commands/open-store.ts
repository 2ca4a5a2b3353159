// The operator's commands open the same file as the running service, for short transactions;
// the service notices by itself.
import { existsSync, mkdirSync } from 'node:fs';
import { UnknownSchemaError } from '../../kit/sqlite.ts';
import { CommandError } from '../errors.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';
import { databasePath, openDatabase } from '../ledger/sqlite/open.ts';
import { createSqliteStore, type SqliteStore } from '../ledger/sqlite/store.ts';

/** Runs the work in one transaction on central's database, which is made when there is none. */
export function withStore<T>(dataFolder: string, work: (store: SqliteStore) => T): T {
  return using(dataFolder, (store) => store.transaction(() => work(store)));
}

/**
 * Runs work that only reads, all of it on one state of the database.
 * @throws CommandError database_missing
 */
export function readStore<T>(dataFolder: string, work: (store: SqliteStore) => T): T {
  refuseMissing(dataFolder);
  return using(dataFolder, (store) => store.reading(() => work(store)));
}

/** Runs work whose calls are each a transaction of their own, so that the running service has its turn between them. */
export async function withPort<T>(dataFolder: string, work: (port: LedgerPort) => Promise<T>): Promise<T> {
  const store = createSqliteStore(openCentralDatabase(dataFolder));
  try {
    return await work(portOver(store));
  } finally {
    store.close();
  }
}

/**
 * Runs work that reads in many short pieces.
 * @throws CommandError database_missing
 */
export async function useStore<T>(dataFolder: string, work: (store: SqliteStore) => Promise<T>): Promise<T> {
  refuseMissing(dataFolder);
  const store = createSqliteStore(openCentralDatabase(dataFolder));
  try {
    return await work(store);
  } finally {
    store.close();
  }
}

/** @throws CommandError database_missing: what is not there must not pass for empty */
export function refuseMissing(dataFolder: string): void {
  if (existsSync(databasePath(dataFolder))) return;
  const hint = 'Point dataFolder in the configuration at the folder of the running service.';
  throw new CommandError('database_missing', `there is no database in ${dataFolder}`, hint);
}

/** @throws CommandError database_unknown */
export function openCentralDatabase(dataFolder: string) {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  try {
    return openDatabase(databasePath(dataFolder));
  } catch (error) {
    if (!(error instanceof UnknownSchemaError)) throw error;
    const hint = 'Use the release that made it, or another dataFolder.';
    throw new CommandError('database_unknown', error.message, hint, { cause: error });
  }
}

function using<T>(dataFolder: string, work: (store: SqliteStore) => T): T {
  const store = createSqliteStore(openCentralDatabase(dataFolder));
  try {
    return work(store);
  } finally {
    store.close();
  }
}
