// How a room declares a route: what it needs, what it takes, what it answers, and the handler, in one place. The server
// mounts it, the key is judged by its action, and the description of the interface is made of it.
import type { Context } from 'koa';
import type * as z from 'zod';
import { assert } from '../../kit/assert.ts';
import type { By } from '../people/actor.ts';
import { readBody } from './body.ts';
import type { Admitted, Needed } from './gate.ts';
import type { ProblemCode } from './problems.ts';
import { NoParams, NoQuery, parseParams, parseQuery } from './query.ts';
import { browserOf, dropSession, keepSession, sessionToken } from './session-cookie.ts';

export interface Asked<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  /** Goes into every call of the store that changes something. */
  by: By;
  /** The browser that asks, where it is one: what signing in and out needs. */
  browser: Browser;
}

export interface Browser {
  from: string;
  /** What it says of itself. */
  name: string;
  /** Of the session it has, valid or not; null: none. */
  token: string | null;
  keepSession(token: string): void;
  dropSession(): void;
}

interface Declared {
  /** The operationId: one verb and its object, such as `readPolicy`. */
  id: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As the router spells it: `/v1/reviews/:id/decisions`. */
  path: `/${string}`;
  summary: string;
  /** What the caller's key or role must allow; `open`: nothing, by people who are not signed in yet. */
  action: Needed;
  /** 200 unless said. */
  status?: 200 | 201 | 202;
  /** Beside those of every route: see `problemsOf`. */
  problems?: readonly ProblemCode[];
}

export interface RouteShape<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
> extends Declared {
  /** One field for each `:name` of the path. */
  params?: Params;
  /** Strict; without one any parameter is refused. */
  query?: Query;
  /** Of a JSON body, strict; without one a body is passed over. */
  body?: Body;
  answer: Answer;
  /** Satisfies the schema: a test says so. Shown in the description. */
  example: z.input<Answer>;
  bodyExample?: z.input<Body>;
  handle(asked: Asked<z.output<Params>, z.output<Query>, z.output<Body>>): Promise<z.output<Answer>>;
}

/** A route with its types put away: what the server and the description need. */
export interface Route extends Declared {
  params: z.ZodObject;
  query: z.ZodObject;
  body: z.ZodType | null;
  answer: z.ZodType;
  example: unknown;
  bodyExample: unknown;
  /** Parses what was asked, handles it, and gives the answer. */
  serve(context: Context & { params: Record<string, string> }, admitted: Admitted): Promise<unknown>;
}

export function route<
  Params extends z.ZodObject,
  Query extends z.ZodObject,
  Body extends z.ZodType,
  Answer extends z.ZodType,
>(shape: RouteShape<Params, Query, Body, Answer>): Route {
  const { params = NoParams, query = NoQuery, body = null, handle, ...declared } = shape;
  assert(
    named(shape.path).join() === Object.keys(params.shape).join(),
    `the parameters of ${shape.path} are those of its path`,
  );
  return {
    ...declared,
    params,
    query,
    body,
    bodyExample: shape.bodyExample,
    async serve(context, { by, from }) {
      const asked = {
        params: parseParams(params, context),
        query: parseQuery(query, context),
        body: body === null ? undefined : await readBody(body, context),
        by,
        browser: {
          from,
          name: browserOf(context),
          token: sessionToken(context),
          keepSession: (token: string) => keepSession(context, token),
          dropSession: () => dropSession(context),
        },
      };
      // The schemas above are the ones that the handler's types were made of.
      return handle(asked as Parameters<typeof handle>[0]);
    },
  };
}

/** Every problem a route can tell of, its own and those that come by its form. */
export function problemsOf(route: Route): ProblemCode[] {
  const byForm: ProblemCode[] = [
    ...(route.action === 'open' ? [] : byGate),
    ...(route.method === 'GET' ? [] : (['cross_site'] as const)),
    'query_malformed',
    'internal',
    ...(route.body === null
      ? []
      : (['body_malformed', 'body_too_large', 'content_type_unsupported'] as const)),
  ];
  return [...new Set([...byForm, ...(route.problems ?? [])])].sort();
}

const byGate = [
  'unauthorised',
  'key_expired',
  'key_revoked',
  'address_not_allowed',
  'action_not_allowed',
] as const satisfies readonly ProblemCode[];

function named(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].flatMap(([, name]) => (name === undefined ? [] : [name]));
}
