// Persons: who signs in at the operators' page, by a password and an app's code, and for how long. No clock, no database.
import { createHash, randomBytes } from 'node:crypto';
import { KeyOwner } from './keys.ts';
import type { Role } from './roles.ts';

export const personsMax = 500;
/** A person's oldest session ends when there are more. */
export const sessionsOfPersonMax = 10;
/** Without anything done by the person. */
export const sessionIdleMsMax = 60 * 60_000;
/** Whatever is done. */
export const sessionMsMax = 12 * 60 * 60_000;
/** How long a one-time link stays open. */
export const linkMsMax = 3 * 24 * 60 * 60_000;
/** Of what a browser says of itself. */
export const browserCharsMax = 200;

/** As the machine names its users, so that a person with a key, a session and a shell is one person. */
export const PersonName = KeyOwner;

export const personStates = ['invited', 'active', 'ended'] as const;

export interface PersonView {
  name: string;
  role: Role;
  /** `invited`: the link was not used yet. `ended`: never let in again; the name stays taken. */
  state: (typeof personStates)[number];
  createdMs: number;
  createdBy: string;
  endedMs: number | null;
  secondFactor: boolean;
  /** Null: no link is open. */
  linkUntilMs: number | null;
  lastSignInMs: number | null;
  sessions: number;
}

export interface SessionView {
  number: number;
  madeMs: number;
  usedMs: number;
  untilMs: number;
  from: string;
  browser: string;
  /** Whether it is the one that asks. */
  own: boolean;
}

/** What a session is known by, and what is kept of it. */
export interface NewSession {
  hash: Uint8Array;
  from: string;
  browser: string;
}

export type SessionAdmission =
  | { kind: 'admitted'; person: { name: string; role: Role } }
  /** It ended, or never was. */
  | { kind: 'unknown' };

/** 256 random bits, as those of a key: the hash needs no salt. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Where a person opens the link: the token stands behind the #, which no server and no log is told. */
export function linkOf(pageUrl: string, token: string): string {
  return `${pageUrl.replace(/\/$/, '')}/#/welcome/${token}`;
}

export function isSessionOver(session: { usedMs: number; untilMs: number }, nowMs: number): boolean {
  return session.untilMs <= nowMs || session.usedMs + sessionIdleMsMax <= nowMs;
}
