// What came of a call once the processor's answer is read: the outcome, or what a look-up found. Pure, the same for every
// processor. Keeps I13: what cannot be read is unknown.
import type { ChargeState, Declined, Failure, LookUp, Outcome } from './port.ts';

export type Made<T> = { kind: 'answered'; value: T } | Declined | Failure;

/**
 * @param made with null where the answer could not be read
 * @param approved the states that were asked for
 */
export function outcomeOf(
  made: Made<ChargeState | null>,
  approved: readonly ChargeState['state'][],
): Outcome<{ charge: ChargeState }> {
  if (made.kind !== 'answered') return made;
  const charge = made.value;
  if (charge === null) return { kind: 'unknown', reason: 'answer_malformed' };
  if (approved.includes(charge.state)) return { kind: 'approved', charge };
  if (charge.decline === null) return { kind: 'unknown', reason: 'in_progress' };
  return { kind: 'declined', ...charge.decline };
}

/** @param read with null for what could not be read, which may be the one that is looked for */
export function lookUpOf<State>(read: readonly (State | null)[]): LookUp<State> {
  if (read.includes(null)) return { kind: 'unavailable', code: 'answer_malformed' };
  const [first, ...rest] = read.filter((state) => state !== null);
  return first === undefined ? { kind: 'not_found' } : { kind: 'found', found: [first, ...rest] };
}

export function lookUpFailed(failure: Declined | Failure): { kind: 'unavailable'; code: string } {
  return { kind: 'unavailable', code: failure.kind === 'unknown' ? failure.reason : failure.code };
}
