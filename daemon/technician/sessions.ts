// Who is signed in at the technician's page: in memory, few, and for a bounded time. A restart of the daemon ends all.
import { hash, randomBytes } from 'node:crypto';
import type { Clock } from '../../kit/clock.ts';

export const sessionLimits = {
  idleMsMax: 15 * 60_000,
  ageMsMax: 8 * 3_600_000,
  /** One more ends the one that did nothing for longest. */
  countMax: 8,
} as const;

export interface Sessions {
  /** @param salt of the PIN that was typed: with another PIN the session is over */
  begin(salt: string): string;
  /**
   * Whether the token is of somebody who is signed in by this PIN.
   * @param acts a person did something; a page that asks by itself keeps nobody signed in
   */
  has(token: string, salt: string, acts: boolean): boolean;
  end(token: string): void;
}

interface Session {
  salt: string;
  beganMs: number;
  actedMs: number;
}

export function createSessions(clock: Pick<Clock, 'monotonicMs'>): Sessions {
  /** By the token's hash, the one that acted last at the end. */
  const sessions = new Map<string, Session>();
  const isOver = ({ beganMs, actedMs }: Session, nowMs: number) =>
    nowMs - actedMs >= sessionLimits.idleMsMax || nowMs - beganMs >= sessionLimits.ageMsMax;

  return {
    begin(salt) {
      const nowMs = clock.monotonicMs();
      for (const [key, session] of sessions) {
        if (isOver(session, nowMs) || session.salt !== salt) sessions.delete(key);
      }
      const [idlest] = sessions.keys();
      if (idlest !== undefined && sessions.size >= sessionLimits.countMax) sessions.delete(idlest);
      const token = randomBytes(32).toString('base64url');
      sessions.set(keyOf(token), { salt, beganMs: nowMs, actedMs: nowMs });
      return token;
    },
    has(token, salt, acts) {
      const key = keyOf(token);
      const session = sessions.get(key);
      const nowMs = clock.monotonicMs();
      if (!session) return false;
      if (session.salt !== salt || isOver(session, nowMs)) {
        sessions.delete(key);
        return false;
      }
      if (acts) {
        session.actedMs = nowMs;
        sessions.delete(key);
        sessions.set(key, session);
      }
      return true;
    },
    end: (token) => void sessions.delete(keyOf(token)),
  };
}

/** Looked up by its hash: how long a look takes says nothing of the tokens there are. */
function keyOf(token: string): string {
  return hash('sha256', token, 'base64url');
}
