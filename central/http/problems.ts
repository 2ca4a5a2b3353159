// Problems over HTTP: RFC 9457, one table of what each code means.
import type { Context } from 'koa';
import type { Problem } from '../../contract/kiosk-api.ts';

const problems = {
  unauthorised: { status: 401, title: 'An API key of central, or a session, is needed' },
  key_expired: { status: 401, title: 'The time of this key is over' },
  key_revoked: { status: 401, title: 'This key was revoked' },
  address_not_allowed: { status: 403, title: 'This key may not be used from here' },
  action_not_allowed: { status: 403, title: 'This key or person may not do that' },
  cross_site: { status: 403, title: 'Another site asks' },
  person_needed: { status: 403, title: 'A person must be signed in' },
  sign_in_refused: { status: 401, title: 'Name, password or code is wrong' },
  sign_in_later: { status: 429, title: 'Too many tries' },
  link_ended: { status: 410, title: 'That link was used, or its time is over' },
  code_wrong: { status: 409, title: 'That is not the code of this moment' },
  not_found: { status: 404, title: 'There is nothing here' },
  method_not_allowed: { status: 405, title: 'This resource cannot be used so' },
  query_malformed: { status: 400, title: 'The query is not understood' },
  body_malformed: { status: 400, title: 'The body is not understood' },
  body_too_large: { status: 413, title: 'The body is too large' },
  content_type_unsupported: { status: 415, title: 'The body is of another type' },
  key_name_taken: { status: 409, title: 'Another key has that name' },
  key_already_revoked: { status: 409, title: 'That key was revoked' },
  last_admin_key: { status: 409, title: 'That key is the last one that may manage keys' },
  person_known: { status: 409, title: 'There is a person of that name' },
  person_refused: { status: 409, title: 'That cannot be done with this person' },
  last_admin_person: { status: 409, title: 'That person is the last one who may manage persons' },
  persons_full: { status: 409, title: 'There are as many persons as there may be' },
  viewers_full: { status: 503, title: 'There are as many viewers as there may be' },
  keys_full: { status: 409, title: 'There are as many keys as there may be' },
  review_decided: { status: 409, title: 'That review was decided' },
  second_person_needed: { status: 409, title: 'Another person must confirm it' },
  ambiguous: { status: 409, title: 'Several appliances use that id' },
  processor_needed: { status: 409, title: 'Several processors used that id' },
  endpoints_full: { status: 409, title: 'There are as many endpoints as there may be' },
  payee_known: { status: 409, title: 'There is a payee of that id' },
  payout_refused: { status: 409, title: 'That payout cannot take this step now' },
  site_known: { status: 409, title: 'There is a site of that name' },
  enrolment_used: { status: 409, title: 'That code was used' },
  est_missing: { status: 409, title: 'Nobody can enrol here' },
  appliance_refused: { status: 409, title: 'That cannot be done with this appliance' },
  journal_not_received: { status: 409, title: 'The appliance wrote what is not here' },
  doubt_ended: { status: 409, title: 'That doubt has ended' },
  alert_not_open: { status: 409, title: 'That alert was taken up, or is well again' },
  window_over: { status: 409, title: 'That window of maintenance is over' },
  windows_full: { status: 409, title: 'There are as many windows of maintenance as there may be' },
  rollout_changed: { status: 409, title: 'Somebody acted on this rollout since' },
  rollout_refused: { status: 409, title: 'That cannot be done with rollouts now' },
  exception_refused: { status: 409, title: 'That cannot be done with this exception' },
  not_ready: { status: 503, title: 'The service is not ready' },
  internal: { status: 500, title: 'The service failed' },
} as const;
export type ProblemCode = keyof typeof problems;
export const problemCodes = Object.keys(problems) as ProblemCode[];

/** Thrown by a route, answered by the application. */
export class ProblemError extends Error {
  readonly code: ProblemCode;
  /** Goes into Retry-After; null: nothing is said of it. */
  readonly retrySeconds: number | null;

  constructor(code: ProblemCode, detail: string, retrySeconds: number | null = null) {
    super(detail);
    this.code = code;
    this.retrySeconds = retrySeconds;
  }
}

/** Answers the request with the problem. */
export function answerProblem(context: Context, code: ProblemCode, detail?: string): void {
  const problem = problemWords(code, detail);
  context.status = problem.status;
  context.body = JSON.stringify(problem);
  context.type = 'application/problem+json';
}

/** The problem as it is answered. */
export function problemWords(code: ProblemCode, detail?: string): Problem {
  const { status, title } = problems[code];
  return {
    type: `urn:holdfast:problem:${code}`,
    title,
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
  };
}

/** @throws ProblemError not_found */
export function found<T>(value: T | null, what: string): T {
  if (value === null) throw new ProblemError('not_found', `No ${what} has that id.`);
  return value;
}
