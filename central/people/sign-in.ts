// Whether somebody is who they say: tries are counted before anything is looked at, and only so many passwords are looked at
// at once, for all callers together.
import type { Log } from '../../kit/log.ts';
import { ProblemError } from '../http/problems.ts';
import { hashPassword, isPassword, nobodysPassword } from './password.ts';
import { createSignInGuard } from './sign-in-guard.ts';

export interface SignIn {
  /**
   * Runs the check of one try. What is right ends the count of that name.
   * @param check answers null when it was wrong
   * @throws ProblemError sign_in_later, sign_in_refused
   */
  attempt<T>(name: string, from: string, check: () => Promise<T | null>): Promise<T>;
  /** Whether the password is the one of that hash; of null it is nobody's, after the same time. */
  matches(hash: string | null, password: string): Promise<boolean>;
  hash(password: string): Promise<string>;
}

/** Each takes 19 MiB and a thread of the pool. */
const atOnceMax = 2;
const waitingMax = 16;

export function createSignIn({ nowMs, log }: { nowMs(): number; log: Log }): SignIn {
  const guard = createSignInGuard(nowMs);
  const state = { running: 0 };
  const waiting: (() => void)[] = [];

  async function inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (state.running >= atOnceMax) {
      if (waiting.length >= waitingMax) {
        throw new ProblemError('sign_in_later', 'Too many people sign in at this moment. Try again.', 2);
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else state.running++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else state.running--;
    }
  }

  return {
    async attempt(name, from, check) {
      const waitMs = guard.begin(name, from);
      if (waitMs > 0) {
        const seconds = Math.ceil(waitMs / 1000);
        log.warn({ name, from, waitSeconds: seconds }, 'too many tries to sign in');
        throw new ProblemError('sign_in_later', `The next try is looked at in ${seconds} s.`, seconds);
      }
      const right = await check();
      if (right === null) {
        log.warn({ name, from }, 'a try to sign in was wrong');
        throw new ProblemError(
          'sign_in_refused',
          'Check all of them. Each code counts once: wait for the next one. An admin can give you a new link.',
        );
      }
      guard.right(name, from);
      return right;
    },
    matches: (hash, password) => inTurn(() => isPassword(hash ?? nobodysPassword, password)),
    hash: (password) => inTurn(() => hashPassword(password)),
  };
}
