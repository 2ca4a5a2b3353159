// A renewed identity on trial at the broker's door: central accepted it once already, so this is a belt to the braces. When
// the door refuses it time after time the one before is tried, once; whichever central takes stays.

export type Trial =
  /** No question is open. */
  | { kind: 'settled' }
  | { kind: 'newer'; refusals: number }
  | { kind: 'older'; refusals: number }
  /** Central takes the one before, and the newer one not. */
  | { kind: 'fell_back' };

/** `refused`: TLS stood, and central ended the connection before it was of use. A link that is down says nothing. */
export type TrialEvent = 'up' | 'refused';

export const refusalsMax = 3;

/** @returns what is known now, and which identity to change to, if any */
export function judgeTrial(trial: Trial, event: TrialEvent): { trial: Trial; use: 'newer' | 'older' | null } {
  switch (trial.kind) {
    case 'settled':
    case 'fell_back':
      return { trial, use: null };
    case 'newer':
      if (event === 'up') return { trial: { kind: 'settled' }, use: null };
      if (trial.refusals + 1 < refusalsMax) return { trial: again(trial), use: null };
      return { trial: { kind: 'older', refusals: 0 }, use: 'older' };
    case 'older':
      if (event === 'up') return { trial: { kind: 'fell_back' }, use: null };
      if (trial.refusals + 1 < refusalsMax) return { trial: again(trial), use: null };
      // Both are refused: then it is not the renewal. Central's word on the newer one is the one that counts.
      return { trial: { kind: 'settled' }, use: 'newer' };
  }
}

function again<T extends { refusals: number }>(trial: T): T {
  return { ...trial, refusals: trial.refusals + 1 };
}
