// What can go wrong in a command of the operator: a stable code, words, and a hint for the person who must act.

/** What each code means for the exit of a command: 1 it failed, 2 it was called wrongly. */
export const exitCodes = {
  config_missing: 2,
  config_malformed: 2,
  secret_unusable: 2,
  file_missing: 2,
  file_malformed: 2,
  file_refused: 1,
  catalogue_malformed: 1,
  catalogue_missing: 1,
  draft_unknown: 1,
  drafts_too_many: 1,
  policy_malformed: 1,
  configuration_malformed: 1,
  stock_malformed: 2,
  sku_unknown: 1,
  appliance_unknown: 1,
  fingerprint_malformed: 2,
  tokens_malformed: 2,
  hot_list_full: 1,
  ledger_broken: 1,
  collection_unknown: 1,
  checkout_unknown: 1,
  rules_malformed: 2,
  run_busy: 1,
  as_of_in_the_past: 2,
  exception_unknown: 1,
  exception_refused: 1,
  cut_over_not_ready: 1,
  report_unknown: 1,
  database_unknown: 1,
  database_missing: 1,
  address_refused: 1,
  key_unknown: 1,
  key_name_taken: 1,
  key_revoked: 1,
  keys_full: 1,
  person_unknown: 1,
  person_known: 1,
  person_ended: 1,
  persons_full: 1,
  audit_broken: 1,
  review_unknown: 1,
  review_decided: 1,
  second_person_needed: 1,
  argument_malformed: 2,
  payee_unknown: 1,
  payee_known: 1,
  payout_unknown: 1,
  payout_refused: 1,
  movement_refused: 1,
  postings_malformed: 2,
  event_unknown: 1,
  event_ambiguous: 1,
  url_refused: 2,
  endpoints_full: 1,
  endpoint_unknown: 1,
  est_missing: 2,
  site_unknown: 1,
  site_known: 1,
  enrolment_unknown: 1,
  enrolment_used: 1,
  appliance_known: 1,
  appliance_refused: 1,
  appliance_denied: 1,
  journal_not_received: 1,
  journal_unproven: 1,
  journal_of_another: 1,
  doubt_unknown: 1,
  doubt_ended: 1,
  alert_unknown: 1,
  alert_not_open: 1,
  window_unknown: 1,
  window_over: 1,
  windows_full: 1,
  rollout_unknown: 1,
  rollout_changed: 1,
  rollout_refused: 1,
  release_refused: 1,
} as const;
export type CommandErrorCode = keyof typeof exitCodes;

export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: CommandErrorCode;
  readonly hint: string;
  /** What exactly is wrong, one a line. */
  readonly details: readonly string[];

  constructor(
    code: CommandErrorCode,
    message: string,
    hint: string,
    more: { details?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.code = code;
    this.hint = hint;
    this.details = more.details ?? [];
  }
}

export function fileMissing(path: string, cause: unknown): CommandError {
  const hint = 'Check the name and its permissions.';
  return new CommandError('file_missing', `${path} cannot be read`, hint, { cause });
}

export function notUtf8(path: string, cause: unknown): CommandError {
  return new CommandError('file_malformed', `${path} is not UTF-8 text`, 'Save it as UTF-8.', { cause });
}

/** An address that could not be listened at, in words; null where it was something else. */
export function addressRefused(error: unknown): CommandError | null {
  if (!(error instanceof Error) || (error as NodeJS.ErrnoException).syscall !== 'listen') return null;
  const hint = 'Stop what listens there, or change host and port in the configuration.';
  return new CommandError('address_refused', error.message, hint, { cause: error });
}
