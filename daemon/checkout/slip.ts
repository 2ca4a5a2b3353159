// What stands on a slip: a pure function of the journal, so that a copy years later says what the first print said.
import type { CheckoutEntry, EntryTime, JournaledRefund, RefundEntry } from '../../contract/entry.ts';
import type { Answer } from '../../contract/kiosk-api.ts';
import { lineTotalMinor } from '../../contract/money.ts';
import type { Slip } from '../../contract/slip.ts';

/** A slip as the store knows it; which appliance it is stands on it at the door. */
export type StoreSlip = Omit<Slip, 'applianceId'>;

interface SlipFacts {
  timeZone: string;
  copy: boolean;
  voided: boolean;
  /** Of a refund that has one: the names and prices of its lines stand there. */
  checkout: CheckoutEntry | null;
}

/**
 * The slip of a document.
 * @param answer the document's answer as it stands, with the decision on it
 * @returns null where there is none: only what was approved has a slip
 */
export function slipOf(
  entry: CheckoutEntry | RefundEntry,
  answer: Answer,
  { checkout, ...facts }: SlipFacts,
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
    ...(entry.kind === 'checkout' ? ofCheckout(entry) : ofRefund(entry, checkout)),
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

function ofRefund({ refund }: RefundEntry, checkout: CheckoutEntry | null): Content {
  if ('checkoutId' in refund) return ofLinkedRefund(refund, checkout);
  const { currency, totalMinor } = refund;
  const lines = refund.lines.flatMap(({ sku, gtin, quantity, price }) =>
    price
      ? [{ name: sku ?? gtin ?? '', sku, quantity, price, totalMinor: lineTotalMinor(price, quantity) }]
      : [],
  );
  const { scheme, last4 } = refund.payment;
  return { currency, lines, taxes: [], totalMinor, payment: { scheme, last4 } };
}

/** Each line with what is given back for it: its discounts are taken off and its taxes within. */
function ofLinkedRefund(
  { checkoutId, currency = '', totalMinor = 0, lines = [] }: JournaledRefund,
  checkout: CheckoutEntry | null,
): Content {
  const given = lines.flatMap(({ line, quantity, totalMinor: minor = 0 }) => {
    const judged = checkout?.judged?.[line];
    if (!judged) return [];
    const { sku, name = sku, price, from } = judged;
    return [{ name, sku, quantity, price, ...(from && { from }), totalMinor: minor }];
  });
  return { checkoutId, currency, lines: given, taxes: [], totalMinor };
}

function timeOf({ central, wallMs }: EntryTime): number {
  return central?.ms ?? wallMs;
}
