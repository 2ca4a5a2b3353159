// The parameters of a call as its schema describes them; anything else is refused by name, as Adyen does.
import type * as z from 'zod';
import { errorOf, Refusal } from './answer.ts';

/** @throws Refusal with Adyen's code for what is unknown or wrong */
export function readForm<S extends z.ZodType>(schema: S, body: object): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  if (issue?.code === 'unrecognized_keys') {
    const field = issue.keys[0] ?? '';
    const message = `Structure of the request contains the following unknown fields: [${field}]`;
    throw new Refusal(errorOf(400, '702', message, { field }));
  }
  const field = issue?.path.join('.') ?? '';
  throw new Refusal(errorOf(422, '130', `Field '${field}': ${issue?.message}`, { field }));
}
