// What is known of charges and refunds from the webhooks that came: Adyen cannot be asked. Pure over stored events, in any
// order and however often each came. Keeps I13's half: what was not seen is not taken to be absent.
import type { ChargeState, ProcessorEvent, RefundState } from './port.ts';

/** Where the events of webhooks are kept. */
export interface Sightings {
  /**
   * All that name this reference of ours (a charge's, a refund's, or that of the capture or void they answer), or this charge.
   * Null when there are more than are read at once: a part of them could hide the one that counts.
   */
  about(question: { reference: string } | { chargeId: string }): Promise<readonly ProcessorEvent[] | null>;
}

/** The ids of the charges that these events name by this reference. */
export function chargeIdsSeen(events: readonly ProcessorEvent[], reference: string): string[] {
  const ids = events.map(({ about }) =>
    about.kind === 'charge' && about.charge.reference === reference ? about.charge.chargeId : null,
  );
  return [...new Set(ids.filter((id) => id !== null))];
}

/** The charge as its events leave it, or null when its authorisation was not seen. */
export function chargeSeen(events: readonly ProcessorEvent[], chargeId: string): ChargeState | null {
  const states = inOrder(events).flatMap(({ about }) =>
    about.kind === 'charge' && about.charge.chargeId === chargeId ? [about.charge] : [],
  );
  const named = states.filter(({ reference }) => reference !== null);
  // Refused first and authorised after all is authorised, whichever came last.
  const begun = named.findLast(({ state }) => state !== 'declined') ?? named.at(-1);
  if (begun === undefined) return null;
  const changed = states.findLast(({ reference }) => reference === null);
  if (changed === undefined) return begun;
  return { ...begun, state: changed.state, capturedMinor: changed.capturedMinor };
}

/** What became of a capture or void of ours, or null when it was not told yet. */
export function attemptSeen(events: readonly ProcessorEvent[], reference: string): 'done' | 'failed' | null {
  const last = inOrder(events).findLast(({ answers }) => answers?.reference === reference)?.answers;
  return last === undefined ? null : last.done ? 'done' : 'failed';
}

/** The refunds with this reference, each as its last event leaves it. */
export function refundsSeen(events: readonly ProcessorEvent[], reference: string): RefundState[] {
  const refunds = new Map<string, RefundState>();
  for (const { about } of inOrder(events)) {
    if (about.kind === 'refund' && about.refund.reference === reference)
      refunds.set(about.refund.refundId, about.refund);
  }
  return [...refunds.values()];
}

/** Adyen's times are whole seconds: of one second, what takes something back comes after what gave it. */
const takesBack: ReadonlySet<string> = new Set(['CAPTURE_FAILED', 'REFUND_FAILED', 'REFUNDED_REVERSED']);

function inOrder(events: readonly ProcessorEvent[]): ProcessorEvent[] {
  const rank = ({ type }: ProcessorEvent) => (takesBack.has(type) ? 1 : 0);
  return events.toSorted((one, other) => one.happenedMs - other.happenedMs || rank(one) - rank(other));
}
