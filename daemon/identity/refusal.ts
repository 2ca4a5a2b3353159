// What central's refusals mean for the person at the box. Central says one line, "code: words".
import type { Answer } from './central-connection.ts';
import { IdentityError } from './error.ts';

/** Anything but that one line is shown short and as it is. */
export function refusal(
  { status, body, retryAfter }: Pick<Answer, 'status' | 'body' | 'retryAfter'>,
  operation: string,
): IdentityError {
  const line = (body.split(/\r?\n/, 1)[0] ?? '').replace(/\p{Cc}/gu, ' ').slice(0, 300);
  const code = /^([a-z_]+): /.exec(line)?.[1] ?? '';
  const words = line.slice(code ? code.length + 2 : 0) || `status ${status}`;
  switch (true) {
    case status === 401 && code !== 'certificate_missing':
      return new IdentityError(
        'code_refused',
        `central does not take this code: ${words}`,
        'A code works once, for one appliance and a limited time: have central make another, then run holdfast enrol with it.',
      );
    case status === 429:
      return new IdentityError(
        'too_many_attempts',
        `central takes no more attempts now: ${words}`,
        `Wait${/^\d+$/.test(retryAfter) ? ` ${retryAfter} s` : ' a while'}, look at the code again, then run the same command.`,
      );
    case code === 'certificate_revoked' || code === 'appliance_denied':
      return new IdentityError(
        'certificate_revoked',
        `central has shut this box out: ${words}`,
        'Ask central why. If the box is to go on, central makes a new code for the same appliance: holdfast enrol keeps the journal.',
      );
    case code === 'renewal_window_passed':
      return new IdentityError(
        'renewal_window_passed',
        `the certificate ran out too long ago to be renewed: ${words}`,
        'Selling goes on. Have central make a new code for the same appliance, then run holdfast enrol: the journal stays.',
      );
    case status >= 500:
      return new IdentityError(
        'central_unreachable',
        `central cannot answer now (${operation}: ${words})`,
        'Run the same command again later: it continues.',
      );
    default:
      return new IdentityError(
        'central_refused',
        `central refuses ${operation}: ${code ? `${code}, ${words}` : words}`,
        'Give this line to whoever runs central.',
      );
  }
}

/** An answer that no central gives. */
export function malformed(what: string, cause?: unknown): IdentityError {
  return new IdentityError(
    'answer_malformed',
    `what answers at central's address sent no ${what} that this release can read`,
    'Look at what stands between box and central; give this line to whoever runs central.',
    cause,
  );
}
