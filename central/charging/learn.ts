// What an answer says of the call that was made: pure. What is known stays known: a late or weaker word changes nothing.
import { unreachable } from '../../kit/assert.ts';
import type { ChargeState, DeclineClass, Failure, RefundState } from '../processors/port.ts';
import { retryable } from '../processors/retryable.ts';
import { type AttemptFacts, type AttemptState, captureFailed, riskElevated, toRepeat } from './facts.ts';
import type { AnyOutcome, Purpose } from './port.ts';

/** What the attempt becomes; what is not named stays. */
export interface Learned {
  state: AttemptState;
  chargeId?: string;
  refundId?: string;
  code: string | null;
  declineClass: DeclineClass | null;
  looked: number;
  notBeforeMs: number | null;
  /** What it says of the charge that the attempt makes or is about. */
  charge: { kind: 'captured'; capturedMinor: number } | { kind: 'voided' } | null;
}

/** The attempt's outcome is still open: every word about it counts. */
export function isOpen({ state }: Pick<AttemptFacts, 'state'>): boolean {
  return state === 'sent' || state === 'unknown' || state === 'unavailable';
}

/**
 * @param declinesBefore how many charges of the checkout were declined before
 * @returns null when it says nothing new
 */
export function learnAnswer(
  attempt: AttemptFacts,
  outcome: AnyOutcome,
  declinesBefore: number,
  nowMs: number,
): Learned | null {
  switch (outcome.kind) {
    case 'approved':
      return 'charge' in outcome
        ? learnCharge(attempt, outcome.charge)
        : learnRefund(attempt, outcome.refund, nowMs);
    case 'declined':
      if (!isOpen(attempt)) return null;
      return declinedBy(attempt, outcome, declinesBefore, nowMs);
    case 'unknown':
    case 'rejected':
    case 'unavailable':
      return attempt.state === 'sent' ? failed(attempt, outcome, nowMs) : null;
    default:
      return unreachable(outcome);
  }
}

function failed(attempt: AttemptFacts, failure: Failure, nowMs: number): Learned {
  const { kind } = failure;
  const code = kind === 'unknown' ? failure.reason : failure.code;
  const said = { code, declineClass: null, looked: 0, charge: null };
  // A repetition that was not carried out says nothing of the first sending.
  const inDoubt = attempt.code === toRepeat;
  if (inDoubt && kind !== 'unknown') {
    const doubt = retryable(failure, attempt.tries - 1, true);
    return { ...said, state: 'unknown', notBeforeMs: 'afterMs' in doubt ? nowMs + doubt.afterMs : null };
  }
  if (kind === 'rejected') {
    // The charge is not as we thought: what it is says what is to be done.
    if (code === 'state_refused' && (attempt.purpose === 'capture' || attempt.purpose === 'void')) {
      return { ...said, state: 'unknown', notBeforeMs: nowMs };
    }
    if (code !== 'credentials_refused') return { ...said, state: 'rejected', notBeforeMs: null };
    // Nothing is wrong with this checkout: it goes on when somebody has mended the key.
    return { ...said, state: 'unavailable', notBeforeMs: nowMs + credentialsAgainMs };
  }
  const retry = retryable(failure, kind === 'unknown' ? 0 : attempt.tries - 1);
  const notBeforeMs = 'afterMs' in retry ? nowMs + retry.afterMs : null;
  return { ...said, state: kind, notBeforeMs };
}
const credentialsAgainMs = 600_000;

export function declinedBy(
  { purpose }: AttemptFacts,
  decline: { declineClass: DeclineClass; code: string },
  declinesBefore: number,
  nowMs: number,
): Learned {
  const retry = retryable({ kind: 'declined', ...decline }, declinesBefore);
  const again = purpose === 'charge' && retry.kind === 'new_attempt';
  const notBeforeMs = again ? nowMs + retry.afterMs : null;
  return { state: 'declined', ...decline, looked: 0, notBeforeMs, charge: null };
}

/** What the processor holds for a charge, to whatever call about it: an answer, something found, or an event. */
export function learnCharge(attempt: AttemptFacts, charge: ChargeState): Learned | null {
  const { chargeId, state, capturedMinor } = charge;
  const isRisky = charge.risk === 'elevated' && attempt.purpose === 'charge' && isOpen(attempt);
  const code = isRisky ? riskElevated : null;
  const said = { chargeId, code, declineClass: null, looked: attempt.looked, notBeforeMs: null };
  const becomes = chargeMeans[attempt.purpose](state, attempt);
  if (becomes === null) return null;
  switch (state) {
    case 'captured':
      return { ...said, state: becomes, charge: { kind: 'captured', capturedMinor } };
    case 'voided':
      return { ...said, state: becomes, charge: { kind: 'voided' } };
    case 'capture_failed':
      return { ...said, state: becomes, code: captureFailed, charge: null };
    case 'authorised':
    case 'declined':
    case 'in_progress':
      return { ...said, state: becomes, charge: null };
    default:
      return unreachable(state);
  }
}

/** What an attempt becomes by the state of its charge; null: it says nothing new. */
const chargeMeans: Readonly<
  Record<Purpose, (state: ChargeState['state'], attempt: AttemptFacts) => AttemptState | null>
> = {
  charge(state, attempt) {
    // What was given back is still called captured by its processor.
    if (attempt.state === 'undone') return null;
    // A person says how that goes on, not an old word of the capture.
    if (state === 'captured') return attempt.code === captureFailed ? null : 'approved';
    if (state === 'voided') return 'undone';
    return (state === 'authorised' || state === 'capture_failed') && isOpen(attempt) ? 'approved' : null;
  },
  capture(state, attempt) {
    if (state === 'captured') return attempt.code === captureFailed ? null : 'approved';
    return state === 'voided' && isOpen(attempt) ? 'not_made' : null;
  },
  void(state, attempt) {
    if (state === 'voided') return 'approved';
    return state === 'captured' && isOpen(attempt) ? 'not_made' : null;
  },
  refund: () => null,
};

/** What the processor says of a refund. One that was made may still fail later. */
export function learnRefund(attempt: AttemptFacts, refund: RefundState, nowMs: number): Learned | null {
  const { refundId } = refund;
  const known = { refundId, declineClass: null, charge: null };
  switch (refund.state) {
    case 'refunded':
      if (attempt.state === 'approved' || attempt.state === 'declined') return null;
      return { ...known, state: 'approved', code: null, looked: attempt.looked, notBeforeMs: null };
    case 'pending':
      if (!isOpen(attempt)) return null;
      return { ...known, state: 'pending', code: null, looked: 0, notBeforeMs: nowMs + pendingLookMs };
    case 'failed':
      if (attempt.state === 'declined') return null;
      return {
        ...known,
        state: 'declined',
        code: 'refund_failed',
        looked: attempt.looked,
        notBeforeMs: null,
      };
    default:
      return unreachable(refund.state);
  }
}
/** A webhook says it sooner. */
export const pendingLookMs = 3_600_000;
