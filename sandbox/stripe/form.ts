// Form-encoded parameters as Stripe takes them: brackets make objects, and what is not known is refused by name.
import type * as z from 'zod';
import { malformed } from './answer.ts';

type Value = string | { [key: string]: Value };

/** `a[b]=1&c=2` becomes `{ a: { b: '1' }, c: '2' }`; lists stay objects with their numbers as keys. */
export function parseForm(text: string): Record<string, Value> {
  const root: Record<string, Value> = Object.create(null);
  if (text === '') return root;
  for (const pair of text.split('&')) {
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
    if (name.includes('[')) putInto(root, name, value);
    else if (name !== '') root[name] = value;
  }
  return root;
}

function putInto(root: Record<string, Value>, name: string, value: string): void {
  const [first = '', ...rest] = name.split('[').map((part) => part.replace(/\]$/, ''));
  let at = root;
  let key = first;
  for (const part of rest) {
    const inner = at[key];
    const next: Record<string, Value> = typeof inner === 'object' ? inner : Object.create(null);
    at[key] = next;
    at = next;
    key = part === '' ? String(Object.keys(next).length) : part;
  }
  at[key] = value;
}

/** As URLSearchParams decodes; most parts have nothing to decode. */
function decode(part: string): string {
  if (!/[%+]/.test(part)) return part;
  return new URLSearchParams(`=${part.replaceAll('=', '%3D')}`).get('') ?? '';
}

/** The parameters the schema describes. @throws Refusal with Stripe's code for what is unknown, missing or malformed */
export function readParameters<S extends z.ZodType>(schema: S, form: Record<string, Value>): z.output<S> {
  const parsed = schema.safeParse(form);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    const param = issue.keys[0] ?? '';
    throw malformed(
      'parameter_unknown',
      param,
      `Received unknown parameter: ${param}. The sandbox does not know it.`,
    );
  }
  const param = issue?.path.join('.') ?? '';
  const absent =
    issue?.code === 'invalid_type' && !(issue.path[0] !== undefined && String(issue.path[0]) in form);
  if (absent) throw malformed('parameter_missing', param, `Missing required param: ${param}.`);
  throw malformed('parameter_invalid', param, `Invalid ${param}: ${issue?.message}`);
}
