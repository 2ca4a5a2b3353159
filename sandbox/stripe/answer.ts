// What a call is answered, and the errors in the shape Stripe gives them.

export interface Answer {
  status: number;
  /** JSON, made once: it is sent, and kept under its key, as it is. */
  text: string;
}

export interface ErrorBody {
  type: 'card_error' | 'invalid_request_error' | 'idempotency_error' | 'api_error';
  message: string;
  code?: string;
  decline_code?: string;
  advice_code?: string;
  param?: string;
  charge?: string;
  payment_intent?: object;
}

/** A call that is refused. `begun` says whether it was carried out so far that its answer is kept under its key. */
export class Refusal extends Error {
  readonly answer: Answer;
  readonly begun: boolean;

  constructor(status: number, error: ErrorBody, begun: boolean) {
    super(error.message);
    this.answer = { status, text: JSON.stringify({ error }) };
    this.begun = begun;
  }
}

export function missing(param: string, what: string, id: string): Refusal {
  const message = `No such ${what}: '${id}'`;
  return new Refusal(404, { type: 'invalid_request_error', code: 'resource_missing', message, param }, false);
}

export function malformed(code: string, param: string, message: string): Refusal {
  return new Refusal(400, { type: 'invalid_request_error', code, message, param }, false);
}

export function unexpectedState(message: string, paymentIntent: object): Refusal {
  const code = 'payment_intent_unexpected_state';
  const error = { type: 'invalid_request_error' as const, code, message, payment_intent: paymentIntent };
  return new Refusal(400, error, true);
}

export const failures = {
  unauthorised: new Refusal(
    401,
    {
      type: 'invalid_request_error',
      message: 'Invalid API Key provided. The sandbox takes any key that begins with sk_test_.',
    },
    false,
  ),
  keyInUse: new Refusal(
    409,
    {
      type: 'idempotency_error',
      code: 'idempotency_key_in_use',
      message: 'There is currently another in-progress request using this Idempotent Key.',
    },
    false,
  ),
  keyReused: new Refusal(
    400,
    {
      type: 'idempotency_error',
      message:
        'Keys for idempotent requests can only be used with the same parameters they were first used with.',
    },
    false,
  ),
  tooLong: new Refusal(
    413,
    { type: 'invalid_request_error', message: 'The body is longer than any call of this API.' },
    false,
  ),
  tooMany: new Refusal(
    429,
    {
      type: 'invalid_request_error',
      code: 'rate_limit',
      message: 'Too many requests hit the API too quickly.',
    },
    false,
  ),
  failed: new Refusal(500, { type: 'api_error', message: 'An unexpected error occurred.' }, true),
  full: new Refusal(
    500,
    {
      type: 'api_error',
      code: 'sandbox_full',
      message: 'The sandbox holds all it can: empty it with POST /sandbox/reset.',
    },
    false,
  ),
} as const;
