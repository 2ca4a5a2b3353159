// The audit log in a real database: in the transaction of what it tells, never edited, and seen when somebody does.
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../feed/default-policy.ts';
import { byTester } from '../../fixtures/by.ts';
import { openStoreAt, temporaryFolder } from '../../fixtures/in-process-store.ts';
import { portOver } from '../../ledger/sqlite/direct-port.ts';
import type { SqliteStore } from '../../ledger/sqlite/store.ts';
import type { Actor } from '../actor.ts';
import type { AuditFilter } from '../audit.ts';
import { verifyAudit } from '../verify-audit.ts';

const nowMs = 1_795_000_000_000;
const by = byTester(nowMs);

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
let store: SqliteStore;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder.path, 'central.db');
  store = openStoreAt(path);
});
afterEach(() => {
  store.close();
  folder.remove();
});

const registered = (count: number) => {
  for (let i = 1; i <= count; i++) {
    store.transaction(() => store.registerAppliance({ id: `box-${i}`, site: 'Leeds' }, by));
  }
};
const proof = (noted: { number: number; hash: string } | null = null) => verifyAudit(portOver(store), noted);
const records = () => store.auditRecords({ action: null, about: null, cursor: null, limit: 100 }).items;

/** As somebody with the file and a tool would. */
function meddle(sql: string): void {
  const db = new Database(path);
  db.exec('DROP TRIGGER audit_is_never_edited; DROP TRIGGER audit_is_never_deleted');
  db.exec(sql);
  db.close();
}

