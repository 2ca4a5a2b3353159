// What EST says when it says no: one line of text, `code: words` (RFC 7030 §4.2.3 allows it), and the status for it.
import type { RequestFault } from '../../provisioning/authority/request.ts';
import type { CodeFault } from './port.ts';

export type EstFault =
  | RequestFault
  | CodeFault
  | 'code_missing'
  | 'attempts_exceeded'
  | 'certificate_missing'
  | 'certificate_refused'
  | 'renewal_window_passed'
  | 'body_malformed'
  | 'body_too_large'
  | 'content_type_unsupported'
  | 'not_found'
  | 'method_not_allowed'
  | 'not_ready';

const faults: Record<EstFault, { status: number; words: string }> = {
  request_malformed: { status: 400, words: 'the body is no PKCS #10 request' },
  request_key_refused: { status: 400, words: 'the key of the request cannot be used' },
  request_proof_wrong: { status: 400, words: 'the request is not signed by its own key' },
  request_subject_refused: { status: 400, words: 'the subject of the request is not this appliance' },
  request_names_refused: { status: 400, words: 'the request asks for other names' },
  request_extension_refused: { status: 400, words: 'the request asks for more than a key' },
  code_missing: { status: 401, words: 'say the appliance and its code as user and password' },
  code_wrong: { status: 401, words: 'no code for this appliance is like that; check both on the slip' },
  code_used: { status: 401, words: 'this code was used with another key; ask for a new one' },
  code_expired: { status: 401, words: 'the time of this code is over; ask for a new one' },
  code_cancelled: { status: 401, words: 'this code was cancelled; ask for a new one' },
  code_locked: { status: 401, words: 'too many wrong codes were tried for this one; ask for a new one' },
  attempts_exceeded: { status: 429, words: 'too many wrong codes came from this address; wait' },
  certificate_missing: { status: 401, words: 'come with the certificate of the appliance' },
  certificate_refused: {
    status: 403,
    words: 'this certificate was not issued by this authority, or not to an appliance',
  },
  certificate_revoked: { status: 403, words: 'this certificate was revoked; the appliance needs a new code' },
  appliance_denied: { status: 403, words: 'this appliance was shut out; ask those who run central' },
  renewal_window_passed: {
    status: 403,
    words: 'this certificate ran out too long ago to be renewed; the appliance needs a new code',
  },
  body_malformed: { status: 400, words: 'the body is no base64' },
  body_too_large: { status: 413, words: 'the body is too large' },
  content_type_unsupported: { status: 415, words: 'send application/pkcs10' },
  not_found: { status: 404, words: 'there is nothing here' },
  method_not_allowed: { status: 405, words: 'this cannot be asked so' },
  not_ready: { status: 503, words: 'central cannot store anything now; try again' },
};

/** Thrown by an operation, answered by the listener. */
export class EstError extends Error {
  readonly fault: EstFault;
  readonly status: number;
  /** For Retry-After. */
  readonly waitMs: number | null;

  constructor(fault: EstFault, words?: string, waitMs: number | null = null) {
    super(words ?? faults[fault].words);
    this.fault = fault;
    this.status = faults[fault].status;
    this.waitMs = waitMs;
  }
}
