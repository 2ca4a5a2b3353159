// What Stripe's errors mean. Pure. Keeps I13: only what is known not to have happened is reported so; all else is unknown.
import type { Declined, Failure, RejectedCode } from './port.ts';
import { classifyDecline } from './stripe-declines.ts';

/** An error of the SDK with all that may be looked at; its message is not: it may quote what was sent. */
export type StripeTrouble =
  | {
      kind: 'answered';
      status: number;
      type: string;
      code: string | null;
      declineCode: string | null;
      adviceCode: string | null;
      param: string | null;
      retryAfterSeconds: number | null;
    }
  /** `reached` is false where the system says that no connection was made. */
  | { kind: 'not_answered'; reached: boolean; timedOut: boolean }
  | { kind: 'not_understood' };

const hints: Readonly<Record<RejectedCode, string>> = {
  amount_not_representable: 'Stripe cannot be told this amount of this currency: settle it by other means.',
  credentials_refused: 'Check the secret key of Stripe in the configuration, and its permissions.',
  request_refused: 'Stripe refused the field named; the log of the Stripe account has the request.',
  key_reused: 'The idempotency key stands for another request: the names of attempts must not be shared.',
  not_found: 'Stripe does not know it: check that key and charge belong to the same account.',
  state_refused: 'It is in a state in which this cannot be done: look it up.',
  amount_too_large: 'More than is left to take or to give back.',
};

const wrongStates: ReadonlySet<string> = new Set([
  'charge_already_captured',
  'charge_expired_for_capture',
  'intent_invalid_state',
  'payment_intent_unexpected_state',
]);

export function rejected(code: RejectedCode, field: string | null = null): Failure {
  return { kind: 'rejected', code, hint: hints[code], field };
}

export function failureOf(trouble: StripeTrouble): Declined | Failure {
  switch (trouble.kind) {
    case 'not_understood':
      return { kind: 'unknown', reason: 'answer_malformed' };
    case 'not_answered':
      if (!trouble.reached) return { kind: 'unavailable', code: 'not_reached', retryAfterMs: null };
      return { kind: 'unknown', reason: trouble.timedOut ? 'timed_out' : 'connection_lost' };
    case 'answered':
      return failureOfAnswer(trouble);
  }
}

function failureOfAnswer(answer: Extract<StripeTrouble, { kind: 'answered' }>): Declined | Failure {
  const { status, type, code, param, retryAfterSeconds } = answer;
  if (type === 'idempotency_error' && status !== 409) return rejected('key_reused');
  if (status === 402) {
    const decline = answer.declineCode ?? code ?? 'card_declined';
    return { kind: 'declined', declineClass: classifyDecline(decline, answer.adviceCode), code: decline };
  }
  if (status === 429 || code === 'rate_limit') {
    const retryAfterMs = retryAfterSeconds === null ? null : retryAfterSeconds * 1000;
    return { kind: 'unavailable', code: 'rate_limited', retryAfterMs };
  }
  // The same key is being carried out at this moment by an earlier call of ours.
  if (status === 409) return { kind: 'unknown', reason: 'in_progress' };
  if (status === 401 || status === 403) return rejected('credentials_refused');
  if (status === 404 || code === 'resource_missing') return rejected('not_found', param);
  if (status !== 400) return { kind: 'unknown', reason: 'processor_failed' };
  if (code !== null && wrongStates.has(code)) return rejected('state_refused');
  if (code === 'amount_too_large' || code === 'charge_already_refunded')
    return rejected('amount_too_large', param);
  return rejected('request_refused', param);
}
