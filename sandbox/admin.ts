// What a test says to the sandbox itself, under /sandbox: acts for the next calls, webhooks, the clock, what was called.
import type { Context } from 'koa';
import getRawBody from 'raw-body';
import * as z from 'zod';
import { actNames, type Orders, parseAct } from './acts.ts';
import type { SandboxClock } from './clock.ts';
import type { Call } from './stripe/gateway.ts';
import type { Operation } from './stripe/routes.ts';
import { Endpoint, type Webhooks } from './webhooks.ts';

const bodyBytesMax = 64 * 1024;

export interface AdminParts {
  clock: SandboxClock;
  orders: Orders;
  webhooks: Webhooks;
  operations: readonly Operation[];
  calls(): readonly Call[];
  reset(): void;
}

const Act = z.string().transform((name, { addIssue }) => {
  const act = parseAct(name);
  if (act === null) addIssue({ code: 'custom', message: `use one of ${actNames.join(', ')}, slow_<ms>` });
  return act ?? z.NEVER;
});

/** Answers a request under /sandbox. Problems are problem+json with a code. */
export async function answerAdmin(context: Context, parts: AdminParts): Promise<void> {
  const { clock, orders, webhooks, calls, reset } = parts;
  switch (`${context.method} ${context.path}`) {
    case 'GET /sandbox/clock':
      context.body = { kind: clock.kind, nowMs: clock.wallMs() };
      return;
    case 'POST /sandbox/clock/advance': {
      const body = await read(
        context,
        z.strictObject({
          ms: z
            .int()
            .min(0)
            .max(366 * 86_400_000),
        }),
      );
      if (!body) return;
      if (clock.kind === 'system') {
        return problem(
          context,
          409,
          'clock_not_manual',
          'Start the sandbox with --clock manual to turn its clock.',
        );
      }
      clock.advance(body.ms);
      context.body = { kind: clock.kind, nowMs: clock.wallMs() };
      return;
    }
    case 'POST /sandbox/acts': {
      const names = ['any', ...parts.operations.map(({ name }) => name)];
      const shape = { operation: z.enum(names), act: Act, times: z.int().min(1).max(1000).default(1) };
      const body = await read(context, z.strictObject(shape));
      if (!body) return;
      if (!orders.add(body))
        return problem(context, 409, 'acts_too_many', 'Too many acts wait: POST /sandbox/reset.');
      context.status = 204;
      return;
    }
    case 'PUT /sandbox/webhooks': {
      const body = await read(context, z.union([Endpoint, z.null()]));
      if (body === undefined) return;
      webhooks.setEndpoint(body);
      context.status = 204;
      return;
    }
    case 'GET /sandbox/webhooks':
      context.body = { deliveries: webhooks.deliveries() };
      return;
    case 'GET /sandbox/calls':
      context.body = { calls: calls() };
      return;
    case 'POST /sandbox/reset':
      reset();
      context.status = 204;
      return;
    default:
      problem(context, 404, 'not_found', 'See sandbox/README.md for what there is under /sandbox.');
  }
}

/** The body as the schema describes it; otherwise the problem is answered. */
async function read<S extends z.ZodType>(context: Context, schema: S): Promise<z.output<S> | undefined> {
  const text = await getRawBody(context.req, { encoding: 'utf8', limit: bodyBytesMax });
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    problem(context, 400, 'body_not_json', 'Send one JSON value.');
    return undefined;
  }
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  problem(context, 400, 'body_invalid', z.prettifyError(parsed.error));
  return undefined;
}

function problem(context: Context, status: number, code: string, detail: string): void {
  context.status = status;
  context.body = JSON.stringify({ type: `urn:holdfast:problem:${code}`, status, code, detail });
  context.type = 'application/problem+json';
}
