// The keys of the operators' HTTP in the database: hashes only. Every change is in the audit log.
import { timingSafeEqual } from 'node:crypto';
import type Database from 'better-sqlite3';
import { present } from '../../../kit/assert.ts';
import { actorWords, type By } from '../actor.ts';
import { beyondMaker, judgeKey, type KeyView, keysMax, type Rights, scopesBeyond } from '../keys.ts';
import type { KeyChanged, NewKey, PeopleCalls } from '../port.ts';
import type { Action, Role } from '../roles.ts';
import type { Audit } from './audit.ts';

interface KeyRow {
  number: number;
  name: string;
  owner: string | null;
  role: Role;
  scopes: string | null;
  addresses: string | null;
  createdMs: number;
  createdBy: string;
  expiresMs: number | null;
  revokedMs: number | null;
  lastUsedDay: string | null;
}

interface KeyTable
  extends Pick<
    PeopleCalls,
    'ensureFirstKey' | 'admitKey' | 'createKey' | 'keys' | 'rotateKey' | 'revokeKey'
  > {
  /** Null for a key that is not there. */
  rightsOf(name: string): Rights | null;
}

const keyColumns = `number, name, owner, role, scopes, addresses, created_ms AS createdMs, created_by AS createdBy,
  expires_ms AS expiresMs, revoked_ms AS revokedMs, last_used_day AS lastUsedDay FROM operator_key`;

