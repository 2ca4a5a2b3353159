// Sessions of persons in the database: hashes only. A session that is over is removed by whoever comes across it.
import type Database from 'better-sqlite3';
import {
  isSessionOver,
  type NewSession,
  type SessionView,
  sessionMsMax,
  sessionsOfPersonMax,
} from '../persons.ts';

export interface SessionTable {
  /** Of the person of that number; the oldest ends when there are too many. */
  open(person: number, session: NewSession, nowMs: number): void;
  /** Whose it is; null when it is over. @param acts it lives on */
  personOf(hash: Uint8Array, acts: boolean, nowMs: number): number | null;
  list(person: number, ownHash: Uint8Array, nowMs: number): SessionView[];
  count(person: number, nowMs: number): number;
  end(person: number, session: { number: number } | { hash: Uint8Array }): boolean;
  endByHash(hash: Uint8Array): void;
  endAll(person: number, exceptHash?: Uint8Array): number;
}

interface Row extends Omit<SessionView, 'own'> {
  hash: Buffer;
}

/** The moment of the last act is kept to the minute. */
const useMsGrain = 60_000;

export function createSessionTable(db: Database.Database): SessionTable {
  const insert = db.prepare(
    `INSERT INTO person_session (hash, person, made_ms, used_ms, until_ms, from_address, browser)
     VALUES (@hash, @person, @nowMs, @nowMs, @untilMs, @from, @browser)`,
  );
  const byHash = db.prepare<[Uint8Array], { person: number; usedMs: number; untilMs: number }>(
    'SELECT person, used_ms AS usedMs, until_ms AS untilMs FROM person_session WHERE hash = ?',
  );
  const use = db.prepare('UPDATE person_session SET used_ms = ? WHERE hash = ?');
  const ofPerson = db.prepare<[number], Row>(
    `SELECT number, hash, made_ms AS madeMs, used_ms AS usedMs, until_ms AS untilMs, from_address AS "from", browser
     FROM person_session WHERE person = ? ORDER BY number DESC`,
  );
  const removeNumber = db.prepare('DELETE FROM person_session WHERE person = ? AND number = ?');
  const removeHash = db.prepare('DELETE FROM person_session WHERE person = ? AND hash = ?');
  const remove = db.prepare('DELETE FROM person_session WHERE hash = ?');
  const removeOthers = db.prepare('DELETE FROM person_session WHERE person = ? AND hash IS NOT ?');

  const alive = (person: number, nowMs: number) =>
    ofPerson.all(person).filter((session) => !isSessionOver(session, nowMs));

  return {
    open(person, session, nowMs) {
      for (const one of ofPerson.all(person)) if (isSessionOver(one, nowMs)) remove.run(one.hash);
      for (const { hash } of ofPerson.all(person).slice(sessionsOfPersonMax - 1)) remove.run(hash);
      insert.run({ ...session, person, nowMs, untilMs: nowMs + sessionMsMax });
    },
    personOf(hash, acts, nowMs) {
      const session = byHash.get(hash);
      if (!session) return null;
      if (isSessionOver(session, nowMs)) {
        remove.run(hash);
        return null;
      }
      if (acts && nowMs - session.usedMs >= useMsGrain) use.run(nowMs, hash);
      return session.person;
    },
    list: (person, ownHash, nowMs) =>
      alive(person, nowMs).map(({ hash, ...session }) => ({ ...session, own: hash.equals(ownHash) })),
    count: (person, nowMs) => alive(person, nowMs).length,
    end(person, session) {
      const removed =
        'number' in session ? removeNumber.run(person, session.number) : removeHash.run(person, session.hash);
      return removed.changes > 0;
    },
    endByHash: (hash) => void remove.run(hash),
    endAll: (person, exceptHash) => removeOthers.run(person, exceptHash ?? null).changes,
  };
}
