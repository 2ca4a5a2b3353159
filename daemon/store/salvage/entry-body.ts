// An entry's body read again by who only reads it: what is no entry of a release that is known here is null, and carried
// over all the same.
import { Entry } from '../../../contract/entry.ts';

export function entryIn(body: Buffer): Entry | null {
  const parsed = Entry.safeParse(jsonIn(body));
  return parsed.success ? parsed.data : null;
}

/** The slip of an entry, which most have: read without a look at the rest. */
export function slipIn(body: Buffer): { slip: number | null; slipYear: number | null } {
  const { slip, slipYear } = (jsonIn(body) ?? {}) as Record<string, unknown>;
  const number = (value: unknown) =>
    Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : null;
  return { slip: number(slip), slipYear: number(slipYear) };
}

function jsonIn(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return null;
  }
}
