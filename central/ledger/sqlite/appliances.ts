// Appliances and their journals: who is known, where each journal stands, and hello.
import type Database from 'better-sqlite3';
import { genesisHash } from '../../../contract/hash.ts';
import { assert } from '../../../kit/assert.ts';
import type { By } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { HelloFacts, HelloResult, ReceivedPosition } from '../port.ts';
import type { FeedPosition } from '../views.ts';

export interface ApplianceRow {
  ref: number;
  public_key: Buffer | null;
  feed_id: string;
  feed_head: number;
  /** Its last hello; null: none since central notes it. */
  hello_ms: number | null;
  applied_through: number;
}

export interface JournalRow {
  ref: number;
  received_through: number;
  received_hash: Buffer;
  condition: string | null;
}

export interface ApplianceTable {
  find(id: string): ApplianceRow | null;
  /** Makes it known when it is not; its feed begins with what `greet` appends. */
  ensure(id: string, nowMs: number): ApplianceRow;
  /** Makes it known with its site, or changes its site. */
  register(id: string, site: string | null, by: By): void;
  journal(applianceRef: number, journalId: string): JournalRow | null;
  ensureJournal(applianceRef: number, journalId: string): JournalRow;
  /** Moves the received position forward; a run that continues the chain ends a condition. */
  receivedThrough(journalRef: number, receivedThrough: number, hash: Uint8Array): void;
  diverged(journalRef: number, nowMs: number): void;
  /** Another journal goes on from it: what was wrong with its history is told. */
  followed(journalRef: number): void;
  heard(applianceRef: number, nowMs: number): void;
  hello(facts: HelloFacts): HelloResult;
}

/** @param parts.greet called once for a newcomer: puts the current policy and catalogue into its feed */
export function createApplianceTable(
  db: Database.Database,
  parts: { newId: () => string; greet: (applianceRef: number) => void; audit: Audit },
): ApplianceTable {
  const { newId, greet, audit } = parts;
  const find = db.prepare<[string], ApplianceRow>(
    'SELECT ref, public_key, feed_id, feed_head, applied_through, hello_ms FROM appliance WHERE id = ?',
  );
  const insert = db.prepare('INSERT INTO appliance (id, registered_ms, feed_id) VALUES (?, ?, ?)');
  const siteOf = db.prepare<[string], { site: string | null }>('SELECT site FROM appliance WHERE id = ?');
  const setSite = db.prepare('UPDATE appliance SET site = ? WHERE id = ?');
  const heard = db.prepare('UPDATE appliance SET last_heard_ms = ? WHERE ref = ?');
  const greeted = db.prepare(
    'UPDATE appliance SET public_key = ?, release = ?, last_heard_ms = ?, hello_ms = ?, feed_id = ?, applied_through = ? WHERE ref = ?',
  );
  const journal = db.prepare<[number, string], JournalRow>(
    'SELECT ref, received_through, received_hash, condition FROM journal WHERE appliance_ref = ? AND id = ?',
  );
  const insertJournal = db.prepare('INSERT INTO journal (appliance_ref, id, received_hash) VALUES (?, ?, ?)');
  const receivedThrough = db.prepare(
    `UPDATE journal SET received_through = ?, received_hash = ?, condition = NULL, condition_since_ms = NULL
     WHERE ref = ?`,
  );
  const diverged = db.prepare(
    `UPDATE journal SET condition = 'history_diverged', condition_since_ms = coalesce(condition_since_ms, ?)
     WHERE ref = ?`,
  );
  const agreed = db.prepare(
    'UPDATE journal SET condition = NULL, condition_since_ms = NULL WHERE ref = ? AND condition IS NOT NULL',
  );

  const table: ApplianceTable = {
    find: (id) => find.get(id) ?? null,
    ensure(id, nowMs) {
      const known = table.find(id);
      if (known) return known;
      const { lastInsertRowid } = insert.run(id, nowMs, newId());
      greet(Number(lastInsertRowid));
      const row = table.find(id);
      assert(row !== null, 'an appliance just made is there');
      return row;
    },
    register(id, site, by) {
      const known = siteOf.get(id);
      table.ensure(id, by.nowMs);
      setSite.run(site, id);
      const before = known === undefined ? {} : { before: known.site };
      audit(by, 'appliance.register', `appliance ${id}`, { ...before, site });
    },
    journal: (applianceRef, journalId) => journal.get(applianceRef, journalId) ?? null,
    ensureJournal(applianceRef, journalId) {
      const known = table.journal(applianceRef, journalId);
      if (known) return known;
      insertJournal.run(applianceRef, journalId, genesisHash);
      const row = table.journal(applianceRef, journalId);
      assert(row !== null, 'a journal just made is there');
      return row;
    },
    receivedThrough: (journalRef, seq, hash) => void receivedThrough.run(seq, hash, journalRef),
    diverged: (journalRef, nowMs) => void diverged.run(nowMs, journalRef),
    followed: (journalRef) => void agreed.run(journalRef),
    heard: (applianceRef, nowMs) => void heard.run(nowMs, applianceRef),
    hello(facts) {
      const appliance = table.ensure(facts.applianceId, facts.nowMs);
      const feed = feedAfterHello(appliance, facts, newId);
      const { publicKey, release, nowMs } = facts;
      greeted.run(publicKey, release, nowMs, nowMs, feed.feedId, feed.appliedThrough, appliance.ref);
      const row = table.ensureJournal(appliance.ref, facts.journalId);
      const position = positionOf(facts.journalId, row);
      switch (compareHistory(position, facts)) {
        case 'diverged':
          diverged.run(nowMs, row.ref);
          return { kind: 'diverged', position };
        case 'agrees':
          agreed.run(row.ref);
          return { kind: 'welcome', position, feed };
        case 'longer':
          return { kind: 'welcome', position, feed };
      }
    },
  };
  return table;
}

export function positionOf(journalId: string, row: JournalRow): ReceivedPosition {
  return { journalId, receivedThrough: row.received_through, hash: row.received_hash.toString('hex') };
}

/** `longer` cannot be judged yet: the first run that follows proves itself by its chain. */
function compareHistory(position: ReceivedPosition, facts: HelloFacts): 'diverged' | 'agrees' | 'longer' {
  // A journal shorter than its receipt was restored or copied; going on would reuse numbers (I3).
  if (facts.lastSeq < position.receivedThrough) return 'diverged';
  if (facts.lastSeq > position.receivedThrough) return 'longer';
  return facts.lastHash === position.hash ? 'agrees' : 'diverged';
}

/**
 * The feed goes on after what the appliance has applied. One that has applied more of it than there is met a central
 * restored from a backup: its feed begins again under a new name, or it would wait for ever for positions long used.
 */
function feedAfterHello(appliance: ApplianceRow, facts: HelloFacts, newId: () => string): FeedPosition {
  const { feed_id: feedId, feed_head: head } = appliance;
  if (facts.feedId !== feedId) return { feedId, head, appliedThrough: 0 };
  if (facts.appliedThrough > head) return { feedId: newId(), head, appliedThrough: 0 };
  return { feedId, head, appliedThrough: facts.appliedThrough };
}
