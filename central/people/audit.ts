// The audit log: who did what to what, when and why, in a chain of hashes like a journal's. This file holds its words and
// the proof of a piece of it; sqlite/audit.ts writes it.
import { chainHash, genesisHash } from '../../contract/hash.ts';
import type { Actor } from './actor.ts';

/** What stands in a body, in this order. The bytes of the body are what is hashed. */
export interface AuditBody {
  atMs: number;
  actor: Actor;
  /** `key.create`, `policy.set`: what was done, a thing and a verb. */
  action: string;
  /** The thing it was done to: `key ci-reports`, `review 12`. */
  about: string;
  /** Before and after, the reason given: whatever a person needs to understand it later. Never a secret. */
  detail: Record<string, unknown>;
}

export interface AuditRecord extends AuditBody {
  number: number;
  /** Lower-case hex. */
  hash: string;
}

export interface AuditFilter {
  action: string | null;
  about: string | null;
  /** A person with all their keys and at the machine, a key without an owner, or a rule of central's own. */
  who?: string | null;
  /** From this moment on, and until before that one. */
  fromMs?: number | null;
  untilMs?: number | null;
  cursor: number | null;
  limit: number;
}

export interface StoredRecord {
  number: number;
  body: string;
  hash: Uint8Array;
}

/** Where the chain stands after a piece; `broken` says which record is the first that does not follow. */
export type AuditVerified =
  | { kind: 'whole'; through: number; hash: string; more: boolean }
  | { kind: 'broken'; number: number; detail: string };

/** Where every chain begins. */
export const auditStart = { through: 0, hash: genesisHash.toString('hex') };

export function auditHash(previous: Uint8Array, number: number, body: string): Buffer {
  return chainHash(previous, number, Buffer.from(body));
}

/** Proves that each record follows the one before, from a position whose hash is known. */
export function verifyRecords(
  start: { through: number; hash: string },
  records: Iterable<StoredRecord>,
): Exclude<AuditVerified, { kind: 'whole' }> | { kind: 'whole'; through: number; hash: string } {
  let hash: Buffer = Buffer.from(start.hash, 'hex');
  let through = start.through;
  for (const record of records) {
    const number = through + 1;
    if (record.number !== number) {
      return { kind: 'broken', number, detail: `record ${number} is missing: ${record.number} follows` };
    }
    hash = auditHash(hash, number, record.body);
    if (!hash.equals(record.hash)) {
      return {
        kind: 'broken',
        number,
        detail: `record ${number} differs from what was written, or one before it`,
      };
    }
    through = number;
  }
  return { kind: 'whole', through, hash: hash.toString('hex') };
}
