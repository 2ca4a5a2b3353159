// Who does something at central, and when: goes along with every call that changes something, into the audit log.
import { hostname, userInfo } from 'node:os';
import type { Role } from './roles.ts';

export type Actor =
  /** Signed in at the operators' page. */
  | { kind: 'person'; name: string; role: Role; from: string }
  /** Over HTTP; `from` is the address the request came from, `owner` whose key it is where it says so. */
  | { kind: 'key'; name: string; role: Role; from: string; owner?: string }
  /** A command on the machine itself: whoever may open the database may do everything. */
  | { kind: 'command'; user: string; from: string }
  /** A rule of central's own, without a person. */
  | { kind: 'central'; rule: string };

export interface By {
  actor: Actor;
  nowMs: number;
}

/** The same over a while: each step has a time of its own. */
export interface AtWork {
  actor: Actor;
  nowMs(): number;
}

/** The person at the shell, by the system's own knowledge and not by what the environment says. */
export function byCommand(): By {
  return { actor: { kind: 'command', user: systemUser(), from: hostname() }, nowMs: Date.now() };
}

export function commandAtWork(): AtWork {
  return { actor: byCommand().actor, nowMs: Date.now };
}

/** For lists and logs: `ann (finance)`, `key ci-reports (finance)`, `key ann-laptop (ann, finance)`. */
export function actorWords(actor: Actor): string {
  switch (actor.kind) {
    case 'person':
      return `${actor.name} (${actor.role})`;
    case 'key':
      return `key ${actor.name} (${actor.owner === undefined ? '' : `${actor.owner}, `}${actor.role})`;
    case 'command':
      return `${actor.user}@${actor.from}`;
    case 'central':
      return `central, ${actor.rule}`;
  }
}

/** A user that no passwd file names has a number all the same. */
function systemUser(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
