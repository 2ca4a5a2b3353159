// The errors in the shape Adyen gives them (https://docs.adyen.com/development-resources/error-codes).

export interface Answer {
  status: number;
  /** JSON, made once: it is sent, and kept under its key, as it is. */
  text: string;
  /** Said in a header: it had no effects, and the same may be asked again. */
  transient: boolean;
}

export const answerOf = (status: number, body: object, transient = false): Answer => ({
  status,
  text: JSON.stringify(body),
  transient,
});

/** A call that is refused before it is carried out: its key stays free. */
export class Refusal extends Error {
  readonly answer: Answer;

  constructor(answer: Answer) {
    super('refused');
    this.answer = answer;
  }
}

export function errorOf(
  status: number,
  errorCode: string,
  message: string,
  more: { errorType?: string; field?: string; transient?: boolean } = {},
): Answer {
  const { errorType = 'validation', field, transient = false } = more;
  const invalidFields = field === undefined ? {} : { invalidFields: [{ name: field, message }] };
  return answerOf(status, { status, errorCode, message, errorType, ...invalidFields }, transient);
}

export const failures = {
  unauthorised: errorOf(401, '000', 'HTTP Status Response - Unauthorized', { errorType: 'security' }),
  keyInUse: errorOf(422, '704', 'request already processed or in progress', { transient: true }),
  tooMany: errorOf(429, '905', 'Too many requests', { errorType: 'configuration' }),
  failed: errorOf(500, '905', 'Internal error', { errorType: 'internal', transient: true }),
  failedAfter: errorOf(500, '905', 'Internal error', { errorType: 'internal' }),
  unknownPath: errorOf(404, '000', 'The sandbox speaks a part of the API only.'),
  keyTooLong: errorOf(422, '702', 'The idempotency key is longer than 64 characters.'),
  noPayment: errorOf(422, '167', 'Original pspReference required for this operation'),
  noToken: errorOf(422, '803', 'PaymentDetail not found'),
  tooLong: errorOf(413, '000', 'The body is longer than 64 KiB.'),
  full: errorOf(500, '905', 'The sandbox holds all it can: empty it with POST /sandbox/reset.', {
    errorType: 'internal',
  }),
} as const;
