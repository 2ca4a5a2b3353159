// Accepting a refund: linked to a checkout by the rule of checkout/refund.ts, unlinked by the policy; and booking the one
// that a step of a fulfilment brings.
import type { LinkedRefund } from '../../contract/checkout.ts';
import type { CheckoutEntry, EntryTime, JournaledRefund, RefundEntry } from '../../contract/entry.ts';
import type { Reason } from '../../contract/verdict.ts';
import { decideUnlinkedRefund, isApproved } from '../checkout/decide.ts';
import { judgeRefund, type RefundJudgement } from '../checkout/refund.ts';
import { afterBack, type StandingLine, standingLines } from '../checkout/standing.ts';
import type { AcceptAnswer, Ask } from './commands.ts';
import { type DocumentRow, type Documents, idBytes } from './documents.ts';
import type { Effects } from './effects.ts';
import { type Entering, targetFacts, unaccepted } from './entering.ts';
import type { GivenBack } from './given-back.ts';
import type { Policies } from './policy.ts';

export interface RefundParts {
  documents: Documents;
  policies: Policies;
  givenBack: GivenBack;
  effects: Effects;
  /** The three times of an entry accepted now. */
  entryTime: () => EntryTime;
}

export interface Refunds {
  accept(command: Ask<'refund'>): AcceptAnswer;
  /** The lines of a checkout as they stand; none of what is no approved checkout. */
  standing(checkout: DocumentRow): { entry: CheckoutEntry | null; lines: StandingLine[] };
  /** Books the refund that a step of a fulfilment brings; the caller has judged it, and keeps what was given back. */
  bring(refund: BroughtBy): void;
}

interface BroughtBy {
  id: string;
  requestHash: string;
  fulfilmentId: string;
  checkout: DocumentRow;
  refund: JournaledRefund & { totalMinor: number };
}

export function createRefunds(parts: RefundParts, entering: Entering): Refunds {
  const { documents, policies, givenBack, effects } = parts;
  return {
    accept({ id, requestHash, refund }) {
      const earlier = entering.repeated(id, requestHash);
      if (earlier) return earlier;
      if (!policies.inForce) return unaccepted('policy_missing');
      if (!('checkoutId' in refund)) {
        const { verdict, reasons } = decideUnlinkedRefund(refund, policies.inForce.policy);
        return append({ id, requestHash, verdict, reasons, refund, checkoutId: null });
      }
      const checkout = documents.find(idBytes(refund.checkoutId));
      if (!checkout) return entering.missing(refund.checkoutId);
      const { entry, lines } = standing(checkout);
      const judgement = judgeRefund(refund, targetFacts(checkout), lines);
      if (judgement.kind === 'approved') give(checkout, entry, lines, judgement);
      return append({
        id,
        requestHash,
        verdict: judgement.kind === 'approved' ? 'approved_offline' : 'refused',
        reasons: judgement.kind === 'approved' ? [] : judgement.reasons,
        refund: understood(refund, checkout, judgement),
        checkoutId: checkout.id,
      });
    },
    standing,
    bring({ id, requestHash, fulfilmentId, checkout, refund }) {
      documents.addRefund(checkout.id, refund.totalMinor);
      append({
        id,
        requestHash,
        verdict: 'approved_offline',
        reasons: [],
        refund,
        checkoutId: checkout.id,
        fulfilmentId,
      });
    },
  };

  function standing(checkout: DocumentRow): { entry: CheckoutEntry | null; lines: StandingLine[] } {
    if (!isApproved(checkout)) return { entry: null, lines: [] };
    const entry = entering.checkoutEntry(checkout);
    return { entry, lines: standingLines(entry, givenBack.of(checkout.id)) };
  }

  function give(
    checkout: DocumentRow,
    entry: CheckoutEntry | null,
    lines: StandingLine[],
    { totalMinor, lines: back }: Extract<RefundJudgement, { kind: 'approved' }>,
  ): void {
    documents.addRefund(checkout.id, totalMinor);
    if (back === null) return;
    givenBack.add(checkout.id, back);
    // What nobody will come for any more is for sale again.
    if (entry?.goods === 'reserved') effects.releaseBeyond(checkout.id, afterBack(lines, back));
  }

  function append(refund: {
    id: string;
    requestHash: string;
    verdict: RefundEntry['verdict'];
    reasons: Reason[];
    refund: RefundEntry['refund'];
    checkoutId: Buffer | null;
    fulfilmentId?: string;
  }): AcceptAnswer {
    const { currency, totalMinor } = refund.refund;
    const entry: RefundEntry = {
      kind: 'refund',
      id: refund.id,
      at: parts.entryTime(),
      verdict: refund.verdict,
      reasons: refund.reasons,
      ...entering.slipFor(refund.verdict),
      policyVersion: policies.inForce?.version ?? 0,
      refund: refund.refund,
      ...(refund.fulfilmentId !== undefined && { fulfilmentId: refund.fulfilmentId }),
    };
    return entering.append(entry, refund.requestHash, {
      checkoutId: refund.checkoutId,
      ...(currency !== undefined && { currency }),
      ...(totalMinor !== undefined && { totalMinor }),
    });
  }
}

/** The refund as it goes into the journal: with what it comes to, as far as that is known. */
function understood(asked: LinkedRefund, checkout: DocumentRow, judgement: RefundJudgement): JournaledRefund {
  const { checkoutId, reason, lines } = asked;
  if (judgement.kind === 'approved') {
    const { totalMinor, lines: back } = judgement;
    return {
      checkoutId,
      ...(back && { lines: back }),
      currency: checkout.currency ?? '',
      totalMinor,
      reason,
    };
  }
  const currency = asked.currency ?? checkout.currency;
  return {
    checkoutId,
    ...(lines && { lines }),
    ...(currency !== null && { currency }),
    ...(asked.totalMinor !== undefined && { totalMinor: asked.totalMinor }),
    reason,
  };
}