export function createKeyTable(db: Database.Database, audit: Audit): KeyTable {
  const count = db.prepare<[], number>('SELECT count(*) FROM operator_key').pluck();
  const find = db.prepare<[string], KeyRow>(`SELECT ${keyColumns} WHERE name = ?`);
  const byNumber = db.prepare<[number], KeyRow>(`SELECT ${keyColumns} WHERE number = ?`);
  const all = db.prepare<[], KeyRow>(`SELECT ${keyColumns} ORDER BY name`);
  const insert = db.prepare(
    `INSERT INTO operator_key (name, owner, role, scopes, addresses, created_ms, created_by, expires_ms)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const revoke = db.prepare('UPDATE operator_key SET revoked_ms = ? WHERE number = ?');
  const used = db.prepare(
    'UPDATE operator_key SET last_used_day = ? WHERE number = ? AND last_used_day IS NOT ?',
  );
  const hashes = db.prepare<[], { hash: Buffer; key: number; untilMs: number | null }>(
    'SELECT hash, operator_key AS key, until_ms AS untilMs FROM operator_secret',
  );
  const secretsOf = db.prepare<[number], { madeMs: number; untilMs: number | null }>(
    `SELECT made_ms AS madeMs, until_ms AS untilMs FROM operator_secret WHERE operator_key = ?
     ORDER BY made_ms DESC, until_ms IS NOT NULL`,
  );
  const insertSecret = db.prepare(
    'INSERT INTO operator_secret (hash, operator_key, made_ms) VALUES (?, ?, ?)',
  );
  const endSecrets = db.prepare(
    'UPDATE operator_secret SET until_ms = min(coalesce(until_ms, @untilMs), @untilMs) WHERE operator_key = @key',
  );
  const dropOver = db.prepare('DELETE FROM operator_secret WHERE operator_key = ? AND until_ms <= ?');
  const otherAdmins = db
    .prepare<[number, number], number>(
      `SELECT count(*) FROM operator_key WHERE role = 'admin' AND number <> ? AND revoked_ms IS NULL
       AND scopes IS NULL AND (expires_ms IS NULL OR expires_ms > ?)`,
    )
    .pluck();

  const view = ({ number, scopes, addresses, ...row }: KeyRow): KeyView => ({
    ...row,
    scopes: scopes === null ? null : (JSON.parse(scopes) as Action[]),
    addresses: addresses === null ? null : (JSON.parse(addresses) as string[]),
    secrets: secretsOf.all(number),
  });
  const changed = (number: number): KeyChanged => ({
    kind: 'changed',
    key: view(present(byNumber.get(number), 'the key')),
  });

  function add(key: NewKey, { actor, nowMs }: By): KeyView {
    const { name, owner, role, scopes, addresses, expiresMs, hash } = key;
    const list = (items: readonly string[] | null) => (items === null ? null : JSON.stringify(items));
    const who = actorWords(actor);
    const limits = [list(scopes), list(addresses)];
    const { lastInsertRowid } = insert.run(name, owner, role, ...limits, nowMs, who, expiresMs);
    insertSecret.run(hash, lastInsertRowid, nowMs);
    audit({ actor, nowMs }, 'key.create', `key ${name}`, { owner, role, scopes, addresses, expiresMs });
    return view(present(find.get(name), 'the key just made'));
  }

  /** The secret's key; all are compared with, in the same time whichever it is. */
  function known(hash: Uint8Array): { key: number; untilMs: number | null } | null {
    let match: { key: number; untilMs: number | null } | null = null;
    for (const one of hashes.iterate()) if (timingSafeEqual(one.hash, hash)) match = one;
    return match;
  }

  /** What the key could do and whoever asks may not. The person at the shell may do everything. */
  function beyond(key: Rights, { actor }: By): Action[] {
    if (actor.kind === 'person') return beyondMaker({ role: actor.role, scopes: null }, key);
    const maker = actor.kind === 'key' ? find.get(actor.name) : undefined;
    return maker === undefined ? [] : beyondMaker(view(maker), key);
  }

  return {
    ensureFirstKey(hash, nowMs) {
      if (count.get() !== 0) return false;
      const key: NewKey = {
        name: 'first',
        owner: null,
        role: 'admin',
        scopes: null,
        addresses: null,
        expiresMs: null,
        hash,
      };
      add(key, { actor: { kind: 'central', rule: 'first start' }, nowMs });
      return true;
    },
    admitKey({ hash, from, nowMs }) {
      const secret = known(hash);
      if (secret === null) return { kind: 'unknown' };
      const row = present(byNumber.get(secret.key), 'the key of a secret');
      const admission = judgeKey(view(row), secret.untilMs, { from, nowMs });
      const day = new Date(nowMs).toISOString().slice(0, 10);
      if (admission.kind === 'admitted' && row.lastUsedDay !== day) used.run(day, row.number, day);
      return admission;
    },
    createKey(key, by) {
      if (find.get(key.name)) return { kind: 'name_taken' };
      if ((count.get() ?? 0) >= keysMax) return { kind: 'keys_full' };
      const scopes = scopesBeyond(key.role, key.scopes ?? []);
      if (scopes.length > 0) return { kind: 'scopes_beyond_role', scopes };
      const actions = beyond(key, by);
      if (actions.length > 0) return { kind: 'beyond_maker', actions };
      return { kind: 'created', key: add(key, by) };
    },
    keys: () => all.all().map(view),
    rightsOf(name) {
      const row = find.get(name);
      return row ? view(row) : null;
    },
    rotateKey({ name, hash, oldUntilMs }, by) {
      const row = find.get(name);
      if (!row) return { kind: 'key_unknown' };
      if (row.revokedMs !== null) return { kind: 'key_revoked' };
      const actions = beyond(view(row), by);
      if (actions.length > 0) return { kind: 'beyond_maker', actions };
      endSecrets.run({ key: row.number, untilMs: oldUntilMs });
      dropOver.run(row.number, by.nowMs);
      insertSecret.run(hash, row.number, by.nowMs);
      audit(by, 'key.rotate', `key ${name}`, { oldUntilMs });
      return changed(row.number);
    },
    revokeKey({ name, reason }, by) {
      const row = find.get(name);
      if (!row) return { kind: 'key_unknown' };
      if (row.revokedMs !== null) return { kind: 'key_revoked' };
      const lastAdmin =
        row.role === 'admin' && row.scopes === null && otherAdmins.get(row.number, by.nowMs) === 0;
      if (lastAdmin && by.actor.kind === 'key') return { kind: 'last_admin' };
      revoke.run(by.nowMs, row.number);
      audit(by, 'key.revoke', `key ${name}`, { role: row.role, reason });
      return changed(row.number);
    },
  };
}
