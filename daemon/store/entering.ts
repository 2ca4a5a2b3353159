// Entering a document: the answer again to a repeated request, an entry appended with its projection, a slip number for
// what was approved. What every kind of submission has in common.
import { CheckoutEntry, type DocumentEntry } from '../../contract/entry.ts';
import type { VerdictKind } from '../../contract/verdict.ts';
import { present } from '../../kit/assert.ts';
import type { TargetFacts } from '../checkout/decide.ts';
import { answerOf } from './answer.ts';
import type { AcceptAnswer, UnacceptedCode } from './commands.ts';
import type { Decisions } from './decisions.ts';
import { type DocumentRow, type Documents, idBytes, unknownRequest } from './documents.ts';
import type { Journal } from './journal.ts';
import type { Salvaged } from './salvaged.ts';
import type { SiteTime } from './site-time.ts';
import type { NextSlip } from './slips.ts';

export interface Entering {
  /** The first answer again, or the conflict, when the key was used before (I2). */
  repeated(id: string, requestHash: string): AcceptAnswer | null;
  /** Appends the entry and what is remembered of it. */
  append(entry: DocumentEntry, requestHash: string, of: EnteredAs): AcceptAnswer;
  /** The entry of an approved checkout: what it sold and took is written there. */
  checkoutEntry(document: DocumentRow): CheckoutEntry;
  /** Why a checkout that another document refers to is not here: unknown, or lost in a salvage. */
  missing(checkoutId: string): AcceptAnswer;
  /** A slip number for what was approved, without a gap (I15). */
  slipFor(verdict: VerdictKind): Partial<ReturnType<NextSlip>>;
}

interface EnteredAs {
  /** The checkout the entry is about; null for a refund without one. */
  checkoutId: Buffer | null;
  currency?: string;
  totalMinor?: number;
  exposedMinor?: number;
}

export function createEntering(parts: {
  journal: Journal;
  documents: Documents;
  decisions: Decisions;
  siteTime: SiteTime;
  nextSlip: NextSlip;
  salvaged: Salvaged;
}): Entering {
  const { journal, documents, decisions, siteTime, nextSlip, salvaged } = parts;
  return {
    repeated(id, requestHash) {
      if (salvaged.inDoubt(id)) return unaccepted('document_in_doubt');
      const known = documents.find(idBytes(id));
      if (!known) return null;
      const same =
        known.requestHash.toString('hex') === requestHash || known.requestHash.equals(unknownRequest);
      if (!same) return unaccepted('idempotency_conflict');
      return decisions.answer(known);
    },
    append(entry, requestHash, { checkoutId, currency, totalMinor = 0, exposedMinor = 0 }) {
      const body = Buffer.from(JSON.stringify(entry));
      const seq = journal.append({ kind: entry.kind, checkoutId, body, wallMs: entry.at.wallMs });
      documents.insert({
        id: idBytes(entry.id),
        seq,
        requestHash: Buffer.from(requestHash, 'hex'),
        kind: entry.kind,
        verdict: entry.verdict,
        currency: currency ?? null,
        totalMinor,
        exposedMinor,
        elapsedMs: siteTime.book(),
      });
      return { kind: 'answered', answer: answerOf(entry, seq) };
    },
    checkoutEntry: ({ seq }) =>
      CheckoutEntry.parse(JSON.parse(present(journal.body(seq), `entry ${seq}`).toString())),
    missing: (checkoutId) =>
      unaccepted(salvaged.inDoubt(checkoutId) ? 'document_in_doubt' : 'checkout_not_found'),
    slipFor: (verdict) => (verdict === 'approved_offline' ? nextSlip() : {}),
  };
}

export function unaccepted(code: UnacceptedCode): AcceptAnswer {
  return { kind: 'unaccepted', code };
}

/** What the rule must know of the checkout that another document refers to. */
export function targetFacts(row: DocumentRow): TargetFacts {
  return {
    kind: row.kind,
    verdict: row.verdict,
    currency: row.currency ?? '',
    totalMinor: row.totalMinor,
    voided: row.voidedBy !== null,
    refundedMinor: row.refundedMinor,
    handedOver: row.fulfilment === 'handed_over',
  };
}
