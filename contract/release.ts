// The name of a release, as a program says it of itself and as the signed list of a release's files does.
import * as z from 'zod';

/** Semantic versioning 2.0.0, without build metadata. */
export const ReleaseName = z
  .string()
  .max(64)
  .regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}(-[0-9A-Za-z.-]{1,40})?$/, { error: 'use a version such as 0.2.0' });
export type ReleaseName = z.infer<typeof ReleaseName>;
