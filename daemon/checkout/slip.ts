// What stands on a slip: a pure function of the journal, so that a copy years later says what the first print said.
import type { CheckoutEntry, EntryTime, RefundEntry } from '../../contract/entry.ts';
import type { Answer } from '../../contract/kiosk-api.ts';
import { lineTotalMinor } from '../../contract/money.ts';
import type { Slip } from '../../contract/slip.ts';

/** A slip as the store knows it; which appliance it is stands on it at the door. */
export type StoreSlip = Omit<Slip, 'applianceId'>;

interface SlipFacts {
  timeZone: string;
  copy: boolean;
  voided: boolean;
}

/**
 * The slip of a document.
 * @param answer the document's answer as it stands, with the decision on it
 * @returns null where there is none: only what was approved has a slip
 */
export function slipOf(
  entry: CheckoutEntry | RefundEntry,
  answer: Answer,
  facts: SlipFacts,
): StoreSlip | null {
  const { slip, slipYear, verdict, decidedBy, offlineSinceMs } = answer;
  if (slip === undefined || (verdict !== 'authorised' && verdict !== 'approved_offline')) return null;
  return {
    id: entry.id,
    kind: entry.kind,
    slip,
    ...(slipYear !== undefined && { slipYear }),
    atMs: timeOf(entry.at),
    ...facts,
    verdict,
    decidedBy,
    decision: decisionWords(entry.kind, verdict, offlineSinceMs !== undefined),
    ...(offlineSinceMs !== undefined && { offlineSinceMs }),
    ...(entry.kind === 'checkout' ? ofCheckout(entry) : ofRefund(entry)),
  };
}

/** What the customer may rely on, and what is still to come. */
function decisionWords(kind: Slip['kind'], verdict: Slip['verdict'], offline: boolean): string {
  if (kind === 'refund') return 'Approved by the appliance. To be refunded by central.';
  if (verdict === 'authorised') return 'Authorised by central.';
  if (!offline) return 'Approved by the appliance alone. To be settled by central.';
  return 'Approved offline by the appliance. To be settled when the link is back.';
}

type Content = Pick<
  StoreSlip,
  'currency' | 'totalMinor' | 'lines' | 'taxes' | 'payment' | 'reference' | 'checkoutId'
>;

function ofCheckout({ checkout, judged = [], taxes = [] }: CheckoutEntry): Content {
  const { currency, totalMinor, reference, payment } = checkout;
  return {
    ...(reference !== undefined && { reference }),
    currency,
    lines: judged.map(({ name, ...line }) => ({ ...line, name: name ?? line.sku })),
    taxes,
    totalMinor,
    payment: { scheme: payment.scheme, last4: payment.last4 },
  };
}

function ofRefund({ refund }: RefundEntry): Content {
  const { currency, totalMinor } = refund;
  if ('checkoutId' in refund) {
    return { checkoutId: refund.checkoutId, currency, lines: [], taxes: [], totalMinor };
  }
  const lines = refund.lines.flatMap(({ sku, gtin, quantity, price }) =>
    price
      ? [{ name: sku ?? gtin ?? '', sku, quantity, price, totalMinor: lineTotalMinor(price, quantity) }]
      : [],
  );
  const { scheme, last4 } = refund.payment;
  return { currency, lines, taxes: [], totalMinor, payment: { scheme, last4 } };
}

function timeOf({ central, wallMs }: EntryTime): number {
  return central?.ms ?? wallMs;
}
