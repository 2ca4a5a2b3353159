// What central may set of a box's own configuration: few keys, and none by which a box could be lost or a kiosk let in or out.
// Each counts at once, without a kiosk noticing.
import * as z from 'zod';

/** The keys that this release takes from central, as its configuration file names them. */
export const remoteKeys = [
  'http.ratePerMinute',
  'http.loopbackRatePerMinute',
  'synthetic.everyMinutes',
  'tracing.otlpUrl',
  'log.level',
] as const;
export type RemoteKey = (typeof remoteKeys)[number];

/** What a box judges by, wherever a value came from. */
export const remoteValues = {
  'http.ratePerMinute': z.int().min(1),
  'http.loopbackRatePerMinute': z.int().min(1).nullable(),
  'synthetic.everyMinutes': z.int().min(0).max(1440),
  'tracing.otlpUrl': z
    .url({ protocol: /^https?$/, error: 'use http://host:port or https://host:port' })
    .nullable(),
  'log.level': z.enum(['debug', 'info', 'warn', 'error', 'silent']),
} satisfies Record<RemoteKey, z.ZodType>;

/** What central sets; of a key that is not named the box's own file holds. */
export const RemoteConfiguration = z.strictObject(remoteValues).partial();
export type RemoteConfiguration = z.infer<typeof RemoteConfiguration>;

const KeyName = z.string().regex(/^[A-Za-z]{1,32}(\.[A-Za-z]{1,32}){0,3}$/);

/**
 * The same as it travels: open, so that a box can say by name what it does not take, and a key of a newer release is no item
 * that it passes over in silence.
 */
export const OfferedConfiguration = z
  .record(KeyName, z.union([z.string().max(2048), z.number(), z.boolean(), z.null()]))
  .refine((values) => Object.keys(values).length <= 64, { error: 'use at most 64 keys' });
export type OfferedConfiguration = z.infer<typeof OfferedConfiguration>;

/** Why a box does not take a key: its file keeps it, its release does not know it, or the value is none. */
export const refusalReasons = ['kept_by_the_box', 'key_unknown', 'value_refused'] as const;

/** What a box says of it. */
export const ConfigurationStanding = z.object({
  /** What central set and what counts; 0: nothing. */
  version: z.int().min(0),
  /** The newest that central said, where the box does not take it: what counted before goes on. */
  refused: z.object({ version: z.int().min(1), key: KeyName, reason: z.enum(refusalReasons) }).nullable(),
});
export type ConfigurationStanding = z.infer<typeof ConfigurationStanding>;
