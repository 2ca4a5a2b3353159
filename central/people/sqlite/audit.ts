// Writes the audit log, in the transaction of the change it tells of: what was done and that it was done become durable
// together.
import type Database from 'better-sqlite3';
import { genesisHash } from '../../../contract/hash.ts';
import type { Page } from '../../ledger/page.ts';
import type { By } from '../actor.ts';
import {
  type AuditBody,
  type AuditFilter,
  type AuditRecord,
  type AuditVerified,
  auditHash,
  type StoredRecord,
  verifyRecords,
} from '../audit.ts';

/**
 * Adds a record.
 * @param action a thing and a verb, such as `exception.accept`
 * @param about the thing it was done to, such as `exception 12`
 * @param detail before and after, the reason that was given; never a secret
 */
export type Audit = (by: By, action: string, about: string, detail: Record<string, unknown>) => void;

export interface AuditTable {
  audit: Audit;
  auditRecords(filter: AuditFilter): Page<AuditRecord>;
  verifyAudit(piece: { after: number; hash: string; recordsMax: number }): AuditVerified;
}

export function createAuditTable(db: Database.Database): AuditTable {
  const newest = db.prepare<[], { number: number; hash: Buffer }>(
    'SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1',
  );
  const insert = db.prepare('INSERT INTO audit (number, body, hash) VALUES (?, ?, ?)');
  const after = db.prepare<[number, number], StoredRecord>(
    'SELECT number, body, hash FROM audit WHERE number > ? ORDER BY number LIMIT ?',
  );
  const page = db.prepare<object, StoredRecord>(
    `SELECT number, body, hash FROM audit
     WHERE number < @before AND (@action IS NULL OR action = @action) AND (@about IS NULL OR about = @about)
     ORDER BY number DESC LIMIT @rows`,
  );

  return {
    audit({ actor, nowMs }, action, about, detail) {
      const before = newest.get() ?? { number: 0, hash: genesisHash };
      const number = before.number + 1;
      const body = JSON.stringify({ atMs: nowMs, actor, action, about, detail } satisfies AuditBody);
      insert.run(number, body, auditHash(before.hash, number, body));
    },
    auditRecords({ action, about, cursor, limit }) {
      const before = cursor ?? Number.MAX_SAFE_INTEGER;
      const rows = page.all({ before, action, about, rows: limit + 1 });
      const items = rows.slice(0, limit).map(record);
      return { items, nextCursor: rows.length > limit ? (items.at(-1)?.number ?? null) : null };
    },
    verifyAudit({ after: through, hash, recordsMax }) {
      const rows = after.all(through, recordsMax + 1);
      const proved = verifyRecords({ through, hash }, rows.slice(0, recordsMax));
      return proved.kind === 'broken' ? proved : { ...proved, more: rows.length > recordsMax };
    },
  };
}

function record({ number, body, hash }: StoredRecord): AuditRecord {
  return { number, ...(JSON.parse(body) as AuditBody), hash: Buffer.from(hash).toString('hex') };
}
