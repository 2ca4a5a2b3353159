// A JSON body, parsed at the door: capped, and every mistake named by its field.
import type { Context } from 'koa';
import rawBody from 'raw-body';
import type * as z from 'zod';
import { issueWords } from '../../contract/issue-words.ts';
import { ProblemError } from './problems.ts';

/** What operators send are decisions and settings; files come by commands. */
const bodyBytesMax = 64 * 1024;

/** @throws ProblemError content_type_unsupported, body_too_large, body_malformed naming each field */
export async function readBody<Schema extends z.ZodType>(
  schema: Schema,
  context: Context,
): Promise<z.output<Schema>> {
  if (!context.is('application/json')) {
    throw new ProblemError(
      'content_type_unsupported',
      'Send one JSON object with Content-Type: application/json.',
    );
  }
  const parsed = schema.safeParse(parseJson(await readText(context)));
  if (parsed.success) return parsed.data;
  throw new ProblemError('body_malformed', parsed.error.issues.map(issueLine).join('; '));
}

/** One issue of a schema: the field, then what is wrong with it. */
export function issueLine(issue: z.core.$ZodIssue): string {
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    return `${issue.keys.map((key) => (path === '' ? key : `${path}.${key}`)).join(', ')}: unknown field`;
  }
  return `${path === '' ? 'the body' : path}: ${issueWords(issue)}`;
}

async function readText(context: Context): Promise<string> {
  try {
    return await rawBody(context.req, { limit: bodyBytesMax, encoding: 'utf8' });
  } catch (error) {
    if ((error as { type?: string }).type === 'entity.too.large') {
      throw new ProblemError('body_too_large', `Send at most ${bodyBytesMax} bytes.`);
    }
    throw new ProblemError('body_malformed', 'The body broke off.');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new ProblemError('body_malformed', `The body is no JSON: ${(error as Error).message}.`);
  }
}
