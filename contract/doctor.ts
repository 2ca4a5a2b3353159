// What a box's doctor found, for whoever asked from central: as much of it as travels with one report of health.
import * as z from 'zod';
import { Text, Uuid } from './id.ts';
import { limits } from './limits.ts';

export const DoctorCheck = z.object({
  /** Stable, for scripts. */
  code: z.string().regex(/^[a-z][a-z0-9_]{0,63}$/),
  state: z.enum(['ok', 'warning', 'error', 'unknown']),
  words: Text(limits.doctorWordsCharsMax),
  /** What to do; absent where there is nothing. */
  hint: Text(limits.doctorWordsCharsMax).optional(),
});
export type DoctorCheck = z.infer<typeof DoctorCheck>;

export const DoctorResult = z.object({
  /** As it was asked for. */
  id: Uuid,
  /** By the appliance's wall clock. */
  atMs: z.int(),
  /** In the order they were made; none where it could not be run. */
  checks: z.array(DoctorCheck).max(limits.doctorChecksMax),
  /** Checks that found nothing and that there was no room for. */
  leftOut: z.int().min(0),
  /** Why it could not be run; null: it was. */
  failure: Text(limits.doctorWordsCharsMax).nullable(),
});
export type DoctorResult = z.infer<typeof DoctorResult>;
