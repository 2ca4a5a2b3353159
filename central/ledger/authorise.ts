// What an authorisation and the appliance's decision mean for the money of a pending checkout, in whichever order they
// come: pure. A checkout is sold at most once, and an authorisation for one that was refused never stays.
import type { DecisionEntry } from '../../contract/entry.ts';
import type { OutcomeKind, VerdictKind } from '../../contract/verdict.ts';
import { unreachable } from '../../kit/assert.ts';
import type { Authorisation } from './declared-answers.ts';
import type { DocumentState, ParkReason } from './settle.ts';

/** Where the asking for a checkout stands: `waiting` until it is answered. */
export type AnswerState = 'waiting' | Authorisation['kind'];

/** What is to be booked on the checkout, and what the appliance is told of it. */
export interface Step {
  /** The sale, under the checkout's own entry: it has room for one only. */
  sale: boolean;
  /** The sale taken back, under the decision's entry. */
  reversal: boolean;
  outcome: OutcomeKind | null;
}

const nothing: Step = { sale: false, reversal: false, outcome: null };

/**
 * An answer has come for a checkout that stands at `verdict`: pending, or decided by the appliance, which waited no
 * longer.
 */
export function afterAnswer(answer: Authorisation['kind'], verdict: VerdictKind): Step {
  switch (verdict) {
    case 'pending':
      return { ...nothing, sale: answer === 'authorised', outcome: answer };
    case 'approved_offline':
      // Sold already. A decline means that goods have left the shop unpaid: a person looks at it.
      if (answer === 'unknown') return nothing;
      return { ...nothing, outcome: answer === 'declined' ? 'in_review' : 'authorised' };
    case 'refused':
    case 'declined':
      if (answer !== 'authorised') return nothing;
      return { sale: true, reversal: true, outcome: 'reversed' };
    case 'authorised':
      return nothing;
    default:
      return unreachable(verdict);
  }
}

/** The appliance has decided a checkout for which central stands at `answer`. */
export function afterDecision(verdict: DecisionEntry['verdict'], answer: AnswerState): Step | ParkReason {
  switch (verdict) {
    case 'authorised':
      if (answer === 'authorised') return nothing;
      // Central's own word, which it has lost since: an older copy of its database was put back.
      return answer === 'waiting' ? { ...nothing, sale: true, outcome: 'authorised' } : 'not_authorised';
    case 'approved_offline':
      if (answer === 'authorised') return nothing;
      return { ...nothing, sale: true, outcome: answer === 'declined' ? 'in_review' : 'booked' };
    case 'declined':
    case 'refused':
      return answer === 'authorised' ? { ...nothing, reversal: true, outcome: 'reversed' } : nothing;
    default:
      return unreachable(verdict);
  }
}

/** Why a decision cannot be taken at all; null when it can. */
export function decisionRefused(checkout: DocumentState | null): ParkReason | null {
  if (checkout === null) return 'checkout_unknown';
  if (checkout.kind !== 'checkout') return 'not_a_checkout';
  return checkout.verdict === 'pending' ? null : 'already_decided';
}
