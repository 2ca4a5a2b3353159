// What of a change to the interface would break a kiosk that was written for the one before. Pure: two documents in, a
// sentence for each break out. What counts is written down in docs/decisions/0023.

import type { Json } from '../../kit/json-schemas.ts';
import type { OpenApiDocument } from './document.ts';

/** A kiosk must be free to send what it sent before, and be answered with nothing it could not read. */
type Direction = 'request' | 'answer';

interface Side {
  document: OpenApiDocument;
  schema: Json;
}

export function breaks(before: OpenApiDocument, after: OpenApiDocument): string[] {
  return Object.entries(before.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) => {
      const name = `${method.toUpperCase()} ${path}`;
      const now = after.paths[path]?.[method];
      if (!now) return [`${name}: the operation is gone`];
      return [
        ...scopeBreaks(name, operation, now),
        ...parameterBreaks(name, { document: before, schema: operation }, { document: after, schema: now }),
        ...bodyBreaks(name, { document: before, schema: operation }, { document: after, schema: now }),
        ...answerBreaks(name, { document: before, schema: operation }, { document: after, schema: now }),
      ];
    }),
  );
}

function scopeBreaks(name: string, before: Json, after: Json): string[] {
  const [was, is] = [before, after].map(({ security }) => JSON.stringify(security));
  return was === is || is === '[]' ? [] : [`${name}: needs another scope`];
}

function parameterBreaks(name: string, before: Side, after: Side): string[] {
  const [was, is] = [before, after].map(parametersOf) as [Map<string, Side>, Map<string, Side>];
  const gone = [...was.keys()].filter((key) => !is.has(key)).map((key) => `${name}: ${key} is gone`);
  const kept = [...is].flatMap(([key, now]) => {
    const then = was.get(key);
    if (now.schema.required === true && then?.schema.required !== true) {
      return [`${name}: ${key} is required now`];
    }
    return then ? schemaBreaks(`${name} ${key}`, inner(then, 'schema'), inner(now, 'schema'), 'request') : [];
  });
  return [...gone, ...kept];
}

function parametersOf({ document, schema }: Side): Map<string, Side> {
  const listed = (schema.parameters ?? []) as Json[];
  const found = listed.map((parameter) => resolved({ document, schema: parameter }));
  return new Map(found.map((side) => [`${side.schema.in} ${side.schema.name}`, side]));
}

function bodyBreaks(name: string, before: Side, after: Side): string[] {
  const [was, is] = [before, after].map((side) => contentOf(side, 'requestBody'));
  if (!is) return was ? [`${name}: takes no body now`] : [];
  if (!was) return [`${name}: needs a body now`];
  return mediaBreaks(`${name} body`, was, is, 'request');
}

/** Answers by themselves; problems are told by status and code, and a new one is no break. */
function answerBreaks(name: string, before: Side, after: Side): string[] {
  const [was, is] = [before, after].map(({ schema }) => schema.responses as Record<string, Json>) as [
    Record<string, Json>,
    Record<string, Json>,
  ];
  return Object.entries(was)
    .filter(([status]) => Number(status) < 400)
    .flatMap(([status, response]) => {
      const now = is[status];
      if (!now) return [`${name}: is not answered with ${status} any more`];
      const then = { ...before, schema: response };
      return mediaBreaks(`${name} ${status}`, content(then), content({ ...after, schema: now }), 'answer');
    });
}

function contentOf(side: Side, field: string): Side | null {
  return side.schema[field] ? content(inner(side, field)) : null;
}

const content = (side: Side): Side => ({ ...side, schema: (side.schema.content ?? {}) as Json });

function mediaBreaks(name: string, before: Side, after: Side, direction: Direction): string[] {
  return Object.keys(before.schema).flatMap((type) => {
    if (!(type in after.schema)) return [`${name}: ${type} is gone`];
    const [was, is] = [before, after].map((side) => inner(inner(side, type), 'schema')) as [Side, Side];
    return schemaBreaks(name, was, is, direction);
  });
}

function schemaBreaks(at: string, beforeRef: Side, afterRef: Side, direction: Direction): string[] {
  const [before, after] = [resolved(beforeRef), resolved(afterRef)];
  const [was, is] = [branches(before), branches(after)];
  if (was.length > 1 || is.length > 1) return choiceBreaks(at, was, is, direction);
  return [
    ...typeBreaks(at, before.schema, after.schema, direction),
    ...enumBreaks(at, before.schema, after.schema, direction),
    ...(direction === 'request' ? limitBreaks(at, before.schema, after.schema) : []),
    ...fieldBreaks(at, before, after, direction),
    ...elementBreaks(at, before, after, direction),
  ];
}

