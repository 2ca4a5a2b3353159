// When conditions and outages of each box began and ended, as far as it said.
import type Database from 'better-sqlite3';
import { type EventChange, eventKey, type FleetEvent } from '../series/timeline.ts';

export interface Events {
  /** What holds, by `eventKey`, with since when. */
  open(ref: number): ReadonlyMap<string, number>;
  change(ref: number, change: EventChange): void;
  /** The newest first: what held at any moment between two. */
  between(ref: number, fromMs: number, toMs: number, countMax: number): FleetEvent[];
  /** Keeps the newest of what ended. */
  forget(ref: number, nowMs: number): void;
}

export const eventsKeptMs = 400 * 86_400_000;
/** A box whose conditions come and go with every report must not fill the file. */
export const eventsMax = 2000;

export function createEvents(db: Database.Database): Events {
  const insert = db.prepare(
    `INSERT INTO event (appliance_ref, kind, code, since_ms, until_ms) VALUES (@ref, @kind, @code, @sinceMs, @untilMs)
     ON CONFLICT DO NOTHING`,
  );
  const end = db.prepare(
    'UPDATE event SET until_ms = ? WHERE appliance_ref = ? AND kind = ? AND code = ? AND until_ms IS NULL',
  );
  const holding = db.prepare<[number], { kind: FleetEvent['kind']; code: string; sinceMs: number }>(
    'SELECT kind, code, since_ms AS sinceMs FROM event WHERE appliance_ref = ? AND until_ms IS NULL',
  );
  const page = db.prepare<[number, number, number, number], FleetEvent>(
    `SELECT kind, code, since_ms AS sinceMs, until_ms AS untilMs FROM event
     WHERE appliance_ref = ? AND since_ms <= ? AND coalesce(until_ms, 9e15) >= ? ORDER BY since_ms DESC, number DESC LIMIT ?`,
  );
  const dropOld = db.prepare('DELETE FROM event WHERE appliance_ref = ? AND until_ms < ?');
  const dropMany = db.prepare(
    `DELETE FROM event WHERE number IN (SELECT number FROM event WHERE appliance_ref = ? AND until_ms IS NOT NULL
       ORDER BY since_ms DESC LIMIT -1 OFFSET ?)`,
  );
  return {
    open: (ref) => new Map(holding.all(ref).map((event) => [eventKey(event), event.sinceMs])),
    change(ref, change) {
      if (change.kind === 'began') insert.run({ ref, ...change.event });
      else end.run(change.untilMs, ref, change.of.kind, change.of.code);
    },
    between: (ref, fromMs, toMs, countMax) => page.all(ref, toMs, fromMs, countMax),
    forget(ref, nowMs) {
      dropOld.run(ref, nowMs - eventsKeptMs);
      dropMany.run(ref, eventsMax);
    },
  };
}
