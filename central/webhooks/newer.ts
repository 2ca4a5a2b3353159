// Which of two things that a processor told of one object is the newer. Events come late, twice and in any order; the order
// here is total, so that whatever way they come, the last word is the same. An old event never overwrites a newer state.
import { unreachable } from '../../kit/assert.ts';
import type { ObjectState, ProcessorObject } from './object.ts';

/** `same` is the very event that is known. */
export type Standing = 'newer' | 'same' | 'older';

/** What is compared. */
export type Said = ObjectState &
  Pick<ProcessorObject, 'happenedMs' | 'eventId' | 'amountMinor' | 'capturedMinor'>;

/**
 * How one event stands to what is known of the same object: first by whether it is an end, for a capture is never undone
 * by a hold whatever a clock says; then by the processor's own time; then, within the same second, by the order in which
 * states follow each other; then by the amounts.
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
  const { ending, rank } = placeOf(said);
  return [ending ? 1 : 0, said.happenedMs, rank, said.capturedMinor, said.amountMinor];
}

interface Place {
  /** No state that is none follows it. */
  ending: boolean;
  /** Among states told with the same time. */
  rank: number;
}

function placeOf(said: ObjectState): Place {
  switch (said.kind) {
    case 'charge':
      return chargePlaces[said.state];
    case 'refund':
      return refundPlaces[said.state];
    case 'dispute':
      return { ending: false, rank: disputeRanks[said.state] };
    default:
      return unreachable(said);
  }
}

/** A declined charge may still be authorised by another method; a captured one may still be given back whole. */
const chargePlaces: Readonly<Record<(ObjectState & { kind: 'charge' })['state'], Place>> = {
  in_progress: { ending: false, rank: 0 },
  declined: { ending: false, rank: 1 },
  authorised: { ending: false, rank: 2 },
  captured: { ending: true, rank: 3 },
  voided: { ending: true, rank: 4 },
};

/** A refund that was made can still come back from the card holder's bank. */
const refundPlaces: Readonly<Record<(ObjectState & { kind: 'refund' })['state'], Place>> = {
  pending: { ending: false, rank: 0 },
  refunded: { ending: true, rank: 1 },
  failed: { ending: true, rank: 2 },
};

/** No state of a dispute is an end: what was won can be disputed again. */
const disputeRanks: Readonly<Record<(ObjectState & { kind: 'dispute' })['state'], number>> = {
  inquiry: 0,
  closed: 1,
  opened: 2,
  under_review: 3,
  won: 4,
  lost: 5,
};
