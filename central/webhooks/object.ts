// A charge, refund or dispute in one flat shape, as an event told it: what is kept, compared and asked for.
import { unreachable } from '../../kit/assert.ts';
import type {
  ChargeState,
  DeclineClass,
  DisputeState,
  ProcessorEvent,
  RefundState,
} from '../processors/port.ts';

export type ObjectState =
  | { kind: 'charge'; state: ChargeState['state'] }
  | { kind: 'refund'; state: RefundState['state'] }
  | { kind: 'dispute'; state: DisputeState['state'] };

export type ProcessorObject = ObjectState & {
  processor: string;
  /** The processor's. */
  id: string;
  /** Ours, where the processor gives it back. */
  reference: string | null;
  /** The charge itself, or the one it is about where that was told. */
  chargeId: string | null;
  currency: string;
  amountMinor: number;
  /** 0 for what is no charge. */
  capturedMinor: number;
  /** The processor's code of a decline, or the reason of a dispute. */
  code: string | null;
  declineClass: DeclineClass | null;
  /** The processor's time of the event that told it. */
  happenedMs: number;
  eventId: string;
};

/** What an event says of a charge, a refund or a dispute; null when it says nothing of any. */
export function objectOf(
  processor: string,
  { about, happenedMs, eventId }: ProcessorEvent,
): ProcessorObject | null {
  const when = { processor, happenedMs, eventId };
  const plain = { capturedMinor: 0, code: null, declineClass: null };
  switch (about.kind) {
    case 'charge': {
      const { chargeId, reference, state, amount, capturedMinor, decline } = about.charge;
      const declined = { code: decline?.code ?? null, declineClass: decline?.declineClass ?? null };
      const names = { id: chargeId, reference, chargeId };
      return { kind: about.kind, state, ...when, ...names, ...amount, capturedMinor, ...declined };
    }
    case 'refund': {
      const { refundId, reference, state, amount } = about.refund;
      const names = { id: refundId, reference, chargeId: about.chargeId };
      return { kind: about.kind, state, ...when, ...names, ...amount, ...plain };
    }
    case 'dispute': {
      const { disputeId, reference, state, amount, reason } = about.dispute;
      const names = { id: disputeId, reference, chargeId: about.chargeId };
      return { kind: about.kind, state, ...when, ...names, ...amount, ...plain, code: reason };
    }
    case 'report':
    case 'other':
      return null;
  }
}

/** The same as an event would tell it: what is known of it now. */
export function aboutOf(known: ProcessorObject): ProcessorEvent['about'] {
  const { id, reference, chargeId, currency, amountMinor, code } = known;
  const said = { reference, amount: { currency, amountMinor } };
  switch (known.kind) {
    case 'charge': {
      const { state, capturedMinor, declineClass } = known;
      const decline = declineClass === null || code === null ? null : { declineClass, code };
      return { kind: 'charge', charge: { chargeId: id, ...said, state, capturedMinor, decline } };
    }
    case 'refund':
      return { kind: 'refund', refund: { refundId: id, ...said, state: known.state }, chargeId };
    case 'dispute': {
      const { state } = known;
      return { kind: 'dispute', dispute: { disputeId: id, ...said, state, reason: code }, chargeId };
    }
    default:
      return unreachable(known);
  }
}

/** By what an event is found: the charge it is about, and the reference of ours that it names. */
export function namesOf(event: ProcessorEvent): { chargeId: string | null; reference: string | null } {
  const { answers } = event;
  const object = objectOf('', event);
  return {
    chargeId: object?.chargeId ?? answers?.chargeId ?? null,
    // A capture or void that is answered names its own attempt, and its charge does not.
    reference: answers?.reference ?? object?.reference ?? null,
  };
}
