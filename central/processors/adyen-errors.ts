// What Adyen's errors mean. Pure. Keeps I13: only what is known not to have happened is reported so; all else is unknown.
import type { Failure, RejectedCode } from './port.ts';

/** An error with all that may be looked at; its message is not: it may quote what was sent. */
export type AdyenTrouble =
  | {
      kind: 'answered';
      status: number;
      errorCode: string | null;
      field: string | null;
      retryAfterSeconds: number | null;
    }
  /** `reached` is false where no connection was made, so that nothing can have been sent. */
  | { kind: 'not_answered'; reached: boolean; timedOut: boolean }
  | { kind: 'not_understood' };

const hints: Readonly<Record<RejectedCode, string>> = {
  amount_not_representable: 'Adyen cannot be told this amount of this currency: settle it by other means.',
  credentials_refused: "Check Adyen's API key, its roles and the merchant account in the configuration.",
  request_refused: 'Adyen refused the field named; the API logs of the Customer Area have the request.',
  key_reused: 'The idempotency key stands for another request: the names of attempts must not be shared.',
  not_found: 'Adyen does not know it: check that token and payment belong to this merchant account.',
  state_refused: 'It is in a state in which this cannot be done: look it up.',
  amount_too_large: 'More than is left to take or to give back.',
};

export function rejected(code: RejectedCode, field: string | null = null, hint = hints[code]): Failure {
  return { kind: 'rejected', code, hint, field };
}

/** 704: "request already processed or in progress": an earlier call of ours has the key. */
const keyInUse = '704';
/** 167: no such payment. 800 "Contract not found", 803 "PaymentDetail not found": no such token. */
const missing: ReadonlySet<string> = new Set(['167', '800', '803']);

export function failureOf(trouble: AdyenTrouble): Failure {
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

function failureOfAnswer(answer: Extract<AdyenTrouble, { kind: 'answered' }>): Failure {
  const { status, errorCode, field, retryAfterSeconds } = answer;
  if (status === 429) {
    const retryAfterMs = retryAfterSeconds === null ? null : retryAfterSeconds * 1000;
    return { kind: 'unavailable', code: 'rate_limited', retryAfterMs };
  }
  if (errorCode === keyInUse || status === 409) return { kind: 'unknown', reason: 'in_progress' };
  if (status === 401 || status === 403) return rejected('credentials_refused');
  if (status === 404 || (status === 422 && errorCode !== null && missing.has(errorCode))) {
    return rejected('not_found', field);
  }
  // Also where Adyen says that it is a passing error without effects: the repetition by the old key finds out.
  if (status !== 400 && status !== 422) return { kind: 'unknown', reason: 'processor_failed' };
  return rejected('request_refused', field);
}
