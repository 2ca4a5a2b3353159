// What a trial says when it cannot go on: a stable code, what happened, and what to do about it.

export type TrialErrorCode =
  /** An argument or input file that cannot be used. */
  | 'bad_argument'
  | 'input_unusable'
  /** Another trial runs in the same folder. */
  | 'already_running'
  /** One of the two programs ended or stayed silent while it was started. */
  | 'program_not_ready'
  /** One of the two programs ended though nobody asked it to. */
  | 'program_crashed'
  /** An operators' command of central failed. */
  | 'command_failed'
  /** What must come did not come in time. */
  | 'too_slow'
  /** A program answered what it must not answer. */
  | 'bad_answer';

export class TrialError extends Error {
  override readonly name = 'TrialError';
  readonly code: TrialErrorCode;
  readonly hint: string;

  constructor(code: TrialErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
  }
}

/** The lines for standard error. Provisioning's errors carry a code and a hint too. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `error: ${String(error)}`;
  const { code, hint } = error as Error & { code?: string; hint?: string };
  if (hint === undefined) return `error: ${error.stack ?? error.message}`;
  return `error ${code}: ${error.message}\n  ${hint}`;
}

/** 2 for what the caller can mend on the command line, 1 for everything else. */
export function exitCodeOf(error: unknown): number {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'bad_argument' || code === 'input_unusable' ? 2 : 1;
}
