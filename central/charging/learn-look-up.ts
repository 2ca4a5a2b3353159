// What a look-up says of a call whose outcome is not known: pure. Keeps I13: only "it is not there" lets it be made again.
import { unreachable } from '../../kit/assert.ts';
import type { ChargeState, LookUp, RefundState, UnknownReason } from '../processors/port.ts';
import { afterLookUp, retryable } from '../processors/retryable.ts';
import { type AttemptFacts, captureFailed, madeTwice, toRepeat } from './facts.ts';
import { declinedBy, isOpen, type Learned, learnCharge, learnRefund } from './learn.ts';
import type { AnyLookUp } from './port.ts';

export interface LookUpContext {
  /** How many charges of the checkout were declined before. */
  declinesBefore: number;
  /** How many attempts with the same purpose there are. */
  madeBefore: number;
  keyLifeMs: number;
}

/** Null when it says nothing new. */
export function learnLookUp(
  attempt: AttemptFacts,
  result: AnyLookUp,
  context: LookUpContext,
  nowMs: number,
): Learned | null {
  if (!isOpen(attempt) && attempt.state !== 'pending') return null;
  switch (result.kind) {
    case 'found': {
      const live = result.found.filter(isLive);
      if (live.length > 1)
        return { ...asItIs(attempt), state: 'unknown', code: madeTwice, notBeforeMs: null };
      return learnFound(attempt, live[0] ?? result.found[0], context, nowMs);
    }
    case 'not_found':
      if (attempt.purpose === 'charge' || attempt.purpose === 'refund') {
        return notMade(attempt, context, nowMs);
      }
      // Its charge is known to be there: somebody must look at the processor.
      return { ...asItIs(attempt), state: 'unknown', notBeforeMs: null };
    case 'too_early':
      return { ...asItIs(attempt), notBeforeMs: nowMs + result.tryAgainAfterMs };
    case 'repeat':
      return repeat(attempt, nowMs);
    case 'unavailable':
      return later(attempt, result, nowMs);
    default:
      return unreachable(result);
  }
}

type Found = ChargeState | RefundState;

function isLive({ state }: Found): boolean {
  return state !== 'declined' && state !== 'voided' && state !== 'failed';
}

function learnFound(
  attempt: AttemptFacts,
  found: Found,
  context: LookUpContext,
  nowMs: number,
): Learned | null {
  if ('refundId' in found) {
    if (found.state === 'pending' && attempt.state === 'pending') return later(attempt, inProgress, nowMs);
    return learnRefund(attempt, found, nowMs);
  }
  switch (found.state) {
    case 'in_progress':
      return later(attempt, inProgress, nowMs);
    case 'declined': {
      if (attempt.purpose !== 'charge') return { ...asItIs(attempt), state: 'unknown', notBeforeMs: null };
      const decline = found.decline ?? { declineClass: 'do_not_retry', code: 'card_declined' };
      return { ...declinedBy(attempt, decline, context.declinesBefore, nowMs), chargeId: found.chargeId };
    }
    case 'authorised':
      if (attempt.purpose === 'charge') return learnCharge(attempt, found);
      return notMade(attempt, context, nowMs);
    case 'capture_failed':
      if (attempt.purpose === 'charge') return learnCharge(attempt, found);
      if (attempt.purpose === 'capture') return declinedBy(attempt, tookBack, 0, nowMs);
      return notMade(attempt, context, nowMs);
    case 'captured':
    case 'voided':
      return learnCharge(attempt, found);
    default:
      return unreachable(found);
  }
}

const tookBack = { declineClass: 'do_not_retry', code: captureFailed } as const;

const inProgress = { kind: 'unavailable', code: 'in_progress' } as const;

function later(attempt: AttemptFacts, result: LookUp<{ state: string }>, nowMs: number): Learned {
  const retry = afterLookUp(result, reasonOf(attempt), attempt.looked);
  const notBeforeMs = 'afterMs' in retry ? nowMs + retry.afterMs : null;
  return { ...asItIs(attempt), looked: attempt.looked + 1, notBeforeMs };
}

/** Nothing but its key can say what became of it: it stays unknown until then, so that nothing else is done. */
function repeat(attempt: AttemptFacts, nowMs: number): Learned {
  // The processor took it on, and tells of its end: sent again it would only say so again.
  if (attempt.state !== 'unknown' || reasonOf(attempt) === 'accepted') {
    return later(attempt, inProgress, nowMs);
  }
  if (attempt.tries >= madeMax) return { ...asItIs(attempt), notBeforeMs: null };
  return { ...asItIs(attempt), code: toRepeat, notBeforeMs: nowMs + pausedMs(attempt.tries) };
}

/** The same request again while the processor knows its key; otherwise another one takes its place. Paced by how many. */
function notMade(attempt: AttemptFacts, context: LookUpContext, nowMs: number): Learned {
  const sameAgain =
    attempt.state === 'unknown' &&
    attempt.code !== 'state_refused' &&
    afterLookUp({ kind: 'not_found' }, reasonOf(attempt), attempt.looked).kind === 'same_attempt' &&
    nowMs - attempt.firstSentMs < context.keyLifeMs;
  const made = sameAgain ? attempt.tries : context.madeBefore;
  // Again and again nobody knows, and it is not there: somebody must look at it.
  if (made >= madeMax) return { ...asItIs(attempt), state: 'unknown', notBeforeMs: null };
  const notBeforeMs = nowMs + pausedMs(made);
  const state = sameAgain ? 'unavailable' : 'not_made';
  return { ...asItIs(attempt), state, code: 'not_found', notBeforeMs };
}

const madeMax = 10;

/** As long as after an outage that was met so often. */
function pausedMs(made: number): number {
  const retry = retryable({ kind: 'unavailable', code: 'not_reached', retryAfterMs: null }, made - 1);
  return 'afterMs' in retry ? retry.afterMs : 0;
}

function asItIs({ state, code, declineClass, looked, notBeforeMs }: AttemptFacts): Learned {
  return { state, code, declineClass, looked, notBeforeMs, charge: null };
}

/** For the other codes (an amended state) the reason makes no difference. */
function reasonOf({ code }: AttemptFacts): UnknownReason {
  return code === 'processor_failed' || code === 'accepted' ? code : 'timed_out';
}
