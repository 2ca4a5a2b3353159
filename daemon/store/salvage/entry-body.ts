// An entry's body read again by who only reads it: what is no entry of a release that is known here is null, and carried
// over all the same.
import { Entry, type EntryKind } from '../../../contract/entry.ts';

const kinds: ReadonlySet<unknown> = new Set<EntryKind>([
  'checkout',
  'void',
  'refund',
  'fulfilment',
  'decision',
  'salvage',
  'synthetic',
]);

/** @param proven it is what this box wrote: its kind says enough, and a hundred thousand need no second look */
export function entryIn(body: Buffer, proven: boolean): Entry | null {
  const json = jsonIn(body);
  if (proven) return kinds.has((json as Partial<Entry> | null)?.kind) ? (json as Entry) : null;
  const parsed = Entry.safeParse(json);
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
