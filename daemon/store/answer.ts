// The answer to a submission, made of its journal entry alone: so a repeat gets the same bytes for ever (I2).
import type { Entry } from '../../contract/entry.ts';
import type { Answer } from '../../contract/kiosk-api.ts';
import { type Reason, reasonHints } from '../../contract/verdict.ts';

export function answerOf(entry: Entry, seq: number): Answer {
  return {
    id: entry.id,
    kind: entry.kind,
    seq,
    verdict: entry.verdict,
    decidedBy: 'appliance',
    reasons: entry.reasons.map(withHint),
    ...partsOf(entry),
  };
}

function partsOf(entry: Entry): Partial<Answer> {
  switch (entry.kind) {
    case 'checkout': {
      const { currency, totalMinor } = entry.checkout;
      return { ...(entry.slip !== undefined && { slip: entry.slip }), currency, totalMinor };
    }
    case 'void':
      return { checkoutId: entry.checkoutId };
    case 'refund': {
      const { refund, slip } = entry;
      return {
        ...(slip !== undefined && { slip }),
        ...('checkoutId' in refund && { checkoutId: refund.checkoutId }),
        currency: refund.currency,
        totalMinor: refund.totalMinor,
      };
    }
  }
}

export function withHint({ code, line, left }: Reason): Answer['reasons'][number] {
  const hint = reasonHints[code];
  return { code, hint, ...(line !== undefined && { line }), ...(left !== undefined && { left }) };
}
