// What can keep a box from getting, renewing or using its identity: a stable code, and what to do about it.

export type IdentityErrorCode =
  /** The slip is no slip, or a part of it is not what it must be. */
  | 'slip_malformed'
  /** There is no slip, and nobody to ask. */
  | 'slip_missing'
  /** There is no such file, or it cannot be read. */
  | 'bundle_missing'
  /** It is no bundle, not whole, or of another release. */
  | 'bundle_malformed'
  /** The passphrase does not open it. */
  | 'bundle_sealed'
  | 'bundle_expired'
  /** There is no passphrase, and nobody to ask. */
  | 'bundle_passphrase_missing'
  /** Whoever answers shows another root than the slip's. */
  | 'root_mismatch'
  /** Whoever answers proves no certificate under central's root. */
  | 'central_not_trusted'
  /** No answer: the link, the name, the port, or central itself. */
  | 'central_unreachable'
  /** An answer that no central gives. */
  | 'answer_malformed'
  /** The code is wrong, used, cancelled or too old. */
  | 'code_refused'
  | 'too_many_attempts'
  /** Central refuses for a reason of its own, which the message holds. */
  | 'central_refused'
  | 'certificate_revoked'
  | 'renewal_window_passed'
  /** The box is another appliance, and its journal that one's. */
  | 'other_appliance'
  | 'not_enrolled'
  /** The configuration does not say where certificates are renewed. */
  | 'est_unknown'
  /** Another enrolment or renewal is at work on this box. */
  | 'identity_busy';

export class IdentityError extends Error {
  override readonly name = 'IdentityError';
  readonly code: IdentityErrorCode;
  readonly hint: string;
  constructor(code: IdentityErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
  }
}
