// Persons in the database: hashes of their passwords, the secrets of their apps. Every change is in the audit log.
import type Database from 'better-sqlite3';
import { present } from '../../../kit/assert.ts';
import { type Actor, actorWords, type By } from '../actor.ts';
import { beyondMaker, type Rights } from '../keys.ts';
import type { PersonCalls, PersonChanged } from '../person-port.ts';
import { type NewSession, type PersonView, personsMax } from '../persons.ts';
import type { Role } from '../roles.ts';
import { totpStep } from '../totp.ts';
import type { Audit } from './audit.ts';
import { createSessionTable } from './sessions.ts';

interface PersonRow {
  number: number;
  name: string;
  role: Role;
  createdMs: number;
  createdBy: string;
  endedMs: number | null;
  password: string | null;
  totpSecret: Buffer | null;
  totpStep: number;
  totpOffered: Buffer | null;
  linkHash: Buffer | null;
  linkUntilMs: number | null;
  lastSignInMs: number | null;
}

const columns = `number, name, role, created_ms AS createdMs, created_by AS createdBy, ended_ms AS endedMs, password,
  totp_secret AS totpSecret, totp_step AS totpStep, totp_offered AS totpOffered, link_hash AS linkHash,
  link_until_ms AS linkUntilMs, last_sign_in_ms AS lastSignInMs FROM person`;

