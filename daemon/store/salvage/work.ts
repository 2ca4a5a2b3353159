// How far a salvage has come, kept in a file before each step: killed at any moment, the next start comes to the same end.
import { existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { Uuid } from '../../../contract/id.ts';
import { type Places, writeOwned } from './places.ts';
import { SetAside } from './set-aside.ts';

const SalvageWork = z.strictObject({
  beganMs: z.int(),
  cause: z.enum(['damaged', 'fallen_back']),
  /** What was wrong with the journal. */
  words: z.string(),
  /** What central has a receipt for, where it said so; else 0. */
  toldThrough: z.int().min(0),
  /** What the damaged files will be called. */
  aside: z.string(),
  /** The journal that begins, should one begin, and its first entry. */
  journalId: Uuid,
  entryId: Uuid,
  /** How often the new file was begun. */
  tries: z.int().min(0),
  /** Why it cannot be done; tried again only when a technician says so. */
  failed: z.string().nullable(),
  /** The new file is whole and on the disk; what is left is to exchange the names. */
  made: SetAside.nullable(),
});
export type SalvageWork = z.infer<typeof SalvageWork>;

/** Null where none is under way. What cannot be read is begun anew: the journal is still the damaged one, or already whole. */
export function readWork({ work }: Places): SalvageWork | null {
  if (!existsSync(work)) return null;
  try {
    return SalvageWork.parse(JSON.parse(readFileSync(work, 'utf8')));
  } catch {
    return null;
  }
}

export function writeWork({ work, folder }: Places, state: SalvageWork): void {
  writeOwned(work, folder, state);
}
