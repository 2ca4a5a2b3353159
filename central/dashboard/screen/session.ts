// Who is signed in, for every screen that asks what may be offered.
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Action, Role } from '../../people/roles.ts';

/** As central answers it (central/people/person-answers.ts). */
export interface OwnSession {
  person: Person;
  actions: Action[];
  secondFactor: 'required' | 'optional';
}

export interface Person {
  name: string;
  role: Role;
  state: 'invited' | 'active' | 'ended';
  createdMs: number;
  createdBy: string;
  endedMs: number | null;
  secondFactor: boolean;
  linkUntilMs: number | null;
  lastSignInMs: number | null;
  sessions: number;
}

export interface SessionState {
  own: OwnSession;
  /** Takes what central answered of the own session. */
  take(own: OwnSession): void;
  /** Signs out, here and at central. */
  leave(): void;
}

export const SessionContext = createContext<SessionState | null>(null);

export function useSession(): SessionState {
  const session = useContext(SessionContext);
  if (!session) throw new Error('only who is signed in sees this');
  return session;
}

/** Whether the person who is signed in may do it; central judges it again. */
export function useMay(action: Action): boolean {
  return useSession().own.actions.includes(action);
}
