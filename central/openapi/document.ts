// The operators' interface as an OpenAPI 3.1 document, made of the routes themselves. Made by `npm run openapi` and in
// tests; central serves the file that came of it.
import * as z from 'zod';
import { Problem } from '../../contract/kiosk-api.ts';
import { type Json, namedJsonSchemas, schemaRef } from '../../kit/json-schemas.ts';
import { silentLog } from '../../kit/log.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { exactJson } from '../http/exact-json.ts';
import { type ProblemCode, problemCodes, problemWords } from '../http/problems.ts';
import { wholeNumberPattern } from '../http/query.ts';
import { problemsOf, type Route } from '../http/route.ts';
import { allRoutes } from '../http/routes.ts';
import { portOf } from '../ledger/sqlite/direct-port.ts';
import { PayoutsConfig } from '../payouts/config.ts';
import { PeopleConfig } from '../people/people-config.ts';
import { ReviewConfig } from '../people/review-config.ts';
import { actions, rolesFor } from '../people/roles.ts';
import { openOperations } from './open-operations.ts';

export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, Json>>;
  components: { schemas: Record<string, Json> } & Record<string, Record<string, Json>>;
  [field: string]: unknown;
}

/** Every route, of a central that is not there: nothing of a route runs when it is described. */
export function describedRoutes(): Route[] {
  const store = portOf(() => Promise.reject(new Error('a description asks nothing')));
  return allRoutes({
    store,
    ignoredFrames: () => [],
    fleet: { reports: { of: () => null }, connected: () => null },
    processors: () => [],
    reviews: ReviewConfig.parse(undefined),
    payouts: PayoutsConfig.parse(undefined),
    enrolment: {
      place: null,
      onDenied: async () => {},
      authority: () => Promise.reject(new Error('a description asks nothing')),
    },
    onRollout: () => {},
    people: PeopleConfig.parse(undefined),
    pageUrl: '/',
    live: { rows: () => Promise.reject(new Error('a description asks nothing')) },
    position: () => '',
    nowMs: () => 0,
    log: silentLog,
  });
}

export function openApiDocument(): OpenApiDocument {
  const routes = describedRoutes();
  const paths: OpenApiDocument['paths'] = { ...openOperations };
  for (const route of routes) {
    const path = pathOf(route.path);
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Holdfast central',
      version: packageJson.version,
      description:
        'What people and programs ask of central. Requests are closed: a field or parameter that is not known is refused. Answers are open: later releases may add fields and values. Amounts are integer minor units and may pass 2^53 in sums; moments are milliseconds since 1970, UTC. A page ends with nextCursor null.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: schemas(routes),
      examples: Object.fromEntries(problemCodes.map((code) => [code, { value: problemWords(code) }])),
      securitySchemes: {
        apiKey: {
          type: 'http',
          scheme: 'bearer',
          description: `A key of \`key create\`. An operation names the action that the key's role and scopes must allow: ${actionWords()}.`,
        },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-holdfast',
          description:
            'The session of a person who signed in at the page; the role must allow the action. What changes something must be asked by a page of the same origin.',
        },
      },
    },
  };
}

/** What is one's own needs a session; nothing is needed to sign in; all else is open to keys and to persons. */
export function securityOf(action: Route['action']): Json[] {
  if (action === 'open') return [];
  return [...(action === 'session.own' ? [] : [{ apiKey: [action] }]), { session: [action] }];
}

/** `:id` of the router is `{id}` here. */
export function pathOf(route: string): string {
  return route.replace(/:(\w+)/g, '{$1}');
}

function operation(route: Route): Json {
  const { id, summary, action, body, bodyExample, status = 200, answer, example } = route;
  return {
    operationId: id,
    summary,
    security: securityOf(action),
    ...withoutEmpty('parameters', [
      ...parameters('path', route.params, true),
      ...parameters('query', route.query, false),
    ]),
    ...(body && {
      requestBody: {
        required: true,
        content: {
          'application/json': {
            schema: schemaRef(nameOf(body, `${capital(id)}Request`)),
            ...(bodyExample !== undefined && { example: plain(bodyExample) }),
          },
        },
      },
    }),
    responses: {
      [status]: {
        description: 'Done.',
        content: {
          'application/json': {
            schema: schemaRef(nameOf(answer, `${capital(id)}Answer`)),
            example: plain(example),
          },
        },
      },
      ...problemResponses(problemsOf(route)),
    },
  };
}

function parameters(place: 'path' | 'query', schema: z.ZodObject, required: boolean): Json[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const { [name]: described = {} } = namedJsonSchemas({ [name]: field as z.ZodType }, 'input');
    // A whole number in a text: what a caller writes is a number.
    if (described.pattern === wholeNumberPattern) {
      described.type = 'integer';
      described.minimum = 0;
      delete described.pattern;
    }
    const needed = required || !(field as z.ZodType).safeParse(undefined).success;
    return { name, in: place, ...(needed && { required: true }), schema: described };
  });
}

/** One response for each status, with the codes it may carry. */
export function problemResponses(codes: readonly ProblemCode[]): Json {
  const byStatus = Map.groupBy([...codes].sort(), (code) => problemWords(code).status);
  return Object.fromEntries(
    [...byStatus].map(([status, some]) => [
      status,
      {
        description: some.map((code) => problemWords(code).title).join(' · '),
        ...((status === 401 || status === 403) && {
          headers: {
            'WWW-Authenticate': { description: 'RFC 6750.', schema: { type: 'string' } },
          },
        }),
        content: {
          'application/problem+json': {
            schema: { ...schemaRef('Problem'), properties: { code: { enum: some } } },
            examples: Object.fromEntries(
              some.map((code) => [code, { $ref: `#/components/examples/${code}` }]),
            ),
          },
        },
      },
    ]),
  );
}

function schemas(routes: readonly Route[]): Record<string, Json> {
  const bodies = routes.flatMap(({ id, body }) =>
    body === null ? [] : [[nameOf(body, `${capital(id)}Request`), body] as const],
  );
  const answers = routes.map(({ id, answer }) => [nameOf(answer, `${capital(id)}Answer`), answer] as const);
  return {
    ...namedJsonSchemas(Object.fromEntries(bodies), 'input'),
    ...namedJsonSchemas({ ...Object.fromEntries(answers), Problem }, 'output'),
  };
}

/** The name that its room gave it, or the one of its route. */
function nameOf(schema: z.ZodType, otherwise: string): string {
  return z.globalRegistry.get(schema)?.id ?? otherwise;
}

function actionWords(): string {
  return actions.map((action) => `${action} (${rolesFor[action].join(', ')})`).join('; ');
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** As it travels: integers of any size are written as they are. */
function plain(value: unknown): unknown {
  return JSON.parse(exactJson(value));
}

function withoutEmpty(name: string, items: readonly Json[]): Json {
  return items.length === 0 ? {} : { [name]: items };
}
