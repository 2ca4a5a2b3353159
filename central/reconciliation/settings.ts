// The `[reconciliation]` table of the configuration.
import { resolve } from 'node:path';
import * as z from 'zod';
import { isSchedule } from './schedule-words.ts';

export const ReconciliationSettings = z.strictObject({
  /** The rule file; the default rules without one. */
  rules: z.string().min(1).optional(),
  /** The folder that reports and statements are brought to. */
  inbox: z.string().min(1).optional(),
  /** Processors whose reports are asked for before a scheduled run, by the names of their sections. */
  fetch: z.array(z.string().min(1)).max(16).default([]),
  /** When to take in reports and run, as cron writes it, in UTC. Without one only by command. */
  schedule: z
    .string()
    .refine(isSchedule, {
      error: 'use five fields of cron in UTC, at most four times an hour, such as 15 4 * * *',
    })
    .optional(),
});
export type ReconciliationSettings = z.infer<typeof ReconciliationSettings>;

/** What is wrong between this table and the processors' though each is right alone. */
export function fetchMistakes(
  { fetch }: ReconciliationSettings,
  processors: Readonly<Record<string, { adapter: 'stripe' } | { adapter: 'adyen'; reports?: object }>>,
): { path: PropertyKey[]; message: string }[] {
  return fetch.flatMap((name, i) => {
    const section = Object.hasOwn(processors, name) ? processors[name] : undefined;
    const message =
      section === undefined
        ? `there is no section [processors.${name}]`
        : section.adapter === 'adyen' && section.reports === undefined
          ? `[processors.${name}] does not say where its reports are: set reports`
          : null;
    return message === null ? [] : [{ path: ['reconciliation', 'fetch', i], message }];
  });
}

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
