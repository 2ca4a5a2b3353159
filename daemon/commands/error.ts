// What a technician's command can end with, beside success: a stable code, what to do, and the exit code for scripts.

/** 1: the command was understood, and the state of things does not allow it. 2: it was called wrongly. */
export const exitCodes = {
  argument_malformed: 2,
  kiosk_name_taken: 1,
  kiosk_unknown: 1,
  kiosks_full: 1,
} as const;

export class CommandError extends Error {
  readonly code: keyof typeof exitCodes;
  readonly hint: string;
  constructor(code: keyof typeof exitCodes, message: string, hint: string) {
    super(`${code}: ${message}`);
    this.code = code;
    this.hint = hint;
  }
}
