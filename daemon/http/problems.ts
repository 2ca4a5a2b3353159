// Every problem a kiosk can be told: its stable code, its HTTP status, and the words (RFC 9457).
import type { Context } from 'koa';
import type { Problem } from '../../contract/kiosk-api.ts';

const table = {
  body_not_json: [400, 'The body is not JSON', 'Send one JSON object in UTF-8.'],
  body_invalid: [400, 'The body does not say what is needed', 'Correct the fields named in errors.'],
  body_incomplete: [400, 'The body ended early', 'Send the whole body within the time allowed.'],
  idempotency_key_missing: [
    400,
    'No Idempotency-Key',
    'Send a new UUID as Idempotency-Key, and the same one on every retry.',
  ],
  idempotency_key_invalid: [
    400,
    'The Idempotency-Key is no UUID',
    'Send a UUID: it becomes the id of the document.',
  ],
  query_invalid: [400, 'The query cannot be read', 'Use cursor as it was given and limit from 1 to 100.'],
  kiosk_token_missing: [
    401,
    'The request carries no kiosk token',
    'Pair the kiosk, and send its token as Authorization: Bearer.',
  ],
  kiosk_token_invalid: [
    401,
    'The kiosk token is not known',
    'The kiosk was revoked or is another appliance’s: pair it again.',
  ],
  box_key_missing: [
    401,
    'Nobody but the box itself may ask for this',
    'At the box: `holdfast synthetic run`, as root or as the account of the service.',
  ],
  technician_signed_out: [401, 'Nobody is signed in', 'Type the PIN of this appliance.'],
  origin_refused: [
    403,
    'The request comes from another page',
    'Open the appliance’s own page, and send it from there.',
  ],
  pin_wrong: [
    403,
    'The PIN is wrong',
    'Try again; after four wrong ones each takes a wait. A new PIN: `holdfast pin set`.',
  ],
  scope_missing: [403, 'The kiosk may not do this', 'Pair the kiosk again with the scope that is needed.'],
  pairing_code_invalid: [
    403,
    'The pairing code is wrong, used or too old',
    'Make a new one with `holdfast kiosk pair`.',
  ],
  not_found: [
    404,
    'There is no such resource',
    'Check the path: documents are below /v1/checkouts and /v1/refunds.',
  ],
  document_not_found: [
    404,
    'No document has this id',
    'Check the id; documents live on the appliance that took them.',
  ],
  checkout_not_found: [
    404,
    'No checkout has this id',
    'Check the id; a checkout is voided or refunded where it was taken.',
  ],
  slip_not_found: [
    404,
    'The document has no slip',
    'Only what was approved has one; read the document for its verdict.',
  ],
  method_not_allowed: [405, 'This path does not take this method', 'See the Allow header.'],
  kiosk_name_taken: [
    409,
    'There is a kiosk of this name',
    'Choose another; if the kiosk was replaced: `holdfast kiosk revoke` first.',
  ],
  kiosks_full: [
    409,
    'There are as many kiosks as may be',
    'Revoke those that are gone: `holdfast kiosk revoke`.',
  ],
  pin_not_set: [409, 'No PIN is set, or it cannot be read', 'At the box: `holdfast pin set`.'],
  body_too_large: [413, 'The body is too large', 'Keep the body within 64 KiB.'],
  content_type_unsupported: [415, 'The body is not declared as JSON', 'Send Content-Type: application/json.'],
  document_in_doubt: [
    409,
    'This document was lost in a damage of the journal',
    'It was taken once, and central’s people settle what became of it. Do not sell it again with this key: ask whether the customer has the goods.',
  ],
  host_unknown: [
    421,
    'The appliance does not go by this name',
    'Call it by localhost, http.lan.host or a name in its certificate.',
  ],
  card_number_present: [
    422,
    'The request holds a card number',
    'Send the processor token only. Nothing was stored.',
  ],
  idempotency_conflict: [
    422,
    'This Idempotency-Key was used with another body',
    'Use a new key for a new document.',
  ],
  pin_locked: [
    429,
    'Too many wrong PINs',
    'Wait as Retry-After says; or, at the box: `holdfast pin set`, which ends the wait.',
  ],
  pairing_locked: [
    429,
    'Too many wrong pairing codes',
    'Wait as Retry-After says, or make a new code: that lifts the lock.',
  ],
  rate_limited: [429, 'Too many requests', 'Wait as Retry-After says, then send fewer.'],
  internal_error: [500, 'The appliance failed on this request', 'Try again with the same Idempotency-Key.'],
  busy: [503, 'Too many requests wait', 'Try again with the same Idempotency-Key.'],
  catalogue_missing: [
    503,
    'The appliance has no catalogue yet',
    'Import a catalogue at central; it arrives with the feed.',
  ],
  policy_missing: [503, 'The appliance has no policy yet', 'It arrives with the feed from central.'],
  kiosks_unreadable: [
    503,
    'The file of kiosks cannot be read',
    'Restart the service, which sets a damaged file aside; then pair every kiosk again.',
  ],
  journal_full: [
    507,
    'The journal is full',
    'Make room on the disk or raise journal.bytesMax, then try again.',
  ],
} as const satisfies Record<string, readonly [number, string, string]>;

export type ProblemCode = keyof typeof table;

export const problemCodes = Object.keys(table) as ProblemCode[];

/** What a code is answered with when nothing more can be said of the request. */
export function problemWords(code: ProblemCode): Omit<Problem, 'requestId' | 'errors'> {
  const [status, title, detail] = table[code];
  return { type: `urn:holdfast:problem:${code}`, title, status, code, detail };
}

/** Thrown inside a request, answered as problem+json by the outermost layer. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  readonly errors: Problem['errors'];
  /** In place of the table's words, when they can say more of this request. */
  readonly detail: string | undefined;
  constructor(code: ProblemCode, errors?: Problem['errors'], detail?: string) {
    super(code);
    this.code = code;
    this.errors = errors;
    this.detail = detail;
  }
}

const retryAfterSeconds: Partial<Record<ProblemCode, number>> = {
  busy: 1,
  catalogue_missing: 5,
  policy_missing: 5,
  journal_full: 30,
};

export function answerProblem(
  ctx: Context,
  code: ProblemCode,
  errors?: Problem['errors'],
  moreDetail?: string,
): void {
  const words = problemWords(code);
  const problem: Problem = {
    ...words,
    detail: moreDetail ?? words.detail,
    requestId: ctx.state.requestId as string,
    ...(errors && { errors }),
  };
  const retryAfter = retryAfterSeconds[code];
  if (retryAfter !== undefined) ctx.set('Retry-After', String(retryAfter));
  ctx.status = words.status;
  ctx.body = JSON.stringify(problem);
  ctx.type = 'application/problem+json';
}
