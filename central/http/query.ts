// Query parameters and those of a path, parsed at the door.
import type { Context } from 'koa';
import * as z from 'zod';
import { limits } from '../../contract/limits.ts';
import { ProblemError } from './problems.ts';

const wholeNumber = /^\d{1,15}$/;
/** By this the description knows a number that travels as text. */
export const wholeNumberPattern = wholeNumber.source;

export const WholeNumber = z.string().regex(wholeNumber, { error: 'use a whole number' }).transform(Number);
export const Limit = (max: number, usual: number) =>
  WholeNumber.pipe(z.number().min(1).max(max))
    .default(usual)
    .meta({ description: `From 1 to ${max}; ${usual} unless said.` });

export const PageQuery = z.strictObject({
  cursor: WholeNumber.optional(),
  limit: Limit(limits.pageItemsMax, 50),
});
/** Lists in the order of a text: the cursor is the last one of the page before. */
export const TextPageQuery = z.strictObject({
  cursor: z.string().max(limits.textCharsMax).default(''),
  limit: Limit(limits.pageItemsMax, 50),
});
export const NoQuery = z.strictObject({});
export const NoParams = z.object({});
/** A path with a number in it: one that is none names nothing. */
export const NumberParams = z.object({ number: WholeNumber });

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

/** @throws ProblemError not_found: a path that cannot be is one where nothing is */
export function parseParams<Schema extends z.ZodType>(
  schema: Schema,
  context: { params: Record<string, string> },
): z.output<Schema> {
  const parsed = schema.safeParse(context.params);
  if (parsed.success) return parsed.data;
  throw new ProblemError('not_found', parsed.error.issues.map(({ message }) => message).join('; '));
}
