// The schemas of the files that must outlive a change of release, and which releases can do with them.
import * as z from 'zod';
import { newestSchema, oldestReader } from '../../kit/sqlite.ts';
import { migrationsFolder } from './database.ts';
import { migrationsFolder as kioskMigrations } from './kiosks/open.ts';

const Schema = z.object({ newest: z.int(), oldestReader: z.int() });
export const Schemas = z.object({ journal: Schema, kiosks: Schema });
export type Schemas = z.infer<typeof Schemas>;

export function ownSchemas(): Schemas {
  const of = (folder: string) => ({ newest: newestSchema(folder), oldestReader: oldestReader(folder) });
  return { journal: of(migrationsFolder), kiosks: of(kioskMigrations) };
}

/** Whether a program of these schemas can do with what one of those leaves behind. */
export function canRead(own: Schemas, left: Schemas): boolean {
  return left.journal.oldestReader <= own.journal.newest && left.kiosks.oldestReader <= own.kiosks.newest;
}

/**
 * Whether a program may be tried (I16): it can go on with the files as they are, and those who may have to take over from it
 * can go on with what it leaves.
 */
export function mayBeTried(tried: Schemas, own: Schemas, fallback: Schemas): boolean {
  return canRead(tried, own) && canRead(own, tried) && canRead(fallback, tried);
}
