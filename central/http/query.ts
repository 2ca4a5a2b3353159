// Query parameters, parsed at the door.
import type { Context } from 'koa';
import * as z from 'zod';
import { ApplianceId, Uuid } from '../../contract/id.ts';
import { limits } from '../../contract/limits.ts';
import { ProblemError } from './problems.ts';

const WholeNumber = z
  .string()
  .regex(/^\d{1,15}$/, { error: 'use a whole number' })
  .transform(Number);
const Limit = (max: number, usual: number) => WholeNumber.pipe(z.number().min(1).max(max)).default(usual);

export const PageQuery = z.strictObject({
  cursor: WholeNumber.optional(),
  limit: Limit(limits.pageItemsMax, 50),
});
export const CheckoutsQuery = PageQuery.extend({ appliance: ApplianceId.optional() });
export const ParkedQuery = z.strictObject({
  cursor: z
    .string()
    .regex(/^\d{1,15}-\d{1,15}$/, { error: 'use the nextCursor of the page before' })
    .optional(),
  limit: Limit(limits.pageItemsMax, 50),
});
/** Entries are read in bulk by audits: a page is ten times longer. */
export const EntriesQuery = z.strictObject({
  journal: Uuid,
  appliance: ApplianceId.optional(),
  after: WholeNumber.default(0),
  limit: Limit(1000, 1000),
});
/** Lists in the order of a text: the cursor is the last one of the page before. */
export const TextPageQuery = z.strictObject({
  cursor: z.string().max(limits.textCharsMax).default(''),
  limit: Limit(limits.pageItemsMax, 50),
});
export const ApplianceQuery = z.strictObject({ appliance: ApplianceId.optional() });
export const NoQuery = z.strictObject({});

/** @throws ProblemError query_malformed naming each parameter */
export function parseQuery<Schema extends z.ZodType>(schema: Schema, context: Context): z.infer<Schema> {
  const parsed = schema.safeParse({ ...context.query });
  if (parsed.success) return parsed.data;
  const said = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `${issue.keys.join(', ')}: unknown parameter`
      : `${issue.path.join('.')}: ${issue.message}`,
  );
  throw new ProblemError('query_malformed', said.join('; '));
}
