// What an answer or a look-up said, in the words that people read in an attempt's history.
import { unreachable } from '../../../kit/assert.ts';
import type { AnyLookUp, AnyOutcome } from '../port.ts';

export function outcomeWords(outcome: AnyOutcome): string {
  switch (outcome.kind) {
    case 'approved':
      return 'charge' in outcome
        ? `approved: ${outcome.charge.chargeId} ${outcome.charge.state}`
        : `approved: ${outcome.refund.refundId} ${outcome.refund.state}`;
    case 'declined':
      return `declined: ${outcome.code} (${outcome.declineClass})`;
    case 'unknown':
      return `unknown: ${outcome.reason}`;
    case 'rejected':
      return `rejected: ${outcome.code}${outcome.field === null ? '' : ` in ${outcome.field}`}`;
    case 'unavailable':
      return `unavailable: ${outcome.code}`;
    default:
      return unreachable(outcome);
  }
}

export function lookUpWords(result: AnyLookUp): string {
  switch (result.kind) {
    case 'found':
      return `found: ${result.found.map((one) => `${'refundId' in one ? one.refundId : one.chargeId} ${one.state}`).join(', ')}`;
    case 'not_found':
      return 'not found';
    case 'repeat':
      return 'cannot be asked: the same request by its key says what became of it';
    case 'too_early':
      return 'not found yet: the processor may not have caught up with itself';
    case 'unavailable':
      return `unavailable: ${result.code}`;
    default:
      return unreachable(result);
  }
}