/** @param rightsOfKey what a key may; null for one that is not there */
export function createPersonTable(
  db: Database.Database,
  audit: Audit,
  rightsOfKey: (name: string) => Rights | null,
): PersonCalls {
  const sessions = createSessionTable(db);
  const count = db.prepare<[], number>('SELECT count(*) FROM person').pluck();
  const all = db.prepare<[], PersonRow>(`SELECT ${columns} ORDER BY name`);
  const find = db.prepare<[string], PersonRow>(`SELECT ${columns} WHERE name = ?`);
  const byNumber = db.prepare<[number], PersonRow>(`SELECT ${columns} WHERE number = ?`);
  const byLink = db.prepare<[Uint8Array], PersonRow>(`SELECT ${columns} WHERE link_hash = ?`);
  const insert = db.prepare(
    `INSERT INTO person (name, role, created_ms, created_by, link_hash, link_until_ms) VALUES (?, ?, ?, ?, ?, ?)`,
  );
  const setRole = db.prepare('UPDATE person SET role = ? WHERE number = ?');
  const setEnd = db.prepare(
    `UPDATE person SET ended_ms = ?, password = NULL, totp_secret = NULL, totp_offered = NULL, link_hash = NULL,
       link_until_ms = NULL WHERE number = ?`,
  );
  const setLink = db.prepare(
    `UPDATE person SET link_hash = ?, link_until_ms = ?, password = NULL, totp_secret = NULL, totp_offered = NULL
     WHERE number = ?`,
  );
  const burnLink = db.prepare('UPDATE person SET link_hash = NULL, link_until_ms = NULL WHERE number = ?');
  const setPassword = db.prepare('UPDATE person SET password = ? WHERE number = ?');
  const offer = db.prepare('UPDATE person SET totp_offered = ? WHERE number = ?');
  const setTotp = db.prepare(
    'UPDATE person SET totp_secret = totp_offered, totp_offered = NULL, totp_step = ? WHERE number = ?',
  );
  const setStep = db.prepare('UPDATE person SET totp_step = ? WHERE number = ?');
  const setSignIn = db.prepare('UPDATE person SET last_sign_in_ms = ? WHERE number = ?');
  const otherAdmins = db
    .prepare<[number], number>(
      `SELECT count(*) FROM person WHERE role = 'admin' AND ended_ms IS NULL AND password IS NOT NULL AND number <> ?`,
    )
    .pluck();

  const view = (row: PersonRow, nowMs: number): PersonView => ({
    name: row.name,
    role: row.role,
    state: row.endedMs !== null ? 'ended' : row.password === null ? 'invited' : 'active',
    createdMs: row.createdMs,
    createdBy: row.createdBy,
    endedMs: row.endedMs,
    secondFactor: row.totpSecret !== null,
    linkUntilMs: row.linkUntilMs !== null && row.linkUntilMs > nowMs ? row.linkUntilMs : null,
    lastSignInMs: row.lastSignInMs,
    sessions: sessions.count(row.number, nowMs),
  });
  const viewOf = (number: number, nowMs: number) => view(present(byNumber.get(number), 'the person'), nowMs);

  /** Whoever asks must be able to do all that the other can, before and after. The person at the shell may do everything. */
  function isBeyond(actor: Actor, ...given: Role[]): boolean {
    const maker: Rights | null =
      actor.kind === 'person'
        ? { role: actor.role, scopes: null }
        : actor.kind === 'key'
          ? (rightsOfKey(actor.name) ?? { role: actor.role, scopes: [] })
          : null;
    return maker !== null && given.some((role) => beyondMaker(maker, { role, scopes: null }).length > 0);
  }

  /** The change of a person who has not ended, by somebody who may; `takesAdmin` when they are no admin afterwards. */
  function change(
    name: string,
    by: By,
    { role, takesAdmin = false }: { role?: Role; takesAdmin?: boolean },
    act: (row: PersonRow) => void,
  ): PersonChanged {
    const row = find.get(name);
    if (!row) return { kind: 'person_unknown' };
    if (row.endedMs !== null) return { kind: 'person_ended' };
    if (isBeyond(by.actor, row.role, role ?? row.role)) return { kind: 'beyond_maker' };
    const lastAdmin = row.role === 'admin' && row.password !== null && otherAdmins.get(row.number) === 0;
    if (takesAdmin && lastAdmin && by.actor.kind !== 'command') return { kind: 'last_admin' };
    act(row);
    return { kind: 'changed', person: viewOf(row.number, by.nowMs) };
  }

  /** As the person that a password or a link has just shown it to be. */
  const byPerson = ({ name, role }: PersonRow, from: string, nowMs: number): By => ({
    actor: { kind: 'person', name, role, from },
    nowMs,
  });

  function begin(row: PersonRow, session: NewSession, nowMs: number): PersonView {
    sessions.open(row.number, session, nowMs);
    setSignIn.run(nowMs, row.number);
    const { browser } = session;
    audit(byPerson(row, session.from, nowMs), 'session.begin', `person ${row.name}`, { browser });
    return viewOf(row.number, nowMs);
  }

  const active = (name: string) => {
    const row = find.get(name);
    return row && row.endedMs === null && row.password !== null ? row : null;
  };

  return {
    persons: (nowMs) => all.all().map((row) => view(row, nowMs)),
    personOf(name, nowMs) {
      const row = find.get(name);
      return row ? view(row, nowMs) : null;
    },
    invitePerson({ name, role, linkHash, untilMs }, by) {
      if (find.get(name)) return { kind: 'name_taken' };
      if ((count.get() ?? 0) >= personsMax) return { kind: 'persons_full' };
      if (isBeyond(by.actor, role)) return { kind: 'beyond_maker' };
      const { lastInsertRowid } = insert.run(
        ...[name, role, by.nowMs, actorWords(by.actor), linkHash, untilMs],
      );
      audit(by, 'person.invite', `person ${name}`, { role, untilMs });
      return { kind: 'invited', person: viewOf(Number(lastInsertRowid), by.nowMs) };
    },
    renewLink: ({ name, linkHash, untilMs }, by) =>
      change(name, by, { takesAdmin: true }, ({ number }) => {
        setLink.run(linkHash, untilMs, number);
        const ended = sessions.endAll(number);
        audit(by, 'person.link', `person ${name}`, { untilMs, sessionsEnded: ended });
      }),
    changeRole: ({ name, role }, by) =>
      change(name, by, { role, takesAdmin: role !== 'admin' }, ({ number, role: before }) => {
        setRole.run(role, number);
        audit(by, 'person.role', `person ${name}`, { before, after: role });
      }),
    endPerson: ({ name, reason }, by) =>
      change(name, by, { takesAdmin: true }, ({ number, role }) => {
        setEnd.run(by.nowMs, number);
        audit(by, 'person.end', `person ${name}`, { role, reason, sessionsEnded: sessions.endAll(number) });
      }),
    endSessionsOf: ({ name }, by) =>
      change(name, by, {}, ({ number }) => {
        audit(by, 'session.end_all', `person ${name}`, { sessionsEnded: sessions.endAll(number) });
      }),

    lookAtLink({ hash, secret, nowMs }) {
      const row = byLink.get(hash);
      if (!row || (row.linkUntilMs ?? 0) <= nowMs) return null;
      if (row.totpOffered === null) offer.run(secret, row.number);
      return { name: row.name, role: row.role, secret: row.totpOffered ?? secret };
    },
    useLink({ hash, password, code, session }, nowMs) {
      const row = byLink.get(hash);
      if (!row || (row.linkUntilMs ?? 0) <= nowMs) return { kind: 'link_ended' };
      const step =
        code === null || row.totpOffered === null ? null : totpStep(row.totpOffered, code, nowMs, 0);
      if (code !== null && step === null) return { kind: 'code_wrong' };
      burnLink.run(row.number);
      setPassword.run(password, row.number);
      if (step === null) offer.run(null, row.number);
      else setTotp.run(step, row.number);
      const by = byPerson(row, session.from, nowMs);
      audit(by, 'person.set_up', `person ${row.name}`, { secondFactor: step !== null });
      return { kind: 'signed_in', person: begin(row, session, nowMs) };
    },

    passwordOf: (name) => active(name)?.password ?? null,
    openSession({ name, password, code, session, endsHash }, nowMs) {
      const row = active(name);
      if (!row || row.password !== password) return { kind: 'refused' };
      if (row.totpSecret !== null) {
        const step = code === null ? null : totpStep(row.totpSecret, code, nowMs, row.totpStep);
        if (step === null) return { kind: 'refused' };
        setStep.run(step, row.number);
      }
      if (endsHash) sessions.endByHash(endsHash);
      return { kind: 'signed_in', person: begin(row, session, nowMs) };
    },
    admitSession({ hash, acts, nowMs }) {
      const number = sessions.personOf(hash, acts, nowMs);
      const row = number === null ? undefined : byNumber.get(number);
      if (!row || row.endedMs !== null) return { kind: 'unknown' };
      return { kind: 'admitted', person: { name: row.name, role: row.role } };
    },
    sessionsOf({ name, ownHash, nowMs }) {
      const row = find.get(name);
      return row ? sessions.list(row.number, ownHash, nowMs) : [];
    },
    endSession({ name, session }, by) {
      const row = find.get(name);
      const ended = row !== undefined && sessions.end(row.number, session);
      if (ended) audit(by, 'session.end', `person ${name}`, 'number' in session ? session : {});
      return ended;
    },

    setPassword({ name, was, password, keepHash }, by) {
      const row = active(name);
      if (!row || row.password !== was) return false;
      setPassword.run(password, row.number);
      const sessionsEnded = sessions.endAll(row.number, keepHash);
      audit(by, 'person.password', `person ${name}`, { sessionsEnded });
      return true;
    },
    offerSecondFactor({ name, secret }) {
      const row = active(name);
      if (row) offer.run(secret, row.number);
    },
    confirmSecondFactor({ name, code }, by) {
      const row = active(name);
      const step = row?.totpOffered ? totpStep(row.totpOffered, code, by.nowMs, 0) : null;
      if (!row || step === null) return false;
      setTotp.run(step, row.number);
      audit(by, 'person.second_factor', `person ${name}`, { before: row.totpSecret !== null });
      return true;
    },
  };
}