describe('the audit log', () => {
  it('finds what one person did, by whatever way, and when, among all there is', () => {
    const did = (actor: Actor, atMs: number) =>
      store.transaction(() => store.registerAppliance({ id: `b${atMs}`, site: 'x' }, { actor, nowMs: atMs }));
    const ann = { kind: 'person', name: 'ann', role: 'admin', from: '::1' } as const;
    did(ann, 100);
    did({ ...ann, name: 'ben' }, 200);
    did({ kind: 'key', name: 'ann-laptop', owner: 'ann', role: 'admin', from: '::1' }, 300);
    did({ kind: 'command', user: 'ann', from: 'bench' }, 400);
    did({ kind: 'key', name: 'screens', role: 'viewer', from: '::1' }, 500);
    // The clock was set back before this one.
    did({ kind: 'central', rule: 'charging' }, 250);
    const found = (filter: Partial<AuditFilter>) =>
      store
        .auditRecords({ action: null, about: null, cursor: null, limit: 9, ...filter })
        .items.map(({ atMs }) => atMs);
    expect(found({ who: 'ann' })).toEqual([400, 300, 100]);
    expect(found({ who: 'screens' })).toEqual([500]);
    expect(found({ who: 'ann-laptop' }), 'by its owner').toEqual([]);
    expect(found({ who: 'charging' })).toEqual([250]);
    expect(found({ fromMs: 200, untilMs: 400 })).toEqual([250, 300, 200]);
    expect(found({ who: 'ann', fromMs: 101, untilMs: 400 })).toEqual([300]);
    expect(found({ who: 'ann', about: 'appliance b300', action: 'appliance.register' })).toEqual([300]);
    expect(found({ fromMs: 600 })).toEqual([]);
  });

  it('tells of every change who made it, what it was before and what after', () => {
    store.transaction(() => {
      store.registerAppliance({ id: 'box-1', site: 'Leeds' }, by);
      store.registerAppliance({ id: 'box-1', site: 'York' }, by);
      store.publishPolicy(defaultPolicy, by);
      store.changeHotList({ fingerprint: 'fp_1', change: 'add' }, by);
      store.changeHotList({ fingerprint: 'fp_1', change: 'add' }, by);
    });
    expect(records().map(({ number, action, about, detail }) => [number, action, about, detail])).toEqual([
      [4, 'hot_list.add', 'card fp_1', {}],
      [3, 'policy.set', 'policy', { before: 0, version: 1 }],
      [2, 'appliance.register', 'appliance box-1', { before: 'Leeds', site: 'York' }],
      [1, 'appliance.register', 'appliance box-1', { site: 'Leeds' }],
    ]);
    expect(records()[0]).toMatchObject({ atMs: nowMs, actor: { kind: 'command', user: 'tester' } });
  });

  it('tells of nothing that did not happen', async () => {
    expect(() =>
      store.transaction(() => {
        store.publishPolicy(defaultPolicy, by);
        throw new Error('the power went');
      }),
    ).toThrow('the power went');
    expect(records()).toEqual([]);
    expect(await proof()).toMatchObject({ kind: 'whole', records: 0 });
  });

  it('pages by number, and finds what was done to one thing', () => {
    registered(5);
    const first = store.auditRecords({ action: 'appliance.register', about: null, cursor: null, limit: 2 });
    expect(first.items.map(({ number }) => number)).toEqual([5, 4]);
    const next = { action: 'appliance.register', about: null, cursor: first.nextCursor, limit: 9 };
    expect(store.auditRecords(next)).toMatchObject({ items: [{ number: 3 }, {}, {}], nextCursor: null });
    const one = { action: null, about: 'appliance box-2', cursor: null, limit: 9 };
    expect(store.auditRecords(one).items).toHaveLength(1);
  });

  it.each(["UPDATE audit SET body = '{}'", 'DELETE FROM audit'])('refuses %s', (sql) => {
    registered(1);
    const db = new Database(path);
    expect(() => db.exec(sql)).toThrow(/never/);
    db.close();
  });

  it('is proved in pieces as long as it is', async () => {
    registered(3);
    const { hash } = store.auditRecords({ action: null, about: null, cursor: null, limit: 1 }).items[0] ?? {
      hash: '',
    };
    expect(await proof()).toEqual({ kind: 'whole', records: 3, hash });
    let at = { through: 0, hash: '00'.repeat(32) };
    for (const more of [true, true, false]) {
      const piece = store.verifyAudit({ after: at.through, hash: at.hash, recordsMax: 1 });
      if (piece.kind !== 'whole') return expect.fail(piece.detail);
      expect(piece.more).toBe(more);
      at = piece;
    }
    expect(at.hash).toBe(hash);
  });

  it.each([
    ['a word is changed', `UPDATE audit SET body = replace(body, 'Leeds', 'Leads') WHERE number = 2`, 2],
    ['the first is gone', 'DELETE FROM audit WHERE number = 1', 1],
    ['one in the middle is gone', 'DELETE FROM audit WHERE number = 3', 3],
    ['a hash is changed', `UPDATE audit SET hash = zeroblob(32) WHERE number = 4`, 4],
    [
      'two change their places',
      `CREATE TEMP TABLE kept AS SELECT * FROM audit; UPDATE audit SET body = (SELECT body FROM kept WHERE number = 5 - audit.number) WHERE number IN (2, 3)`,
      2,
    ],
  ])('shows where it is broken when %s', async (_, sql, number) => {
    registered(5);
    meddle(sql);
    expect(await proof()).toMatchObject({ kind: 'broken', number });
  });

  it('shows by a noted record that its end was cut off, or that all of it was written anew', async () => {
    registered(5);
    const whole = await proof();
    if (whole.kind !== 'whole') return expect.fail(whole.detail);
    const noted = { number: whole.records, hash: whole.hash };
    registered(6);
    expect(await proof(noted)).toMatchObject({ kind: 'whole', records: 11 });
    meddle('DELETE FROM audit WHERE number > 4');
    expect(await proof()).toMatchObject({ kind: 'whole', records: 4 });
    expect(await proof(noted)).toMatchObject({ kind: 'broken', number: 5 });
    registered(1);
    expect(await proof(noted)).toMatchObject({ kind: 'broken', number: 5 });
  });
});
