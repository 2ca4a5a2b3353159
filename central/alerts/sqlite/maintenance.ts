// Windows in which nobody is called.
import type Database from 'better-sqlite3';
import { present } from '../../../kit/assert.ts';
import type { Actor } from '../../people/actor.ts';
import type { Audit } from '../../people/sqlite/audit.ts';
import type { AlertCalls } from '../port.ts';
import type { Maintenance, MaintenanceScope } from '../words.ts';

type MaintenanceTable = Pick<AlertCalls, 'createMaintenance' | 'maintenance' | 'endMaintenance'>;

interface Row extends Omit<Maintenance, 'scope' | 'by'> {
  scope: MaintenanceScope['kind'];
  scopeId: string | null;
  actor: string;
}

/** That hold or will hold. */
export const windowsMax = 500;

export function createMaintenanceTable(db: Database.Database, audit: Audit): MaintenanceTable {
  const columns = `number, scope, scope_id AS scopeId, from_ms AS fromMs, until_ms AS untilMs, reason, actor, ended_ms AS endedMs
    FROM maintenance`;
  const one = db.prepare<[number], Row>(`SELECT ${columns} WHERE number = ?`);
  const newest = db.prepare<[number], Row>(`SELECT ${columns} ORDER BY number DESC LIMIT ?`);
  const holding = db.prepare<[number, number], Row>(
    `SELECT ${columns} WHERE until_ms > ? AND ended_ms IS NULL ORDER BY number DESC LIMIT ?`,
  );
  const insert = db.prepare(
    `INSERT INTO maintenance (scope, scope_id, from_ms, until_ms, reason, actor) VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const end = db.prepare('UPDATE maintenance SET ended_ms = ? WHERE number = ?');
  const find = (number: number) => windowOf(present(one.get(number), 'the window'));
  return {
    createMaintenance({ scope, fromMs, untilMs, reason }, by) {
      if (holding.all(by.nowMs, windowsMax).length === windowsMax) return { kind: 'full' };
      const made = insert.run(scope.kind, idOf(scope), fromMs, untilMs, reason, JSON.stringify(by.actor));
      const number = Number(made.lastInsertRowid);
      audit(by, 'maintenance.create', `maintenance ${number}`, { scope, fromMs, untilMs, reason });
      return { kind: 'created', window: find(number) };
    },
    maintenance: ({ holdingMs, limit }) =>
      (holdingMs === null ? newest.all(limit) : holding.all(holdingMs, limit)).map(windowOf),
    endMaintenance(number, reason, by) {
      const row = one.get(number);
      if (!row) return { kind: 'window_unknown' };
      if (row.endedMs !== null || row.untilMs <= by.nowMs) return { kind: 'window_over' };
      end.run(by.nowMs, number);
      audit(by, 'maintenance.end', `maintenance ${number}`, { reason });
      return { kind: 'ended', window: find(number) };
    },
  };
}

function windowOf({ scope, scopeId, actor, ...row }: Row): Maintenance {
  return { ...row, scope: scopeOf(scope, scopeId), by: JSON.parse(actor) as Actor };
}

function scopeOf(kind: MaintenanceScope['kind'], id: string | null): MaintenanceScope {
  if (kind === 'all') return { kind };
  const named = present(id, 'what the window is for');
  return kind === 'site' ? { kind, site: named } : { kind, applianceId: named };
}

function idOf(scope: MaintenanceScope): string | null {
  if (scope.kind === 'all') return null;
  return scope.kind === 'site' ? scope.site : scope.applianceId;
}
