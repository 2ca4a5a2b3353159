// What the calls of the sandbox's own interface share: their parts, reading a body or a query, and problems.
import type { Context } from 'koa';
import getRawBody from 'raw-body';
import * as z from 'zod';
import type { BankAccount } from '../bank/account.ts';
import type { SandboxClock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { Orders } from '../orders.ts';
import type { Books } from '../stripe/books.ts';
import type { Call } from '../stripe/gateway.ts';
import type { Operations } from '../stripe/routes.ts';
import type { Webhooks } from '../webhooks.ts';

const bodyBytesMax = 64 * 1024;

export interface AdminParts {
  clock: SandboxClock;
  orders: Orders;
  webhooks: Webhooks;
  operations: Operations;
  books: Books;
  keys: { readonly count: number };
  bank: BankAccount;
  faults: Faults;
  calls(): readonly Call[];
  reset(): void;
}

/** Calls by method and path, such as `GET /sandbox/clock`. */
export type AdminCalls = Readonly<
  Record<string, (context: Context, parts: AdminParts) => void | Promise<void>>
>;

/** The body as the schema describes it; otherwise the problem is answered and the value is undefined. */
export async function readBody<S extends z.ZodType>(
  context: Context,
  schema: S,
): Promise<z.output<S> | undefined> {
  const text = await getRawBody(context.req, { encoding: 'utf8', limit: bodyBytesMax });
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    problem(context, 400, 'body_not_json', 'Send one JSON value.');
    return undefined;
  }
  return checked(context, schema, body, 'body_invalid');
}

/** The same of the query. */
export function readQuery<S extends z.ZodType>(context: Context, schema: S): z.output<S> | undefined {
  return checked(context, schema, { ...context.query }, 'query_invalid');
}

function checked<S extends z.ZodType>(
  context: Context,
  schema: S,
  value: unknown,
  code: string,
): z.output<S> | undefined {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  problem(context, 400, code, z.prettifyError(parsed.error));
  return undefined;
}

export function problem(context: Context, status: number, code: string, detail: string): void {
  context.status = status;
  context.body = JSON.stringify({ type: `urn:holdfast:problem:${code}`, status, code, detail });
  context.type = 'application/problem+json';
}
