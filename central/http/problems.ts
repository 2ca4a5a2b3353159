// Problems over HTTP: RFC 9457, one table of what each code means.
import type { Context } from 'koa';
import type { Problem } from '../../contract/kiosk-api.ts';

const problems = {
  unauthorised: { status: 401, title: 'An operator API key is needed' },
  not_found: { status: 404, title: 'There is nothing here' },
  method_not_allowed: { status: 405, title: 'This resource cannot be used so' },
  query_malformed: { status: 400, title: 'The query is not understood' },
  ambiguous: { status: 409, title: 'Several appliances use that id' },
  not_ready: { status: 503, title: 'The service is not ready' },
  internal: { status: 500, title: 'The service failed' },
} as const;
export type ProblemCode = keyof typeof problems;

/** Thrown by a route, answered by the application. */
export class ProblemError extends Error {
  readonly code: ProblemCode;

  constructor(code: ProblemCode, detail: string) {
    super(detail);
    this.code = code;
  }
}

/** Answers the request with the problem. */
export function answerProblem(context: Context, code: ProblemCode, detail?: string): void {
  const { status, title } = problems[code];
  const problem: Problem = {
    type: `urn:holdfast:problem:${code}`,
    title,
    status,
    code,
    ...(detail === undefined ? {} : { detail }),
  };
  context.status = status;
  context.body = JSON.stringify(problem);
  context.type = 'application/problem+json';
}
