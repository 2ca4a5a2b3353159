// What central answers when it is asked for an authorisation. There is no processor yet: the answer is declared by the
// token itself, so that every case can be tried at a real site. Pure; processors take its place.

export type Authorisation =
  | { kind: 'authorised' }
  | { kind: 'declined'; code: string }
  /** Nobody can say: the appliance goes on alone. */
  | { kind: 'unknown' };

export interface DeclaredAnswer {
  answer: Authorisation;
  /** How long it takes. */
  afterMs: number;
}

export const slowAnswerMsMax = 600_000;

/**
 * `tok_decline_<code>` is declined with that code, `tok_slow_<ms>` is authorised after that time, `tok_unknown` stays
 * unknown; every other token is authorised at once.
 */
export function declaredAnswer(token: string): DeclaredAnswer {
  const declined = /^tok_decline_([a-z0-9_]{1,64})$/.exec(token)?.[1];
  if (declined !== undefined) return { answer: { kind: 'declined', code: declined }, afterMs: 0 };
  if (token === 'tok_unknown') return { answer: { kind: 'unknown' }, afterMs: 0 };
  const slow = /^tok_slow_(\d{1,9})$/.exec(token)?.[1];
  const afterMs = slow === undefined ? 0 : Math.min(Number(slow), slowAnswerMsMax);
  return { answer: { kind: 'authorised' }, afterMs };
}
