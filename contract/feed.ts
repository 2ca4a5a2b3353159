// What central tells one appliance, item by item: outcomes, policy, catalogue, stock, cards no longer taken.
import * as z from 'zod';
import { Sku } from './checkout.ts';
import { OfferedConfiguration } from './configuration.ts';
import { Gtin } from './gtin.ts';
import { Text, Uuid } from './id.ts';
import { limits } from './limits.ts';
import { Price } from './money.ts';
import { Policy } from './policy.ts';
import { ReleaseName } from './release.ts';
import { DeclineCode, OutcomeKind } from './verdict.ts';

/** A special price: from its quantity on, within its window. The one that costs the customer least applies. */
const Offer = z
  .strictObject({
    price: Price,
    quantityMin: z.int().min(1).max(limits.lineQuantityMax).default(1),
    /** From this moment on, and until before that one. */
    fromMs: z.int().optional(),
    untilMs: z.int().optional(),
  })
  .refine(
    (offer) => offer.fromMs === undefined || offer.untilMs === undefined || offer.fromMs < offer.untilMs,
    {
      error: 'must be after fromMs',
      path: ['untilMs'],
    },
  );
export type Offer = z.infer<typeof Offer>;

export const Product = z.strictObject({
  sku: Sku,
  gtin: Gtin.optional(),
  /** Further GTINs of the same product, such as those of its older packs. */
  codes: z.array(Gtin).max(limits.productCodesMax).optional(),
  name: z.string().min(1).max(limits.nameCharsMax),
  price: Price,
  /** The price holds from this moment on, and until before that one; outside the product is not sold but by an offer. */
  priceFromMs: z.int().optional(),
  priceUntilMs: z.int().optional(),
  offers: z.array(Offer).max(limits.productOffersMax).optional(),
  /** A key of the policy's tax rates; absent: no tax. */
  taxCategory: Text(32).optional(),
  /** Years a customer must have. */
  ageMin: z.int().min(1).max(99).optional(),
  sellable: z.boolean().default(true),
  /** Per line. */
  quantityMax: z.int().min(1).max(limits.lineQuantityMax).optional(),
});
export type Product = z.infer<typeof Product>;

const Version = z.int().min(1);

/** What a count, a delivery or a correction does to the goods on hand; sales since then are the appliance's own. */
const StockChange = z.strictObject({
  sku: Sku,
  change: z.enum(['set', 'add']),
  quantity: z.int().min(-limits.stockQuantityMax).max(limits.stockQuantityMax),
  /** Below this much available the product is reported as running low. */
  lowWater: z.int().min(0).max(limits.stockQuantityMax).optional(),
});

export const FeedItem = z.discriminatedUnion('kind', [
  /** What central says of the document `id` of this appliance's journal. */
  z.strictObject({
    kind: z.literal('outcome'),
    id: Uuid,
    outcome: OutcomeKind,
    atMs: z.int(),
    /** With `declined`. */
    declineCode: DeclineCode.optional(),
  }),
  z.strictObject({ kind: z.literal('policy'), version: Version, policy: Policy }),
  /** One piece of a whole catalogue; it takes effect when the last of `pieces` is there. */
  z.strictObject({
    kind: z.literal('catalogue'),
    version: Version,
    piece: z.int().min(1),
    pieces: z.int().min(1),
    products: z.array(Product).max(limits.catalogueProductsPerPieceMax),
  }),
  /** One piece of what differs from catalogue `base`; the whole takes effect, or none of it where `base` is not in force. */
  z.strictObject({
    kind: z.literal('catalogue_delta'),
    base: Version,
    version: Version,
    piece: z.int().min(1),
    pieces: z.int().min(1),
    products: z.array(Product).max(limits.catalogueProductsPerPieceMax),
    removed: z.array(Sku).max(limits.catalogueProductsPerPieceMax),
  }),
  z.strictObject({
    kind: z.literal('stock'),
    changes: z.array(StockChange).min(1).max(limits.stockChangesPerItemMax),
  }),
  /** Cards that are no longer taken, or are again. */
  z.strictObject({
    kind: z.literal('hot_list'),
    fingerprint: Text(64),
    change: z.enum(['add', 'remove']),
  }),
  /** What central sets of the box's own configuration, whole: what is not named is the file's again. */
  z.strictObject({ kind: z.literal('configuration'), version: Version, values: OfferedConfiguration }),
  /** Run this release from now on; null: the one that the box's package brought. */
  z.strictObject({
    kind: z.literal('release'),
    /** The rollout by whose number the box says what became of it. */
    rollout: z.int().min(1),
    release: ReleaseName.nullable(),
    /** Also while the shop is open. */
    anyHour: z.boolean(),
    /** Goes back: it may be older than the one at work. */
    returns: z.boolean(),
  }),
  /** Make a synthetic checkout of this id, unless central's time is past `untilMs`: a box that comes back asks nobody. */
  z.strictObject({ kind: z.literal('synthetic'), id: Uuid, untilMs: z.int() }),
  /** Look at everything the box needs and say with a report of health what was found, unless central's time is past `untilMs`. */
  z.strictObject({ kind: z.literal('doctor'), id: Uuid, untilMs: z.int() }),
]);
export type FeedItem = z.infer<typeof FeedItem>;
