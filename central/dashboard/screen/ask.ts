// What the page asks of central. The session is a cookie that no script can read; a 401 shows the sign-in again.
import type { Problem } from '../../../contract/kiosk-api.ts';

export type Answered<T> =
  | { kind: 'answered'; value: T }
  | { kind: 'refused'; problem: Problem }
  | { kind: 'unanswered' };

type Method = 'GET' | 'POST' | 'PUT';

const answerMsMax = 15_000;
const signedOut: (() => void)[] = [];

/** Called when an answer says that the session has ended. */
export function onSignedOut(then: () => void): void {
  signedOut.push(then);
}

/** @param byItself the page brings itself up to date: the session does not live on by it */
export function read<T>(path: string, byItself = false): Promise<Answered<T>> {
  return ask<T>('GET', path, undefined, byItself);
}

export function act<T>(method: Exclude<Method, 'GET'>, path: string, body?: object): Promise<Answered<T>> {
  return ask<T>(method, path, body, false);
}

async function ask<T>(
  method: Method,
  path: string,
  body: object | undefined,
  byItself: boolean,
): Promise<Answered<T>> {
  try {
    const response = await fetch(path, {
      method,
      cache: 'no-store',
      signal: AbortSignal.timeout(answerMsMax),
      headers: {
        ...(byItself && { 'Holdfast-By-Itself': 'true' }),
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (response.ok) return { kind: 'answered', value: answer as T };
    const problem = answer as Problem;
    if (problem.code === 'unauthorised') for (const then of signedOut) then();
    return { kind: 'refused', problem };
  } catch {
    return { kind: 'unanswered' };
  }
}

/** Why it was not done, in central's own words. */
export function refusalWords(answer: Exclude<Answered<unknown>, { kind: 'answered' }>): string {
  if (answer.kind === 'unanswered') return 'Central does not answer. Try again in a moment.';
  const { title, detail = '' } = answer.problem;
  return `${title}. ${detail}`.replaceAll('`', '').trim();
}
