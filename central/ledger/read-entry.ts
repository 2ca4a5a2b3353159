// What can be said of an entry's bytes, which may be none.
import { Entry, type EntryKind } from '../../contract/entry.ts';
import { Uuid } from '../../contract/id.ts';

export interface ReadEntry {
  /** Null: it is no entry that this release knows. */
  entry: Entry | null;
  /** What it calls itself, as far as that can be read. */
  named: { id: string | null; kind: EntryKind | null };
}

const kinds: readonly EntryKind[] = [
  'checkout',
  'void',
  'refund',
  'fulfilment',
  'decision',
  'salvage',
  'synthetic',
];

export function readEntry(body: Uint8Array): ReadEntry {
  const value = parseJson(body);
  const parsed = Entry.safeParse(value);
  const { id, kind } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const uuid = Uuid.safeParse(id);
  const named = { id: uuid.success ? uuid.data : null, kind: kinds.find((one) => one === kind) ?? null };
  return { entry: parsed.success ? parsed.data : null, named };
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return null;
  }
}
