// Which of two things that a processor told of one object is the newer. Events come late, twice and in any order; the order
// here is total, so that whatever way they come, the last word is the same. An old event never overwrites a newer state.
import { unreachable } from '../../kit/assert.ts';
import type { ObjectState, ProcessorObject } from './object.ts';

/** `same` is the very event that is known. */
export type Standing = 'newer' | 'same' | 'older';

/** What is compared. */
export type Said = ObjectState & Pick<ProcessorObject, 'happenedMs' | 'eventId' | 'capturedMinor'>;

/**
 * How one event stands to what is known of the same object: by the processor's own time; within the same second by the
 * order in which states follow each other; then by what was captured.
 */
export function standingOf(told: Said, known: Said | null): Standing {
  if (known === null) return 'newer';
  const weights = weightsOf(known);
  for (const [i, weight] of weightsOf(told).entries()) {
    const other = weights[i] ?? 0;
    if (weight !== other) return weight > other ? 'newer' : 'older';
  }
  // Nothing tells them apart but their names: any order will do, as long as it is always the same.
  if (told.eventId === known.eventId) return 'same';
  return told.eventId > known.eventId ? 'newer' : 'older';
}

function weightsOf(said: Said): number[] {
  return [said.happenedMs, rankOf(said), said.capturedMinor];
}

function rankOf(said: ObjectState): number {
  switch (said.kind) {
    case 'charge':
      return chargeRanks[said.state];
    case 'refund':
      return refundRanks[said.state];
    case 'dispute':
      return disputeRanks[said.state];
    default:
      return unreachable(said);
  }
}

/** A declined charge may still be authorised by another method; a captured one may fail, or be given back whole. */
const chargeRanks: Readonly<Record<(ObjectState & { kind: 'charge' })['state'], number>> = {
  in_progress: 0,
  declined: 1,
  authorised: 2,
  captured: 3,
  capture_failed: 4,
  voided: 5,
};

/** A refund that was made can still come back from the card holder's bank. */
const refundRanks: Readonly<Record<(ObjectState & { kind: 'refund' })['state'], number>> = {
  pending: 0,
  refunded: 1,
  failed: 2,
};

const disputeRanks: Readonly<Record<(ObjectState & { kind: 'dispute' })['state'], number>> = {
  inquiry: 0,
  closed: 1,
  opened: 2,
  under_review: 3,
  won: 4,
  lost: 5,
};
