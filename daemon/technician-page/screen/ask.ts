// What the page asks of the appliance. The session is a cookie that this page cannot read.
import type { Problem } from '../../../contract/kiosk-api.ts';
import type {
  Examination,
  PairingOffer,
  PairingWish,
  TechnicianSession,
  TechnicianView,
} from '../../../contract/technician-api.ts';

export type Answered<T> =
  | { kind: 'answered'; value: T }
  /** `waitSeconds` as Retry-After says; 0 without it. */
  | { kind: 'refused'; problem: Problem; waitSeconds: number }
  | { kind: 'unanswered' };

const answerMsMax = 8000;
const at = '/v1/technician';

export const askSession = () => ask<TechnicianSession>('GET', `${at}/session`);
export const signIn = (pin: string) => ask<TechnicianSession>('POST', `${at}/session`, { pin });
export const signOut = () => ask<TechnicianSession>('POST', `${at}/session/end`);
export const askView = (acted: boolean) =>
  ask<TechnicianView>('GET', `${at}/view${acted ? '?acted=true' : ''}`);
export const startExamination = () => ask<Examination>('POST', `${at}/examination`);
export const makeCode = (wish: PairingWish) => ask<PairingOffer>('POST', `${at}/pairings`, wish);

async function ask<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<Answered<T>> {
  try {
    const response = await fetch(path, {
      method,
      cache: 'no-store',
      signal: AbortSignal.timeout(answerMsMax),
      ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const answer: unknown = await response.json();
    if (response.ok) return { kind: 'answered', value: answer as T };
    const waitSeconds = Number(response.headers.get('Retry-After')) || 0;
    return { kind: 'refused', problem: answer as Problem, waitSeconds };
  } catch {
    return { kind: 'unanswered' };
  }
}

/** In the appliance's own words; commands stand in backquotes there, for who reads them in a terminal. */
export function problemWords({ title, detail = '', errors = [] }: Problem): string {
  const fields = errors.map((error) => error.detail).join('; ');
  return `${title}. ${fields === '' ? detail : `${fields}.`}`.replaceAll('`', '').trim();
}
