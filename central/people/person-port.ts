// What is asked of the store about persons and their sessions. Part of PeopleCalls.
import type { By } from './actor.ts';
import type { NewSession, PersonView, SessionAdmission, SessionView } from './persons.ts';
import type { Role } from './roles.ts';

export type PersonInvited =
  | { kind: 'invited'; person: PersonView }
  | { kind: 'name_taken' }
  | { kind: 'persons_full' }
  /** Whoever invites may not do all of that. */
  | { kind: 'beyond_maker' };

export type PersonChanged =
  | { kind: 'changed'; person: PersonView }
  | { kind: 'person_unknown' }
  | { kind: 'person_ended' }
  /** Nobody could sign in as an admin any more; a command still can invite one. */
  | { kind: 'last_admin' }
  | { kind: 'beyond_maker' };

export type SignedIn =
  | { kind: 'signed_in'; person: PersonView }
  /** The password is another one by now, the code is wrong or missing, or there is no such person. */
  | { kind: 'refused' };

export type LinkUsed =
  | { kind: 'signed_in'; person: PersonView }
  | { kind: 'link_ended' }
  | { kind: 'code_wrong' };

export interface PersonCalls {
  /** In the order of their names. */
  persons(nowMs: number): PersonView[];
  /** A person who has a one-time link and nothing else yet. */
  invitePerson(
    invited: { name: string; role: Role; linkHash: Uint8Array; untilMs: number },
    by: By,
  ): PersonInvited;
  /** A new link in place of the password, the app and every session: for whoever lost one of them. */
  renewLink(change: { name: string; linkHash: Uint8Array; untilMs: number }, by: By): PersonChanged;
  changeRole(change: { name: string; role: Role }, by: By): PersonChanged;
  /** For good; every session ends. */
  endPerson(change: { name: string; reason: string }, by: By): PersonChanged;
  endSessionsOf(change: { name: string }, by: By): PersonChanged;

  /** Whose link it is, with the secret for the app, which the first look makes; null: it ended. */
  lookAtLink(link: {
    hash: Uint8Array;
    secret: Uint8Array;
    nowMs: number;
  }): { name: string; role: Role; secret: Uint8Array } | null;
  /** Burns the link: the password counts from now on, the app where a code of it came along, and a session begins. */
  useLink(
    used: { hash: Uint8Array; password: string; code: string | null; session: NewSession },
    nowMs: number,
  ): LinkUsed;

  /** The hash that a password is compared with; null: nobody signs in by that name. */
  passwordOf(name: string): string | null;
  /**
   * Begins a session of whoever knew the password and, where there is an app, its code.
   * @param request.password the hash that it was compared with
   * @param request.endsHash the session that the browser had before
   */
  openSession(
    request: {
      name: string;
      password: string;
      code: string | null;
      session: NewSession;
      endsHash: Uint8Array | null;
    },
    nowMs: number,
  ): SignedIn;
  /** @param request.acts the person does something, so that the session lives on */
  admitSession(request: { hash: Uint8Array; acts: boolean; nowMs: number }): SessionAdmission;
  personOf(name: string, nowMs: number): PersonView | null;
  /** A person's, the newest first. @param request.ownHash the one that asks */
  sessionsOf(request: { name: string; ownHash: Uint8Array; nowMs: number }): SessionView[];
  /** False when that person has no such session. */
  endSession(change: { name: string; session: { number: number } | { hash: Uint8Array } }, by: By): boolean;

  /** Sets the password and ends every other session. False when it is not the one that was compared with any more. */
  setPassword(change: { name: string; was: string; password: string; keepHash: Uint8Array }, by: By): boolean;
  /** Keeps the secret until a code of it comes. */
  offerSecondFactor(change: { name: string; secret: Uint8Array }): void;
  /** From now on the app that makes this code counts. False when the code is wrong or nothing was offered. */
  confirmSecondFactor(change: { name: string; code: string }, by: By): boolean;
}

export type PersonPort = {
  [Name in keyof PersonCalls]: (
    ...args: Parameters<PersonCalls[Name]>
  ) => Promise<ReturnType<PersonCalls[Name]>>;
};
