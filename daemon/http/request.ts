// The door for a kiosk's request: bytes become a typed document here, or a problem that names the field.
import { isUtf8 } from 'node:buffer';
import { hash } from 'node:crypto';
import type { Context } from 'koa';
import getRawBody from 'raw-body';
import type { z } from 'zod';
import { Uuid } from '../../contract/id.ts';
import type { Problem } from '../../contract/kiosk-api.ts';
import { limits } from '../../contract/limits.ts';
import { holdsCardNumber } from '../checkout/card-number.ts';
import { ProblemError } from './problems.ts';

export interface Submission<T> {
  id: string;
  requestHash: string;
  document: T;
}

const errorsMax = 20;

/**
 * Reads a POST: its Idempotency-Key, its body within the cap, and the document the schema describes.
 * @param operation stands in the request's hash, so that one key cannot serve two operations (I2)
 * @param schemaFor the schema for a body, once it is known to be JSON
 */
export async function readSubmission<S extends z.ZodType>(
  ctx: Context,
  operation: string,
  schemaFor: (body: unknown) => S,
): Promise<Submission<z.output<S>>> {
  const id = idempotencyKey(ctx);
  const { bytes, document } = await readDocument(ctx, schemaFor);
  return { id, requestHash: hash('sha256', Buffer.concat([Buffer.from(`${operation}\n`), bytes])), document };
}

/** Reads a POST that books nothing: its body within the cap, and the document the schema describes. */
export async function readDocument<S extends z.ZodType>(
  ctx: Context,
  schemaFor: (body: unknown) => S,
): Promise<{ bytes: Buffer; document: z.output<S> }> {
  if (!ctx.is('application/json')) throw new ProblemError('content_type_unsupported');
  const bytes = await bodyOf(ctx);
  const text = utf8.decode(bytes);
  // Before anything else looks at it: what is refused here is not even described.
  if (holdsCardNumber(text)) throw new ProblemError('card_number_present');
  // A byte that is no UTF-8 would stand in the journal as another than was sent.
  if (!isUtf8(bytes)) throw new ProblemError('body_not_json');
  const body = parseJson(text);
  const parsed = schemaFor(body).safeParse(body);
  if (!parsed.success) throw new ProblemError('body_invalid', fieldErrors(parsed.error));
  return { bytes, document: parsed.data };
}

const utf8 = new TextDecoder();

/** The header of draft-ietf-httpapi-idempotency-key-header: a quoted string; bare is accepted too. */
function idempotencyKey(ctx: Context): string {
  const header = ctx.get('Idempotency-Key').trim();
  if (header === '') throw new ProblemError('idempotency_key_missing');
  const id = Uuid.safeParse(header.replace(/^"(.*)"$/, '$1').toLowerCase());
  if (!id.success) throw new ProblemError('idempotency_key_invalid');
  return id.data;
}

async function bodyOf(ctx: Context): Promise<Buffer> {
  try {
    return await getRawBody(ctx.req, { length: ctx.request.length ?? null, limit: limits.requestBytesMax });
  } catch (error) {
    const type = (error as { type?: string }).type;
    throw new ProblemError(type === 'entity.too.large' ? 'body_too_large' : 'body_incomplete');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ProblemError('body_not_json');
  }
}

/** The fields that are wrong, as RFC 6901 pointers. */
function fieldErrors(error: z.ZodError): Problem['errors'] {
  return error.issues
    .slice(0, errorsMax)
    .flatMap((issue) => {
      if (issue.code !== 'unrecognized_keys') return { pointer: pointer(issue.path), detail: issue.message };
      return issue.keys.slice(0, errorsMax).map((key) => ({
        pointer: pointer([...issue.path, key.slice(0, limits.nameCharsMax)]),
        detail: 'remove this field: it is not known',
      }));
    })
    .slice(0, errorsMax);
}

function pointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
