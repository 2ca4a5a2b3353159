// The `[reconciliation]` table of the configuration.
import { resolve } from 'node:path';
import * as z from 'zod';
import { isSchedule } from './schedule-words.ts';

export const ReconciliationSettings = z.strictObject({
  /** The rule file; the default rules without one. */
  rules: z.string().min(1).optional(),
  /** The folder that reports and statements are brought to. */
  inbox: z.string().min(1).optional(),
  /** When to take the inbox and run, as cron writes it, in UTC. Without one only by command. */
  schedule: z
    .string()
    .refine(isSchedule, {
      error: 'use five fields of cron in UTC, at most four times an hour, such as 15 4 * * *',
    })
    .optional(),
});
export type ReconciliationSettings = z.infer<typeof ReconciliationSettings>;

/** The same, with its paths counted from the folder of the configuration. */
export function placedIn(
  folder: string,
  { rules, inbox, ...rest }: ReconciliationSettings,
): ReconciliationSettings {
  return {
    ...rest,
    ...(rules === undefined ? {} : { rules: resolve(folder, rules) }),
    ...(inbox === undefined ? {} : { inbox: resolve(folder, inbox) }),
  };
}
