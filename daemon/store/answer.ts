// The answer to a submission, made of the journal alone, its entry and the decision on it where there is one: so a repeat
// gets the same bytes for ever (I2).
import type { CheckoutEntry, DecisionEntry, DocumentEntry, RefundEntry } from '../../contract/entry.ts';
import type { Answer } from '../../contract/kiosk-api.ts';
import { type Reason, reasonHints } from '../../contract/verdict.ts';

export function answerOf(
  entry: DocumentEntry,
  seq: number,
  decision: { entry: DecisionEntry; seq: number } | null = null,
): Answer {
  const said = decision?.entry ?? entry;
  return {
    id: entry.id,
    kind: entry.kind,
    seq,
    verdict: said.verdict,
    decidedBy: decision?.entry.decidedBy ?? 'appliance',
    reasons: said.reasons.map(withHint),
    ...partsOf(entry),
    ...(decision && decisionParts(decision.entry, decision.seq)),
  };
}

function decisionParts(entry: DecisionEntry, seq: number): Partial<Answer> {
  const { declineCode, offlineSinceMs } = entry;
  return {
    decisionSeq: seq,
    ...slipParts(entry),
    ...(declineCode !== undefined && { declineCode }),
    ...(offlineSinceMs !== undefined && { offlineSinceMs }),
  };
}

function partsOf(entry: DocumentEntry): Partial<Answer> {
  switch (entry.kind) {
    case 'checkout': {
      const { currency, totalMinor } = entry.checkout;
      const { offlineSinceMs } = entry;
      return {
        ...slipParts(entry),
        currency,
        totalMinor,
        ...(offlineSinceMs !== undefined && { offlineSinceMs }),
      };
    }
    case 'void':
      return { checkoutId: entry.checkoutId };
    case 'fulfilment': {
      const { checkoutId, fulfilment, refund } = entry;
      return { checkoutId, step: fulfilment.step, ...(refund && { refund }) };
    }
    case 'refund': {
      const { refund } = entry;
      return {
        ...slipParts(entry),
        ...linkParts(refund),
        ...(refund.currency !== undefined && { currency: refund.currency }),
        ...(refund.totalMinor !== undefined && { totalMinor: refund.totalMinor }),
      };
    }
  }
}

function linkParts(refund: RefundEntry['refund']): Partial<Answer> {
  if (!('checkoutId' in refund)) return {};
  const { checkoutId, lines } = refund;
  return { checkoutId, ...(lines && { givenBack: lines }) };
}

function slipParts({ slip, slipYear }: Pick<CheckoutEntry, 'slip' | 'slipYear'>): Partial<Answer> {
  return { ...(slip !== undefined && { slip }), ...(slipYear !== undefined && { slipYear }) };
}

export function withHint({ code, line, left }: Reason): Answer['reasons'][number] {
  const hint = reasonHints[code];
  return { code, hint, ...(line !== undefined && { line }), ...(left !== undefined && { left }) };
}
