// The technician's door: whether a PIN is right, how often it may be tried, and who is signed in. One look at a PIN at a time,
// for all callers together: what it costs in memory is bounded, and so is what an attacker with many addresses may try.
import type { Condition } from '../../contract/kiosk-api.ts';
import type { TechnicianSession } from '../../contract/technician-api.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { momentOf } from '../store/kiosks/open.ts';
import { readGuard, writeGuard } from './guard-file.ts';
import { judgeTry, openGuard, type TryGuard, tryLimits, waitLeft, waitMsAfter } from './judge-try.ts';
import { isPin, type Pin, readPin } from './pin-file.ts';
import { createSessions } from './sessions.ts';

export interface TechnicianDoor {
  /** What anybody may know. */
  session(token: string | null): TechnicianSession;
  /** @param from the caller's address, for the log */
  signIn(pin: string, from: string): Promise<SignInResult>;
  /** @param acts a person did something, so that the session lives on */
  isSignedIn(token: string | null, acts: boolean): boolean;
  signOut(token: string): void;
  /** Named while there were more wrong tries than slips of a finger since the last right one. */
  condition(): Condition | null;
}

export type SignInResult =
  | { kind: 'signed_in'; token: string }
  | { kind: 'wrong'; waitMs: number }
  | { kind: 'wait'; leftMs: number }
  /** Another try is being looked at: come again. */
  | { kind: 'busy' }
  | { kind: 'no_pin' };

/** @param folder where the PIN and the count of wrong tries lie */
export function createTechnicianDoor(folder: string, clock: Clock, log: Log): TechnicianDoor {
  const sessions = createSessions(clock);
  let counted: { of: string; guard: TryGuard } | null = null;
  let looking = false;

  const guardOf = ({ salt }: Pin): TryGuard => {
    if (counted?.of !== salt) {
      counted = { of: salt, guard: readGuard(folder, salt, momentOf(clock), clock.wallMs()) };
    }
    return counted.guard;
  };
  const keep = ({ salt }: Pin, guard: TryGuard) => {
    if (counted?.of === salt && counted.guard === guard) return;
    counted = { of: salt, guard };
    try {
      writeGuard(folder, salt, guard);
    } catch (error) {
      // A full disk is what a technician is called for: it is counted in memory, and they are let in.
      log.warn({ error: (error as Error).message }, 'wrong PINs are counted in memory alone');
    }
  };
  const waitNow = (pin: Pin): number => {
    const { leftMs, guard } = waitLeft(guardOf(pin), momentOf(clock));
    keep(pin, guard);
    return leftMs;
  };

  return {
    session(token) {
      const standing = readPin(folder);
      if (standing.kind !== 'set') {
        return { state: standing.kind === 'none' ? 'no_pin' : 'pin_damaged', waitSeconds: 0 };
      }
      const { pin } = standing;
      const waitSeconds = Math.ceil(waitNow(pin) / 1000);
      const signedIn = token !== null && sessions.has(token, pin.salt, false);
      return { state: signedIn ? 'signed_in' : 'signed_out', waitSeconds };
    },
    async signIn(tried, from) {
      const standing = readPin(folder);
      if (standing.kind !== 'set') return { kind: 'no_pin' };
      const { pin } = standing;
      if (looking) return { kind: 'busy' };
      const judged = judgeTry(guardOf(pin), momentOf(clock), clock.wallMs());
      keep(pin, judged.guard);
      if (judged.kind === 'wait') return { kind: 'wait', leftMs: judged.leftMs };
      looking = true;
      try {
        if (!(await isPin(pin, tried))) {
          const { wrongTries } = judged.guard;
          const waitMs = waitMsAfter(wrongTries);
          log.warn({ from, wrongTries, waitSeconds: waitMs / 1000 }, 'a wrong PIN at the technician’s page');
          return { kind: 'wrong', waitMs };
        }
      } finally {
        looking = false;
      }
      keep(pin, openGuard);
      log.info({ from }, 'a technician signed in');
      return { kind: 'signed_in', token: sessions.begin(pin.salt) };
    },
    isSignedIn(token, acts) {
      if (token === null) return false;
      const standing = readPin(folder);
      return standing.kind === 'set' && sessions.has(token, standing.pin.salt, acts);
    },
    signOut: (token) => sessions.end(token),
    condition() {
      const standing = readPin(folder);
      if (standing.kind !== 'set') return null;
      const { wrongTries, firstMs } = guardOf(standing.pin);
      if (wrongTries <= tryLimits.freeTries) return null;
      return {
        code: 'technician_pin_tried',
        hint: `${wrongTries} wrong PINs at the technician’s page: if nobody of yours typed them, look who is on the site’s network. The right one ends this, and so does a new one: holdfast pin set.`,
        sinceMs: firstMs ?? 0,
      };
    },
  };
}