/** Of several forms: whatever was sent must fit one of the new, whatever is answered must be one of the old. */
function choiceBreaks(at: string, was: Side[], is: Side[], direction: Direction): string[] {
  const fits = (then: Side, now: Side) => schemaBreaks(at, then, now, direction).length === 0;
  const lost =
    direction === 'request'
      ? was.filter((then) => !is.some((now) => fits(then, now)))
      : is.filter((now) => !was.some((then) => fits(then, now)));
  const words =
    direction === 'request' ? 'a form that was taken is not' : 'a form that nobody knew is answered';
  return lost.length > 0 ? [`${at}: ${words}`] : [];
}

function typeBreaks(at: string, before: Json, after: Json, direction: Direction): string[] {
  const [from, to] = direction === 'request' ? [before, after] : [after, before];
  // Whoever takes anything, or any number, takes an integer too.
  const fits =
    to.type === undefined || from.type === to.type || (from.type === 'integer' && to.type === 'number');
  return fits ? [] : [`${at}: was ${before.type ?? 'anything'}, is ${after.type ?? 'anything'}`];
}

function enumBreaks(at: string, before: Json, after: Json, direction: Direction): string[] {
  const [was, is] = [before, after].map(valuesOf);
  if (!was) return is && direction === 'request' ? [`${at}: takes only some values now`] : [];
  if (!is) return direction === 'answer' ? [`${at}: may be any value now`] : [];
  return was.filter((value) => !is.includes(value)).map((value) => `${at}: ${value} is gone`);
}

function valuesOf(schema: Json): unknown[] | null {
  if ('const' in schema) return [schema.const];
  return (schema.enum as unknown[] | undefined) ?? null;
}

const lowest = ['minimum', 'minLength', 'minItems'];
const highest = ['maximum', 'maxLength', 'maxItems'];

function limitBreaks(at: string, before: Json, after: Json): string[] {
  const number = (value: unknown, otherwise: number) => (typeof value === 'number' ? value : otherwise);
  const tighter = [
    ...lowest.filter((key) => number(after[key], -Infinity) > number(before[key], -Infinity)),
    ...highest.filter((key) => number(after[key], Infinity) < number(before[key], Infinity)),
    ...(after.pattern !== undefined && after.pattern !== before.pattern ? ['pattern'] : []),
  ];
  return tighter.map((key) => `${at}: ${key} is narrower`);
}

function fieldBreaks(at: string, before: Side, after: Side, direction: Direction): string[] {
  const [was, is] = [before, after].map(
    ({ schema }) => (schema.properties ?? {}) as Record<string, Json>,
  ) as [Record<string, Json>, Record<string, Json>];
  const [wasRequired, isRequired] = [before, after].map(
    ({ schema }) => (schema.required ?? []) as string[],
  ) as [string[], string[]];
  const required =
    direction === 'request'
      ? isRequired.filter((key) => !wasRequired.includes(key)).map((key) => `${at}/${key}: is required now`)
      : wasRequired
          .filter((key) => key in is && !isRequired.includes(key))
          .map((key) => `${at}/${key}: may be absent now`);
  const kept = Object.entries(was).flatMap(([key, schema]) => {
    const now = is[key];
    if (!now) return [`${at}/${key}: is gone`];
    return schemaBreaks(`${at}/${key}`, { ...before, schema }, { ...after, schema: now }, direction);
  });
  return [...required, ...kept];
}

/** The items of a list and the values of a map. */
function elementBreaks(at: string, before: Side, after: Side, direction: Direction): string[] {
  return ['items', 'additionalProperties'].flatMap((key) => {
    const [was, is] = [before.schema[key], after.schema[key]];
    if (is === false && was !== false && direction === 'request') return [`${at}: takes no other field now`];
    if (typeof was !== 'object' || typeof is !== 'object') return [];
    return schemaBreaks(`${at}/*`, inner(before, key), inner(after, key), direction);
  });
}

function branches(side: Side): Side[] {
  const { anyOf, oneOf, type } = side.schema;
  const choice = (anyOf ?? oneOf) as Json[] | undefined;
  if (choice) return choice.map((schema) => resolved({ ...side, schema }));
  if (!Array.isArray(type)) return [side];
  return type.map((one: unknown) => ({ ...side, schema: { ...side.schema, type: one } }));
}

const inner = (side: Side, key: string): Side => ({ ...side, schema: (side.schema[key] ?? {}) as Json });

/** Follows a reference within the document. */
function resolved({ document, schema }: Side): Side {
  if (typeof schema.$ref !== 'string') return { document, schema };
  const found = schema.$ref
    .slice(2)
    .split('/')
    .reduce((part: Json, key) => part[key] as Json, document);
  return resolved({ document, schema: found });
}
