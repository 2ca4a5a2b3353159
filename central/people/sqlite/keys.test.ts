// Keys in a real database: what a rotation, a revocation and an older release leave behind.
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prepare } from '../../../kit/sqlite.ts';
import { byTester } from '../../fixtures/by.ts';
import { openStoreAt, temporaryFolder } from '../../fixtures/in-process-store.ts';
import { centralApplicationId } from '../../ledger/sqlite/open.ts';
import type { SqliteStore } from '../../ledger/sqlite/store.ts';
import type { By } from '../actor.ts';
import type { NewKey } from '../port.ts';

const nowMs = 1_795_000_000_000;
const dayMs = 86_400_000;
const by = byTester(nowMs);
const hash = (byte: number) => Buffer.alloc(32, byte);
const key = (name: string, byte: number, more: Partial<NewKey> = {}): NewKey => ({
  name,
  owner: null,
  role: 'finance',
  scopes: null,
  addresses: null,
  expiresMs: null,
  hash: hash(byte),
  ...more,
});
const byKey = (name: string): By => ({ actor: { kind: 'key', name, role: 'admin', from: '::1' }, nowMs });

let folder: ReturnType<typeof temporaryFolder>;
let store: SqliteStore;
const kindOf = (byte: number, atMs = nowMs) =>
  store.admitKey({ hash: hash(byte), from: '127.0.0.1', nowMs: atMs }).kind;
beforeEach(() => {
  folder = temporaryFolder();
  store = openStoreAt(join(folder.path, 'central.db'));
});
afterEach(() => {
  store.close();
  folder.remove();
});

describe('keys', () => {
  it('are admitted with what they may do, and strangers are not', () => {
    store.createKey(key('a', 1, { scopes: ['ledger.read'] }), by);
    expect(store.admitKey({ hash: hash(1), from: '127.0.0.1', nowMs })).toEqual({
      kind: 'admitted',
      key: { name: 'a', owner: null, role: 'finance', scopes: ['ledger.read'] },
    });
    store.createKey(key('b', 3, { owner: 'ann' }), by);
    expect(store.admitKey({ hash: hash(3), from: '127.0.0.1', nowMs })).toMatchObject({
      key: { name: 'b', owner: 'ann' },
    });
    expect(kindOf(2)).toBe('unknown');
  });

  it('are valid with both secrets while they are rotated, and with the new one afterwards', () => {
    store.createKey(key('a', 1), by);
    expect(store.rotateKey({ name: 'a', hash: hash(2), oldUntilMs: nowMs + dayMs }, by).kind).toBe('changed');
    expect([kindOf(1), kindOf(2)]).toEqual(['admitted', 'admitted']);
    expect([kindOf(1, nowMs + dayMs), kindOf(2, nowMs + dayMs)]).toEqual(['expired', 'admitted']);
  });

  it('get no longer life for an old secret by another rotation', () => {
    store.createKey(key('a', 1), by);
    store.rotateKey({ name: 'a', hash: hash(2), oldUntilMs: nowMs + 5 }, by);
    store.rotateKey({ name: 'a', hash: hash(3), oldUntilMs: nowMs + dayMs }, by);
    expect([kindOf(1, nowMs + 5), kindOf(2, nowMs + 5), kindOf(3, nowMs + 5)]).toEqual([
      'expired',
      'admitted',
      'admitted',
    ]);
  });

  it('end for good when they are revoked, with every secret, and keep their name', () => {
    store.createKey(key('a', 1), by);
    store.rotateKey({ name: 'a', hash: hash(2), oldUntilMs: nowMs + dayMs }, by);
    expect(store.revokeKey({ name: 'a', reason: 'lost' }, by).kind).toBe('changed');
    expect([kindOf(1), kindOf(2)]).toEqual(['revoked', 'revoked']);
    expect(store.createKey(key('a', 3), by).kind).toBe('name_taken');
    expect(store.rotateKey({ name: 'a', hash: hash(3), oldUntilMs: nowMs }, by).kind).toBe('key_revoked');
    expect(store.revokeKey({ name: 'b', reason: 'lost' }, by).kind).toBe('key_unknown');
  });

  it('note the day of their last use, once a day', () => {
    store.createKey(key('a', 1), by);
    expect(store.keys()[0]?.lastUsedDay).toBeNull();
    kindOf(1);
    const look = new Database(join(folder.path, 'central.db'), { readonly: true });
    const version = () => look.pragma('data_version', { simple: true });
    const before = version();
    kindOf(1, nowMs + 1000);
    expect(version()).toBe(before);
    kindOf(1, nowMs + dayMs);
    expect(version()).not.toBe(before);
    look.close();
    expect(store.keys()[0]?.lastUsedDay).toBe(new Date(nowMs + dayMs).toISOString().slice(0, 10));
  });

  it('cannot be made or taken over by a narrower one', () => {
    store.createKey(key('boss', 1, { role: 'admin' }), by);
    store.createKey(key('clerk', 2, { role: 'admin', scopes: ['key.manage', 'ledger.read'] }), by);
    const clerk = byKey('clerk');
    expect(store.createKey(key('x', 3, { role: 'admin' }), clerk).kind).toBe('beyond_maker');
    expect(store.createKey(key('x', 3, { role: 'viewer', scopes: ['ledger.read'] }), clerk).kind).toBe(
      'created',
    );
    expect(store.rotateKey({ name: 'boss', hash: hash(4), oldUntilMs: nowMs }, clerk).kind).toBe(
      'beyond_maker',
    );
    expect(kindOf(4)).toBe('unknown');
    expect(kindOf(1)).toBe('admitted');
  });

  it('leave one that may manage keys, unless the person at the machine wants otherwise', () => {
    store.createKey(key('boss', 1, { role: 'admin' }), by);
    store.createKey(key('other', 2, { role: 'admin', expiresMs: nowMs }), by);
    expect(store.revokeKey({ name: 'boss', reason: 'lost' }, byKey('boss')).kind).toBe('last_admin');
    expect(store.revokeKey({ name: 'boss', reason: 'lost' }, by).kind).toBe('changed');
  });

  it('stand in the audit log with who made them, without any secret', () => {
    store.createKey(key('a', 7), by);
    const { items } = store.auditRecords({ action: null, about: 'key a', cursor: null, limit: 9 });
    expect(items).toMatchObject([
      { action: 'key.create', actor: { user: 'tester' }, detail: { role: 'finance' } },
    ]);
    expect(JSON.stringify(items)).not.toContain(hash(7).toString('hex'));
  });
});

it('makes the key of an older release the first admin', () => {
  const old = join(folder.path, 'old');
  mkdirSync(old);
  const migrations = join(import.meta.dirname, '..', '..', 'ledger', 'sqlite', 'migrations');
  for (const name of readdirSync(migrations).filter((one) => one < '0006')) {
    copyFileSync(join(migrations, name), join(old, name));
  }
  const path = join(folder.path, 'old.db');
  const db = new Database(path);
  prepare(db, old, centralApplicationId);
  db.prepare('INSERT INTO api_key (hash, created_ms) VALUES (?, ?)').run(hash(9), 5);
  db.close();

  const opened = openStoreAt(path);
  try {
    expect(opened.admitKey({ hash: hash(9), from: '::1', nowMs })).toEqual({
      kind: 'admitted',
      key: { name: 'first', owner: null, role: 'admin', scopes: null },
    });
    expect(opened.ensureFirstKey(hash(1), nowMs)).toBe(false);
  } finally {
    opened.close();
  }
});
