// What central tells one appliance, item by item: outcomes, policy, catalogue.
import { z } from 'zod';
import { Sku } from './checkout.ts';
import { Gtin } from './gtin.ts';
import { Uuid } from './id.ts';
import { limits } from './limits.ts';
import { Currency, Price } from './money.ts';
import { OutcomeKind } from './verdict.ts';

export const Product = z.strictObject({
  sku: Sku,
  gtin: Gtin.optional(),
  name: z.string().min(1).max(limits.nameCharsMax),
  price: Price,
  sellable: z.boolean().default(true),
  /** Per line. */
  quantityMax: z.int().min(1).max(limits.lineQuantityMax).optional(),
});
export type Product = z.infer<typeof Product>;

const Permission = z.enum(['refused', 'allowed']);

/** The limits and rules of a site; every amount in minor units of `currency`. */
export const Policy = z.strictObject({
  currency: Currency,
  checkout: z.strictObject({ totalMinorMax: z.int().min(0).max(limits.totalMinorMax) }),
  exposure: z.strictObject({ totalMinorMax: z.int().min(0).max(Number.MAX_SAFE_INTEGER) }),
  priceOverride: Permission,
  unlinkedRefund: z.strictObject({
    permission: Permission,
    totalMinorMax: z.int().min(0).max(limits.totalMinorMax),
  }),
});
export type Policy = z.infer<typeof Policy>;

const Version = z.int().min(1);

export const FeedItem = z.discriminatedUnion('kind', [
  /** What central says of the document `id` of this appliance's journal. */
  z.strictObject({ kind: z.literal('outcome'), id: Uuid, outcome: OutcomeKind, atMs: z.int() }),
  z.strictObject({ kind: z.literal('policy'), version: Version, policy: Policy }),
  /** One piece of a whole catalogue; it takes effect when the last of `pieces` is there. */
  z.strictObject({
    kind: z.literal('catalogue'),
    version: Version,
    piece: z.int().min(1),
    pieces: z.int().min(1),
    products: z.array(Product).max(limits.catalogueProductsPerPieceMax),
  }),
]);
export type FeedItem = z.infer<typeof FeedItem>;
