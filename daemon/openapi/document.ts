// The interface for kiosks as an OpenAPI 3.1 document, made of the table of operations, the schemas and the problems.
// Made by `npm run openapi` and in tests; the appliance serves the file that came of it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Json } from '../../kit/json-schemas.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { type ProblemCode, problemCodes, problemWords } from '../http/problems.ts';
import { isTechnicians, scopeOf } from '../http/scopes.ts';
import type { Answered, Operation } from './operation.ts';
import { operations } from './operations.ts';
import { type HeaderName, headers, parameters } from './parameters.ts';
import { jsonSchemas, ref } from './schemas.ts';

const samplesFolder = join(import.meta.dirname, '..', '..', 'contract', 'samples');

export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, Json>>;
  components: { schemas: Record<string, Json> } & Record<string, Record<string, Json>>;
  [field: string]: unknown;
}

export function openApiDocument(): OpenApiDocument {
  const paths: OpenApiDocument['paths'] = {};
  for (const operation of operations) {
    const path = pathOf(operation.route);
    paths[path] = { ...paths[path], [operation.method]: describeOperation(operation) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Holdfast appliance',
      version: packageJson.version,
      description:
        'What a kiosk asks of the appliance at its site, and what the technician’s page asks behind its PIN. Requests are closed: a field that is not known is refused. Answers are open: later releases may add fields, reason codes and problem codes, and a kiosk passes over those it does not know.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: jsonSchemas(),
      parameters: mapped(parameters, (parameter, name) => ({ name, ...parameter })),
      headers: { ...headers },
      examples: examples(),
      securitySchemes: {
        kioskToken: {
          type: 'http',
          scheme: 'bearer',
          description:
            'The token that POST /v1/pairings gave. An operation names the scope it needs. Plain HTTP on the appliance itself needs none unless http.kioskAuth is "required".',
        },
        technicianSession: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-holdfast-technician',
          description:
            'What POST /v1/technician/session gave for the PIN, for requests of the appliance’s own page alone. Over plain HTTP on the appliance itself it is called holdfast-technician.',
        },
      },
    },
  };
}

/** `:id` of the router is `{id}` here. */
export function pathOf(route: string): string {
  return route.replace(/:(\w+)/g, '{$1}');
}

function describeOperation(operation: Operation): Json {
  const { takes } = operation;
  return {
    operationId: operation.id,
    summary: operation.summary,
    security: securityOf(operation),
    ...(operation.parameters && {
      parameters: operation.parameters.map((name) => ({ $ref: `#/components/parameters/${name}` })),
    }),
    ...(takes && {
      requestBody: {
        required: true,
        content: { 'application/json': { schema: oneOf(takes.schemas.map(ref)), ...shown(takes.samples) } },
      },
    }),
    responses: { ...answersOf(operation), ...problemsOf(operation) },
  };
}

/** A kiosk's scope, a technician's session, or nothing. */
function securityOf({ method, route, problems }: Operation): Json[] {
  if (isTechnicians(route))
    return problems.includes('technician_signed_out') ? [{ technicianSession: [] }] : [];
  const scope = scopeOf(method.toUpperCase(), route);
  return scope === null ? [] : [{ kioskToken: [scope] }];
}

function answersOf({ answers, problems }: Operation): Json {
  return mapped(answers, (answered, status) => {
    const alike = problems.filter((code) => problemWords(code).status === Number(status));
    return {
      description: answered.words,
      headers: headerRefs(['X-Request-Id', 'RateLimit', 'RateLimit-Policy', ...(answered.headers ?? [])]),
      ...(answered.kind !== 'empty' && {
        content: { ...contentOf(answered), ...(alike.length > 0 && problemContent(alike)) },
      }),
    };
  });
}

function contentOf(answered: Exclude<Answered, { kind: 'empty' }>): Json {
  switch (answered.kind) {
    case 'json':
      return {
        'application/json': { schema: ref(answered.schema), ...shown(answered.samples) },
        ...(answered.alsoText && { 'text/plain': { schema: { type: 'string' } } }),
      };
    case 'events':
      return { 'text/event-stream': { schema: { type: 'string' }, example: eventExample() } };
    case 'openapi':
      return { 'application/json': { schema: { type: 'object' } } };
  }
}

/** One response for each status, with the codes it may carry. */
function problemsOf({ problems, answers }: Operation): Json {
  const byStatus = Map.groupBy([...problems].sort(), (code) => problemWords(code).status);
  const others = [...byStatus].filter(([status]) => !(status in answers));
  return Object.fromEntries(
    others.map(([status, codes]) => [
      status,
      {
        description: codes.map((code) => problemWords(code).title).join(' · '),
        headers: headerRefs(problemHeaders(status)),
        content: problemContent(codes),
      },
    ]),
  );
}

function problemHeaders(status: number): HeaderName[] {
  const retried = status === 429 || status === 503 || status === 507;
  return [
    'X-Request-Id',
    ...(retried ? (['Retry-After'] as const) : []),
    ...(status === 401 || status === 403 ? (['WWW-Authenticate'] as const) : []),
  ];
}

function problemContent(codes: readonly ProblemCode[]): Json {
  return {
    'application/problem+json': {
      schema: { ...ref('Problem'), properties: { code: { enum: codes } } },
      ...shown(codes),
    },
  };
}

/** The golden samples that operations show, and every problem in its own words. */
function examples(): Record<string, Json> {
  const samples = new Set(
    operations.flatMap(({ takes, answers }) => [
      ...(takes?.samples ?? []),
      ...Object.values(answers).flatMap((answered) => (answered.kind === 'json' ? answered.samples : [])),
    ]),
  );
  return {
    ...Object.fromEntries([...samples].sort().map((name) => [name, { value: sample(name) }])),
    ...Object.fromEntries(problemCodes.map((code) => [code, { value: problemWords(code) }])),
  };
}

function eventExample(): string {
  const { journal } = sample('status') as { journal: { journalId: string } };
  return `retry: 1000\n\nid: ${journal.journalId}.2.0\nevent: document\ndata: ${JSON.stringify(sample('answer'))}\n\n`;
}

function sample(name: string): unknown {
  return JSON.parse(readFileSync(join(samplesFolder, `${name}.json`), 'utf8'));
}

function shown(names: readonly string[]): Json {
  if (names.length === 0) return {};
  return {
    examples: Object.fromEntries(names.map((name) => [name, { $ref: `#/components/examples/${name}` }])),
  };
}

function headerRefs(names: readonly HeaderName[]): Json {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function oneOf(schemas: readonly Json[]): Json {
  const [only, ...more] = schemas;
  return only && more.length === 0 ? only : { oneOf: schemas };
}

function mapped<T>(of: Readonly<Record<string, T>>, change: (value: T, key: string) => Json) {
  return Object.fromEntries(Object.entries(of).map(([key, value]) => [key, change(value, key)]));
}
