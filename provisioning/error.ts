// What can go wrong with identities on disk: a stable code, and a hint for the person who must act.

export type ProvisioningErrorCode =
  /** A file or folder that must be there is not. */
  | 'file_missing'
  /** It is there but cannot be read. */
  | 'file_unreadable'
  /** Its content is not what its name promises. */
  | 'file_malformed'
  /** A private key that more than its owner may read. */
  | 'key_exposed'
  /** A key and the certificate or public key beside it are not a pair. */
  | 'key_mismatch'
  /** The identity is another appliance's than the one that runs. */
  | 'other_appliance'
  /** Something is already there, and nothing is ever overwritten. */
  | 'already_exists'
  /** The new folder cannot be made where it was asked for. */
  | 'folder_unwritable'
  /** The issuing CA's own certificate has run out, or is not valid yet. */
  | 'authority_not_valid'
  /** A server certificate whose time is over. */
  | 'certificate_expired'
  /** An argument that no certificate can carry. */
  | 'bad_argument';

export class ProvisioningError extends Error {
  override readonly name = 'ProvisioningError';
  readonly code: ProvisioningErrorCode;
  /** What to do about it, in one sentence. */
  readonly hint: string;

  constructor(code: ProvisioningErrorCode, message: string, hint: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
  }
}
