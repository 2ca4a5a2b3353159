// Accepting a step of a fulfilment: judge it, append its entry and the refund it brings, and bring stock and what was given
// back along; all in the transaction of the batch (I14).
import { hash } from 'node:crypto';
import type { Fulfilment } from '../../contract/checkout.ts';
import type { BroughtRefund, CheckoutEntry, FulfilmentEntry } from '../../contract/entry.ts';
import { type FulfilmentFacts, judgeFulfilment } from '../checkout/fulfil.ts';
import { sumOf } from '../checkout/refund.ts';
import { afterBack, type LineBack, type StandingLine } from '../checkout/standing.ts';
import type { RefundParts, Refunds } from './accept-refund.ts';
import type { AcceptAnswer, Ask } from './commands.ts';
import { type DocumentRow, idBytes, idText } from './documents.ts';
import { type Entering, targetFacts, unaccepted } from './entering.ts';
import type { Stock } from './stock.ts';

export function createFulfilments(
  parts: RefundParts & { stock: Stock },
  entering: Entering,
  refunds: Refunds,
): (command: Ask<'fulfilment'>) => AcceptAnswer {
  const { documents, policies, givenBack, stock, effects } = parts;

  return ({ id, requestHash, checkoutId, fulfilment }) => {
    const earlier = entering.repeated(id, requestHash);
    if (earlier) return earlier;
    if (!policies.inForce) return unaccepted('policy_missing');
    const checkout = documents.find(idBytes(checkoutId));
    if (!checkout) return entering.missing(checkoutId);
    const { entry: sold, lines } = refunds.standing(checkout);
    const judgement = judgeFulfilment(fulfilment, factsOf(checkout, sold, lines));
    const back = judgement.kind === 'done' ? judgement.back : [];
    const refund = broughtBy(id, checkout, back);
    // Somebody chose that very id for another document: the refund could not be told from it.
    if (refund && documents.find(idBytes(refund.id))) return unaccepted('idempotency_conflict');
    const entry: FulfilmentEntry = {
      kind: 'fulfilment',
      id,
      at: parts.entryTime(),
      verdict: judgement.kind === 'done' ? 'approved_offline' : 'refused',
      reasons: judgement.kind === 'done' ? [] : judgement.reasons,
      checkoutId,
      fulfilment,
      ...(refund && { refund }),
    };
    const answer = entering.append(entry, requestHash, { checkoutId: checkout.id });
    if (judgement.kind === 'refused') return answer;

    documents.setFulfilment(checkout.id, fulfilment.step);
    givenBack.add(checkout.id, back);
    moveGoods(checkout.id, fulfilment, afterBack(lines, back));
    if (!refund) return answer;
    const { currency, totalMinor } = refund;
    refunds.bring({
      id: refund.id,
      requestHash: hash('sha256', `refund of ${id}`),
      fulfilmentId: id,
      checkout,
      refund: { checkoutId, lines: back, currency, totalMinor, reason: reasonOf(fulfilment) },
    });
    return answer;
  };

  function factsOf(
    checkout: DocumentRow,
    sold: CheckoutEntry | null,
    lines: readonly StandingLine[],
  ): FulfilmentFacts {
    const held = new Map(stock.heldBy(checkout.id).map(({ sku, quantity }) => [sku, quantity]));
    return {
      ...targetFacts(checkout),
      state: sold?.goods === 'reserved' ? (checkout.fulfilment ?? 'expected') : null,
      lines,
      obtainable: lines.map(({ sku }) => {
        const available = stock.available(sku);
        return available === null ? null : available + (held.get(sku) ?? 0);
      }),
    };
  }

  function moveGoods(id: Buffer, { step }: Fulfilment, lines: readonly StandingLine[]): void {
    switch (step) {
      case 'picked':
      case 'short_picked':
        effects.pick(id, lines);
        return;
      case 'handed_over':
        effects.handOver(id, lines);
        return;
      case 'abandoned':
        effects.releaseBeyond(id, lines);
    }
  }
}

/** Null where nothing is given back, or what is cost nothing. */
function broughtBy(id: string, checkout: DocumentRow, back: readonly LineBack[]): BroughtRefund | null {
  const totalMinor = sumOf(back);
  return totalMinor === 0 ? null : { id: refundIdOf(id), currency: checkout.currency ?? '', totalMinor };
}

function reasonOf(fulfilment: Fulfilment): string {
  return fulfilment.step === 'abandoned' ? fulfilment.reason : 'not picked';
}

/** The same refund for the same step, however often it is asked: a UUID of version 8, made of its id (RFC 9562 §5.8). */
function refundIdOf(fulfilmentId: string): string {
  const bytes = hash('sha256', `holdfast refund of ${fulfilmentId}`, 'buffer');
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x80;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return idText(bytes.subarray(0, 16));
}
