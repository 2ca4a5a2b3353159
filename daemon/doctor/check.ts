// What one check of `holdfast doctor` comes to, and what all of them do.

export type State =
  | 'ok'
  /** It sells, and somebody should act. */
  | 'warning'
  /** It does not sell, or money is at risk. */
  | 'error'
  /** This could not be looked at, and the words say why: no claim is made. */
  | 'unknown';

export interface Check {
  /** Stable, for scripts. */
  code: string;
  state: State;
  words: string;
  /** What to do; absent where there is nothing. */
  hint?: string;
}

export function ok(code: string, words: string): Check {
  return { code, state: 'ok', words };
}

export function unknown(code: string, words: string): Check {
  return { code, state: 'unknown', words };
}

export function warning(code: string, words: string, hint: string): Check {
  return { code, state: 'warning', words, hint };
}

export function fault(code: string, words: string, hint: string): Check {
  return { code, state: 'error', words, hint };
}

/** 0 nothing to do, 1 warnings, 2 errors. What is unknown is no fault. */
export function exitCodeOf(checks: readonly Check[]): 0 | 1 | 2 {
  if (checks.some(({ state }) => state === 'error')) return 2;
  return checks.some(({ state }) => state === 'warning') ? 1 : 0;
}
