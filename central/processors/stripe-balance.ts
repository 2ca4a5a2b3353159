// One balance transaction of Stripe's, with its source expanded, as a row of a report. What cannot be read sets that one
// aside, and the report goes on. Pure.
import * as z from 'zod';
import { type AsideReason, type ReportItem, type RowKind, setAside } from '../reconciliation/report-row.ts';
import type { Amount } from './port.ts';
import { fromStripe } from './stripe-amounts.ts';
import { kindByCategory } from './stripe-categories.ts';
import { referenceKey } from './stripe-objects.ts';

/** What is to be expanded: a refund and a dispute name the payment by their charge. */
export const expandedSource = 'source.charge';

const Metadata = z.record(z.string(), z.string()).nullish();
/** The charge, refund, dispute or payout that moved the balance; each has some of this. */
const Source = z.object({
  id: z.string(),
  object: z.string(),
  amount: z.int().optional(),
  amount_captured: z.int().optional(),
  currency: z.string().optional(),
  payment_intent: z.string().nullish(),
  charge: z.union([z.string(), z.object({ id: z.string(), metadata: Metadata })]).nullish(),
  metadata: Metadata,
});
type Source = z.infer<typeof Source>;

const BalanceTransaction = z.object({
  id: z.string(),
  object: z.literal('balance_transaction'),
  amount: z.int(),
  available_on: z.int(),
  created: z.int(),
  currency: z.string(),
  fee: z.int(),
  net: z.int(),
  reporting_category: z.string(),
  source: z.union([z.string(), Source]).nullish(),
});
type BalanceTransaction = z.infer<typeof BalanceTransaction>;

/**
 * @param payout that it was paid out with
 * @param line its number in the report
 */
export function readBalanceTransaction(
  value: unknown,
  payout: string,
  line: number,
): ReportItem | 'not_an_object' | 'of_another_payout' {
  const parsed = BalanceTransaction.safeParse(value);
  if (!parsed.success) return 'not_an_object';
  const row = parsed.data;
  const source = typeof row.source === 'object' ? (row.source ?? null) : null;
  const kind = kindByCategory.get(row.reporting_category);
  const aside = (reason: AsideReason, field: string): ReportItem => ({
    kind: 'aside',
    aside: setAside(line, reason, JSON.stringify(value), field),
  });
  if (kind === undefined) return aside('kind_unknown', 'reporting_category');
  const sourceId = typeof row.source === 'string' ? row.source : (source?.id ?? null);
  const isPayout = kind === 'payout' || kind === 'payout_failed';
  // What came back of an earlier payout is shown with that one.
  if (isPayout && sourceId !== payout) return 'of_another_payout';
  const money = moneyOf(row);
  if (money === null) return aside('currency_unknown', 'currency');
  if (row.amount - row.fee !== row.net) return aside('amounts_disagree', 'net');
  return {
    kind: 'row',
    row: {
      processor: 'stripe',
      kind,
      processorReference: row.id,
      // What our adapter knows a payment by is its intent.
      paymentReference: source?.payment_intent ?? chargeId(source) ?? sourceId,
      ourReference: ourReference(source),
      ...customersMoney(kind, source, money.gross),
      feeMinor: money.fee.amountMinor,
      netMinor: money.net.amountMinor,
      netCurrency: money.net.currency,
      occurredMs: row.created * 1000,
      availableOn: new Date(row.available_on * 1000).toISOString().slice(0, 10),
      payoutReference: payout,
      line,
    },
  };
}

function moneyOf({ currency, ...row }: BalanceTransaction): Record<'gross' | 'fee' | 'net', Amount> | null {
  const gross = fromStripe(currency, row.amount);
  const fee = fromStripe(currency, row.fee);
  const net = fromStripe(currency, row.net);
  return gross === null || fee === null || net === null ? null : { gross, fee, net };
}

/** What the card holder paid or got back: in another currency than ours when Stripe converted it. */
function customersMoney(kind: RowKind, source: Source | null, gross: Amount): Amount {
  if (kind !== 'charge' && kind !== 'refund' && kind !== 'refund_failed') return gross;
  const { currency, amount_captured: captured, amount = 0 } = source ?? {};
  const paid = currency === undefined ? null : fromStripe(currency, captured ?? amount);
  if (paid === null || paid.currency === gross.currency) return gross;
  return { currency: paid.currency, amountMinor: Math.sign(gross.amountMinor) * paid.amountMinor };
}

function chargeId(source: Source | null): string | null {
  if (source?.object === 'charge') return source.id;
  return (typeof source?.charge === 'object' ? source.charge?.id : source?.charge) ?? null;
}

/** A refund has one of its own; of all else it is the payment's. */
function ourReference(source: Source | null): string | null {
  const own = source?.metadata?.[referenceKey];
  if (own !== undefined) return own;
  return (typeof source?.charge === 'object' ? source.charge?.metadata?.[referenceKey] : undefined) ?? null;
}
