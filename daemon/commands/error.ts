// What a technician's command can end with, beside success: a stable code, what to do, and the exit code for scripts.

/** 1: the command was understood, and the state of things does not allow it. 2: it was called wrongly. */
export const exitCodes = {
  argument_malformed: 2,
  kiosk_name_taken: 1,
  kiosk_unknown: 1,
  kiosks_full: 1,
  journal_missing: 1,
  journal_damaged: 1,
  salvage_failed: 1,
  salvage_without_room: 1,
  salvage_unreceived: 1,
  salvage_unacknowledged: 1,
  entries_unreceived: 1,
  service_runs: 1,
  not_confirmed: 2,
  slot_empty: 1,
  releases_not_taken: 1,
  pin_refused: 2,
  pin_not_written: 1,
  bundle_not_written: 1,
  not_permitted: 2,
  config_not_editable: 2,
  config_refused: 2,
  service_not_started: 1,
  service_silent: 1,
  slip_missing: 2,
  slip_malformed: 2,
  bundle_missing: 2,
  bundle_malformed: 2,
  bundle_sealed: 2,
  bundle_expired: 1,
  bundle_passphrase_missing: 2,
  est_unknown: 2,
  not_enrolled: 1,
  other_appliance: 1,
  identity_busy: 1,
  root_mismatch: 1,
  central_not_trusted: 1,
  central_unreachable: 1,
  central_refused: 1,
  answer_malformed: 1,
  code_refused: 1,
  too_many_attempts: 1,
  certificate_revoked: 1,
  renewal_window_passed: 1,
} as const;

export class CommandError extends Error {
  readonly code: keyof typeof exitCodes;
  readonly hint: string;
  constructor(code: keyof typeof exitCodes, message: string, hint: string, cause?: unknown) {
    super(`${code}: ${message}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
  }
}
