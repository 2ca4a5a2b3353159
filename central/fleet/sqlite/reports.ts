// fleet.db: the newest report of each box. What comes within a second is written in one transaction, and a read writes what
// waits first.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { HealthReport } from '../../../contract/health.ts';
import type { Clock } from '../../../kit/clock.ts';
import { openExpendable } from '../../../kit/expendable-file.ts';
import type { Log } from '../../../kit/log.ts';
import type { HeardReport, Reports } from '../port.ts';

/** "HFFL": marks the file as what central knows of its fleet. */
const applicationId = 0x4846464c;
const gatherMs = 1000;

export function fleetPath(dataFolder: string): string {
  return join(dataFolder, 'fleet.db');
}

/** Opens fleet.db, made when it is missing; whatever is wrong with it, reports are heard. */
export function openReports(dataFolder: string, parts: { clock: Clock; log: Log }): Reports {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const { db, opened } = openExpendable(fleetPath(dataFolder), {
    connect: (path) => new Database(path),
    migrations: join(import.meta.dirname, 'migrations'),
    applicationId,
    cacheKibibytes: 4096,
  });
  if (opened !== 'as_it_was')
    parts.log.warn({ opened }, 'fleet.db could not be used; every box says again how it is');
  const insert = db.prepare(
    `INSERT INTO report (appliance_id, heard_ms, body) VALUES (?, ?, ?)
     ON CONFLICT (appliance_id) DO UPDATE SET heard_ms = excluded.heard_ms, body = excluded.body`,
  );
  const find = finder(db);
  const waiting = new Map<string, HeardReport>();
  let cancel: (() => void) | null = null;

  const writeAll = db.transaction(() => {
    for (const [id, { report, heardMs }] of waiting) insert.run(id, heardMs, JSON.stringify(report));
  });
  const write = () => {
    cancel?.();
    cancel = null;
    try {
      writeAll();
    } catch (error) {
      // A full disk: the ledger says so, and the boxes will say again how they are.
      parts.log.warn(
        { reports: waiting.size, error: (error as Error).message },
        'health reports were not kept',
      );
    }
    waiting.clear();
  };

  return {
    note(applianceId, heard) {
      waiting.set(applianceId, heard);
      cancel ??= parts.clock.after(gatherMs, write);
    },
    of(applianceId) {
      if (waiting.size > 0) write();
      return find(applianceId);
    },
    close() {
      write();
      db.close();
    },
  };
}

/** For a command beside the running service, which is a second ahead at most. Where there is no file nobody reported yet. */
export function reportsAtRest(dataFolder: string): Pick<Reports, 'of' | 'close'> {
  const path = fleetPath(dataFolder);
  if (!existsSync(path)) return { of: () => null, close() {} };
  const db = new Database(path, { readonly: true });
  return { of: finder(db), close: () => void db.close() };
}

function finder(db: Database.Database): Reports['of'] {
  const find = db.prepare<[string], { heardMs: number; body: string }>(
    'SELECT heard_ms AS heardMs, body FROM report WHERE appliance_id = ?',
  );
  return (applianceId) => {
    const row = find.get(applianceId);
    return row ? { report: HealthReport.parse(JSON.parse(row.body)), heardMs: row.heardMs } : null;
  };
}
