// When the policy and the catalogue in force came into force here, so that a status can say how old they are.
import type { Database } from 'better-sqlite3';
import type { Clock } from '../../kit/clock.ts';

type Kind = 'policy' | 'catalogue';

export interface InForceSince {
  /** Notes a version the first time it is seen; true for a new one. */
  note(kind: Kind, version: number | null): boolean;
  /** Null before the first version, and when the clock has gone back behind its moment. */
  ageMs(kind: Kind): number | null;
}

export function openInForceSince(db: Database, clock: Clock): InForceSince {
  const save = db.prepare(
    `INSERT INTO in_force_since (kind, version, wall_ms) VALUES (?, ?, ?)
     ON CONFLICT DO UPDATE SET version = excluded.version, wall_ms = excluded.wall_ms WHERE version <> excluded.version`,
  );
  const find = db.prepare<[Kind], number>('SELECT wall_ms FROM in_force_since WHERE kind = ?').pluck();
  return {
    note(kind, version) {
      return version !== null && save.run(kind, version, clock.wallMs()).changes > 0;
    },
    ageMs(kind) {
      const sinceMs = find.get(kind);
      const ageMs = sinceMs === undefined ? -1 : clock.wallMs() - sinceMs;
      return ageMs < 0 ? null : ageMs;
    },
  };
}
