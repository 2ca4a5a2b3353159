// What a kiosk submits: a checkout, a void, a refund, a step of its fulfilment. Each document's id is its Idempotency-Key, so the body has none.
import * as z from 'zod';
import { Gtin } from './gtin.ts';
import { Text, Uuid } from './id.ts';
import { limits } from './limits.ts';
import { Currency, Price, TotalMinor } from './money.ts';

export const Sku = Text(limits.skuCharsMax);

/** Who changed a price and why; the policy says whether that is allowed. */
const PriceOverride = z.strictObject({ by: Text(64), reason: Text(limits.textCharsMax) });

/** Money off, by amount or by share, with who gave it and why; the policy says whether that is allowed. */
const Discount = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('amount'),
    amountMinor: TotalMinor,
    by: Text(64),
    reason: Text(limits.textCharsMax),
  }),
  z.strictObject({
    kind: z.literal('share'),
    basisPoints: z.int().min(1).max(10_000),
    by: Text(64),
    reason: Text(limits.textCharsMax),
  }),
]);
export type Discount = z.infer<typeof Discount>;

/** One line: exactly one of sku and gtin; a price only where it is to be checked or overridden. */
const Line = z
  .strictObject({
    sku: Sku.optional(),
    gtin: Gtin.optional(),
    quantity: z.int().min(1).max(limits.lineQuantityMax),
    price: Price.optional(),
    priceOverride: PriceOverride.optional(),
    discount: Discount.optional(),
  })
  .refine((line) => (line.sku === undefined) !== (line.gtin === undefined), {
    error: 'name the product by sku or by gtin, not both',
    path: ['sku'],
  })
  .refine((line) => line.priceOverride === undefined || line.price !== undefined, {
    error: 'a price override needs the price it sets',
    path: ['price'],
  });
export type Line = z.infer<typeof Line>;

/** A processor's token and what may be shown of the card: never the card number. */
const Payment = z.strictObject({
  token: Text(limits.tokenCharsMax),
  /** The same for every token of one card; what velocity limits count by. */
  fingerprint: Text(64),
  scheme: Text(32),
  last4: z.string().regex(/^\d{4}$/, { error: 'use exactly four digits' }),
});

/** Who decides while there is a link: `prefer_online` asks central and goes on alone when it is late. */
export const Mode = z.enum(['require_online', 'prefer_online', 'offline_ok']);
export type Mode = z.infer<typeof Mode>;

/** A person looked at an age, at least so many years, and answers for it. */
const AgeAttestation = z.strictObject({ years: z.int().min(1).max(99), by: Text(64) });

export const Checkout = z.strictObject({
  lines: z.array(Line).min(1).max(limits.linesMax),
  currency: Currency,
  totalMinor: TotalMinor,
  payment: Payment,
  /** Absent: as the policy says. */
  mode: Mode.optional(),
  /** Off the whole checkout, after the discounts of its lines. */
  discount: Discount.optional(),
  ageAttestation: AgeAttestation.optional(),
  /** The kiosk's own reference, such as an order number. */
  reference: Text(limits.textCharsMax).optional(),
});
export type Checkout = z.infer<typeof Checkout>;

export const Void = z.strictObject({ reason: Text(limits.textCharsMax) });
export type Void = z.infer<typeof Void>;

/** Of a line of a checkout that was taken before; lines count from 0, in the checkout's own order. */
const lineOfCheckout = z
  .int()
  .min(0)
  .max(limits.linesMax - 1);

const namesEachLineOnce = (lines: readonly { line: number }[]) =>
  new Set(lines.map(({ line }) => line)).size === lines.length;

/** Money back on a checkout of this appliance: of some of its lines, or of an amount, or, with neither, of all that is left. */
export const LinkedRefund = z
  .strictObject({
    checkoutId: Uuid,
    lines: z
      .array(
        z.strictObject({
          line: lineOfCheckout,
          quantity: z.int().min(1).max(limits.lineQuantityMax),
        }),
      )
      .min(1)
      .max(limits.linesMax)
      .refine(namesEachLineOnce, { error: 'name each line once' })
      .optional(),
    /** The checkout's own; needed with an amount. */
    currency: Currency.optional(),
    totalMinor: TotalMinor.optional(),
    reason: Text(limits.textCharsMax),
  })
  .refine(({ lines, totalMinor }) => lines === undefined || totalMinor === undefined, {
    error: 'refund lines or an amount, not both: what lines come to is reckoned here',
    path: ['totalMinor'],
  })
  .refine(({ currency, totalMinor }) => totalMinor === undefined || currency !== undefined, {
    error: 'an amount needs its currency',
    path: ['currency'],
  });
export type LinkedRefund = z.infer<typeof LinkedRefund>;

/** Money back without a checkout to point to: by policy only, every line with its own price. */
export const UnlinkedRefund = z.strictObject({
  lines: z
    .array(
      Line.refine((line) => line.price !== undefined, {
        error: 'a refund line needs its price',
        path: ['price'],
      }),
    )
    .min(1)
    .max(limits.linesMax),
  currency: Currency,
  totalMinor: TotalMinor,
  payment: Payment,
  reason: Text(limits.textCharsMax),
});
export type UnlinkedRefund = z.infer<typeof UnlinkedRefund>;

export type Refund = LinkedRefund | UnlinkedRefund;

/**
 * A step on the way of reserved goods to the customer.
 * - `picked`: every line is there, as it was sold.
 * - `short_picked`: of the lines named so many are there, of the others none; the rest is refunded by itself.
 * - `handed_over`: the customer has what was picked; only now the goods leave the stock.
 * - `abandoned`: nobody comes for them; they are for sale again, and the customer gets back what is left.
 */
export const Fulfilment = z.discriminatedUnion('step', [
  z.strictObject({ step: z.literal('picked') }),
  z.strictObject({
    step: z.literal('short_picked'),
    lines: z
      .array(
        z.strictObject({
          line: lineOfCheckout,
          quantity: z.int().min(0).max(limits.lineQuantityMax),
        }),
      )
      .min(1)
      .max(limits.linesMax)
      .refine(namesEachLineOnce, { error: 'name each line once' }),
  }),
  z.strictObject({ step: z.literal('handed_over') }),
  z.strictObject({ step: z.literal('abandoned'), reason: Text(limits.textCharsMax) }),
]);
export type Fulfilment = z.infer<typeof Fulfilment>;

export const FulfilmentStep = z.enum(['picked', 'short_picked', 'handed_over', 'abandoned']);
export type FulfilmentStep = z.infer<typeof FulfilmentStep>;

/** The schema a refund is meant to satisfy: linked when it names a checkout. */
export function refundSchema(body: unknown): typeof LinkedRefund | typeof UnlinkedRefund {
  const linked = typeof body === 'object' && body !== null && 'checkoutId' in body;
  return linked ? LinkedRefund : UnlinkedRefund;
}
