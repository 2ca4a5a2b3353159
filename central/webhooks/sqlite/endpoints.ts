// The endpoints of the merchant's own systems, with the secrets that sign what they are sent.
import type Database from 'better-sqlite3';
import { present } from '../../../kit/assert.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { OutboundType } from '../outbound.ts';
import type { EndpointChanged, EndpointView, OutboundCalls } from '../outbound-port.ts';

export interface EndpointTable
  extends Pick<OutboundCalls, 'createEndpoint' | 'endpoints' | 'switchEndpoint' | 'rotateEndpoint'> {
  /** Those that want to hear of it. */
  subscribed(type: OutboundType): number[];
  exists(number: number): boolean;
  /** The secrets that are valid, the newest first. */
  secrets(number: number, nowMs: number): string[];
}

export const endpointsMax = 100;
/** One that is being replaced, and its successor. */
const secretsMax = 2;

interface EndpointRow {
  number: number;
  url: string;
  types: string;
  note: string;
  state: EndpointView['state'];
  createdMs: number;
}

export function createEndpointTable(db: Database.Database, audit: Audit): EndpointTable {
  const columns = 'ref AS number, url, types, note, state, created_ms AS createdMs FROM outbound_endpoint';
  const all = db.prepare<[], EndpointRow>(`SELECT ${columns} ORDER BY ref`);
  const one = db.prepare<[number], EndpointRow>(`SELECT ${columns} WHERE ref = ?`);
  const insert = db.prepare(
    `INSERT INTO outbound_endpoint (url, types, note, state, created_ms) VALUES (?, ?, ?, 'enabled', ?)`,
  );
  const setState = db.prepare('UPDATE outbound_endpoint SET state = ? WHERE ref = ?');
  const enabled = db.prepare<[], { number: number; types: string }>(
    `SELECT ref AS number, types FROM outbound_endpoint WHERE state = 'enabled' ORDER BY ref`,
  );
  const secrets = db.prepare<
    [number, number],
    { number: number; secret: string; createdMs: number; endsMs: number | null }
  >(
    `SELECT number, secret, created_ms AS createdMs, ends_ms AS endsMs FROM outbound_secret
     WHERE endpoint_ref = ? AND (ends_ms IS NULL OR ends_ms > ?) ORDER BY number DESC LIMIT ${secretsMax}`,
  );
  const newestSecret = db
    .prepare<[number], number | null>('SELECT max(number) FROM outbound_secret WHERE endpoint_ref = ?')
    .pluck();
  const insertSecret = db.prepare(
    'INSERT INTO outbound_secret (endpoint_ref, number, secret, created_ms) VALUES (?, ?, ?, ?)',
  );
  // What no longer signs is not kept.
  const dropSecrets = db.prepare('DELETE FROM outbound_secret WHERE endpoint_ref = ? AND number < ?');
  const endSecret = db.prepare(
    'UPDATE outbound_secret SET ends_ms = ? WHERE endpoint_ref = ? AND number = ?',
  );
  const open = db.prepare<[number], { waiting: number; dead: number }>(
    `SELECT count(*) FILTER (WHERE state = 'waiting') AS waiting, count(*) FILTER (WHERE state = 'dead') AS dead
     FROM outbound_delivery WHERE endpoint_ref = ?`,
  );

  function view({ types, ...row }: EndpointRow, nowMs: number): EndpointView {
    return {
      ...row,
      types: JSON.parse(types) as OutboundType[],
      secrets: secrets.all(row.number, nowMs).map(({ createdMs, endsMs }) => ({ createdMs, endsMs })),
      ...present(open.get(row.number), 'a count'),
    };
  }
  function changed(number: number, nowMs: number): EndpointChanged {
    const row = one.get(number);
    return row ? { kind: 'changed', endpoint: view(row, nowMs) } : { kind: 'endpoint_unknown' };
  }

  return {
    createEndpoint({ url, types, note, secret }, by) {
      if (all.all().length >= endpointsMax) return { kind: 'full' };
      const { lastInsertRowid } = insert.run(url, JSON.stringify([...new Set(types)]), note, by.nowMs);
      const number = Number(lastInsertRowid);
      insertSecret.run(number, 1, secret, by.nowMs);
      audit(by, 'outbound.create', `endpoint ${number}`, { url, types, note });
      return { kind: 'created', endpoint: view(present(one.get(number), 'the endpoint'), by.nowMs) };
    },
    endpoints: (nowMs) => all.all().map((row) => view(row, nowMs)),
    switchEndpoint({ number, state, reason }, by) {
      const before = one.get(number);
      if (!before) return { kind: 'endpoint_unknown' };
      setState.run(state, number);
      const detail = { before: before.state, after: state, reason };
      audit(by, `outbound.${state === 'enabled' ? 'enable' : 'disable'}`, `endpoint ${number}`, detail);
      return changed(number, by.nowMs);
    },
    rotateEndpoint({ number, secret, oldUntilMs }, by) {
      const newest = newestSecret.get(number) ?? null;
      if (newest === null) return { kind: 'endpoint_unknown' };
      dropSecrets.run(number, newest);
      endSecret.run(oldUntilMs, number, newest);
      insertSecret.run(number, newest + 1, secret, by.nowMs);
      audit(by, 'outbound.rotate', `endpoint ${number}`, { oldUntilMs });
      return changed(number, by.nowMs);
    },
    subscribed: (type) =>
      enabled.all().flatMap(({ number, types }) => (JSON.parse(types).includes(type) ? [number] : [])),
    exists: (number) => one.get(number) !== undefined,
    secrets: (number, nowMs) => secrets.all(number, nowMs).map(({ secret }) => secret),
  };
}
