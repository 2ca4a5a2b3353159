// Proves the whole audit log, a bounded piece at a time, so that the service goes on beside it.
import { auditStart } from './audit.ts';
import type { PeoplePort } from './port.ts';

/** A record and its hash as somebody noted them elsewhere: what the log cannot prove alone is that its end is there. */
export interface Noted {
  number: number;
  /** Lower-case hex. */
  hash: string;
}

export type AuditProof =
  | { kind: 'whole'; records: number; hash: string }
  | { kind: 'broken'; number: number; detail: string };

const pieceRecordsMax = 2000;

/** @param noted must be in the log as it was noted; null: nothing was */
export async function verifyAudit(
  port: Pick<PeoplePort, 'verifyAudit'>,
  noted: Noted | null,
): Promise<AuditProof> {
  let { through, hash } = auditStart;
  for (;;) {
    // The noted record ends a piece, so that its hash is seen.
    const ahead = noted !== null && noted.number > through ? noted.number - through : pieceRecordsMax;
    const recordsMax = Math.min(pieceRecordsMax, ahead);
    const piece = await port.verifyAudit({ after: through, hash, recordsMax });
    if (piece.kind === 'broken') return piece;
    ({ through, hash } = piece);
    if (noted?.number === through && noted.hash !== hash) {
      return { kind: 'broken', number: through, detail: `record ${through} is not the one that was noted` };
    }
    if (piece.more) continue;
    if (noted === null || noted.number <= through) return { kind: 'whole', records: through, hash };
    const number = through + 1;
    return {
      kind: 'broken',
      number,
      detail: `the log ends with ${through}; record ${noted.number} was noted`,
    };
  }
}
