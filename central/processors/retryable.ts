// Whether trying again could help, and when. Pure. Keeps I13: what may have happened is looked up before anything is sent.
import { unreachable } from '../../kit/assert.ts';
import type { Declined, Failure, LookUp, UnknownReason } from './port.ts';

export type Retry =
  /** It is as it is: done, or for somebody else to mend. */
  | { kind: 'never' }
  /** Nothing happened: the same request with the same key. */
  | { kind: 'same_attempt'; afterMs: number }
  /** A new attempt with a key of its own: the old key would only repeat the answer. */
  | { kind: 'new_attempt'; afterMs: number }
  /** It may have happened. */
  | { kind: 'look_up'; afterMs: number }
  | { kind: 'other_method' }
  /** The schedule is at its end. */
  | { kind: 'person' };

const secondMs = 1000;
const minuteMs = 60 * secondMs;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** By how many tries there were. Seconds for a hiccup, days for an outage. */
const lookUpAfterMs = [
  5 * secondMs,
  30 * secondMs,
  2 * minuteMs,
  10 * minuteMs,
  hourMs,
  6 * hourMs,
  dayMs,
  dayMs,
  dayMs,
];
const unavailableAfterMs = [secondMs, 5 * secondMs, 30 * secondMs, 2 * minuteMs, 10 * minuteMs, hourMs];
/** Days apart: the card schemes fine those who ask a bank too often. */
const declinedAfterMs = [hourMs, dayMs, 3 * dayMs];
const retryAfterMsMax = hourMs;

/**
 * @param triesBefore how often it was sent before, 0 for the first outcome
 * @param inDoubt whether an earlier sending of the same attempt is still unknown: then only its answer ends it, for a
 * repetition that was not carried out says nothing of the first
 */
export function retryable(
  outcome: { kind: 'approved' } | Declined | Failure,
  triesBefore: number,
  inDoubt = false,
): Retry {
  if (inDoubt && (outcome.kind === 'rejected' || outcome.kind === 'unavailable')) {
    return onSchedule('look_up', lookUpAfterMs, triesBefore);
  }
  switch (outcome.kind) {
    case 'approved':
    case 'rejected':
      return { kind: 'never' };
    case 'declined':
      return retryDeclined(outcome, triesBefore);
    case 'unknown':
      return onSchedule('look_up', lookUpAfterMs, triesBefore);
    case 'unavailable': {
      // An outage lasts as long as it lasts: the last step is repeated.
      const step = unavailableAfterMs[Math.min(triesBefore, unavailableAfterMs.length - 1)] ?? hourMs;
      const asked = Math.min(outcome.retryAfterMs ?? 0, retryAfterMsMax);
      return { kind: 'same_attempt', afterMs: Math.max(step, asked) };
    }
    default:
      return unreachable(outcome);
  }
}

/**
 * What a look-up after an unknown outcome means for sending.
 * @param reason of the unknown outcome
 * @param lookedBefore how many look-ups there were since it was last sent
 */
export function afterLookUp(
  lookUp: LookUp<{ state: string }>,
  reason: UnknownReason,
  lookedBefore: number,
): Retry {
  switch (lookUp.kind) {
    case 'found':
      if (lookUp.found.length > 1) return { kind: 'person' };
      // There, and not at its end yet: it is neither done nor may it be sent.
      if (lookUp.found[0].state === 'in_progress') return onSchedule('look_up', lookUpAfterMs, lookedBefore);
      return { kind: 'never' };
    case 'not_found':
      // A failure of the processor itself is kept under the key like any answer: the old key would only repeat it.
      return { kind: reason === 'processor_failed' ? 'new_attempt' : 'same_attempt', afterMs: 0 };
    case 'too_early':
      return { kind: 'look_up', afterMs: lookUp.tryAgainAfterMs };
    case 'repeat':
      // It is in good hands: the processor said that it took it on. Any other unknown asks again by the old key alone.
      return reason === 'accepted'
        ? onSchedule('look_up', lookUpAfterMs, lookedBefore)
        : { kind: 'same_attempt', afterMs: 0 };
    case 'unavailable':
      return onSchedule('look_up', lookUpAfterMs, lookedBefore);
    default:
      return unreachable(lookUp);
  }
}

function retryDeclined({ declineClass }: Declined, triesBefore: number): Retry {
  switch (declineClass) {
    case 'retry_later': {
      const afterMs = declinedAfterMs[triesBefore];
      return afterMs === undefined ? { kind: 'never' } : { kind: 'new_attempt', afterMs };
    }
    case 'other_method':
      return { kind: 'other_method' };
    case 'do_not_retry':
    case 'fraud':
      return { kind: 'never' };
    default:
      return unreachable(declineClass);
  }
}

function onSchedule(kind: 'look_up', schedule: readonly number[], triesBefore: number): Retry {
  const afterMs = schedule[triesBefore];
  return afterMs === undefined ? { kind: 'person' } : { kind, afterMs };
}
