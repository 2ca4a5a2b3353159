// What the people's room asks of the store: keys, and the audit log. Part of LedgerCalls.
import type { Page } from '../ledger/page.ts';
import type { By } from './actor.ts';
import type { AuditFilter, AuditRecord, AuditVerified } from './audit.ts';
import type { Admission, KeyView } from './keys.ts';
import type { PersonCalls } from './person-port.ts';
import type { Action, Role } from './roles.ts';

export interface NewKey {
  name: string;
  owner: string | null;
  role: Role;
  scopes: Action[] | null;
  addresses: string[] | null;
  expiresMs: number | null;
  /** SHA-256 of the secret, which is nowhere. */
  hash: Uint8Array;
}

export type KeyCreated =
  | { kind: 'created'; key: KeyView }
  | { kind: 'name_taken' }
  | { kind: 'scopes_beyond_role'; scopes: Action[] }
  /** Whoever makes it may not do that either. */
  | { kind: 'beyond_maker'; actions: Action[] }
  | { kind: 'keys_full' };

export type KeyChanged =
  | { kind: 'changed'; key: KeyView }
  | { kind: 'key_unknown' }
  | { kind: 'key_revoked' }
  /** Nobody could manage keys over HTTP any more; a command still can. */
  | { kind: 'last_admin' }
  | { kind: 'beyond_maker'; actions: Action[] };

export interface PeopleCalls extends PersonCalls {
  /** Makes the key `first` with the role admin when there is no key at all yet; true when it was made. */
  ensureFirstKey(hash: Uint8Array, nowMs: number): boolean;
  /** Judges the secret a request carries, and notes the day it was used. */
  admitKey(request: { hash: Uint8Array; from: string; nowMs: number }): Admission;
  createKey(key: NewKey, by: By): KeyCreated;
  /** In the order of their names. */
  keys(): KeyView[];
  /** A new secret, valid at once; those of before end at `oldUntilMs`. */
  rotateKey(change: { name: string; hash: Uint8Array; oldUntilMs: number }, by: By): KeyChanged;
  /** Ends a key for good; its name stays taken, so that the audit log keeps one meaning. */
  revokeKey(change: { name: string; reason: string }, by: By): KeyChanged;

  /** The newest first. */
  auditRecords(filter: AuditFilter): Page<AuditRecord>;
  /** Recomputes the chain over at most so many records after one whose hash is known. */
  verifyAudit(piece: { after: number; hash: string; recordsMax: number }): AuditVerified;
}

export type PeoplePort = {
  [Name in keyof PeopleCalls]: (
    ...args: Parameters<PeopleCalls[Name]>
  ) => Promise<ReturnType<PeopleCalls[Name]>>;
};
