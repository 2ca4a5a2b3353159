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

/** What is asked for and nothing else: a condition that may be off would keep each index from being used. */
function whereOf(filter: AuditFilter): string {
  const given = (name: keyof AuditFilter) => filter[name] !== null && filter[name] !== undefined;
  const named = (['action', 'about', 'who'] as const).filter(given).map((name) => `${name} = @${name}`);
  const times = [
    ...(given('fromMs') ? ['at_ms >= @fromMs'] : []),
    ...(given('untilMs') ? ['at_ms < @untilMs'] : []),
  ];
  // Of the index alone: to read each record of a long log for its time takes half a second in which no receipt is given.
  const alone = named.length === 0 && times.length > 0;
  const inTime = alone ? [`number IN (SELECT number FROM audit WHERE ${times.join(' AND ')})`] : times;
  return ['number < @before', ...named, ...inTime].join(' AND ');
}

export function createAuditTable(db: Database.Database): AuditTable {
  const newest = db.prepare<[], { number: number; hash: Buffer }>(
    'SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1',
  );
  const insert = db.prepare('INSERT INTO audit (number, body, hash) VALUES (?, ?, ?)');
  const after = db.prepare<[number, number], StoredRecord>(
    'SELECT number, body, hash FROM audit WHERE number > ? ORDER BY number LIMIT ?',
  );
  const pages = new Map<string, Database.Statement<object, StoredRecord>>();
  const page = (filter: AuditFilter) => {
    const where = whereOf(filter);
    const sql = `SELECT number, body, hash FROM audit WHERE ${where} ORDER BY number DESC LIMIT @rows`;
    const prepared = pages.get(where) ?? db.prepare<object, StoredRecord>(sql);
    pages.set(where, prepared);
    return prepared;
  };

  return {
    audit({ actor, nowMs }, action, about, detail) {
      const before = newest.get() ?? { number: 0, hash: genesisHash };
      const number = before.number + 1;
      const body = JSON.stringify({ atMs: nowMs, actor, action, about, detail } satisfies AuditBody);
      insert.run(number, body, auditHash(before.hash, number, body));
    },
    auditRecords(filter) {
      const { cursor, limit } = filter;
      const before = cursor ?? Number.MAX_SAFE_INTEGER;
      const rows = page(filter).all({ ...filter, before, rows: limit + 1 });
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
