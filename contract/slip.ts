// The customer's paper as data: what GET /v1/checkouts/{id}/slip answers, and all that its text is made of.
import * as z from 'zod';
import { JudgedLine, Tax } from './entry.ts';
import { Uuid } from './id.ts';
import { Price } from './money.ts';

const SlipLine = z.object({
  name: z.string(),
  sku: z.string().optional(),
  quantity: z.int().min(1),
  price: Price,
  from: JudgedLine.shape.from,
  /** The price times the quantity, before discounts; on a linked refund what is given back for it, all told. */
  totalMinor: z.int().min(0),
  /** Its own discount and its part of the checkout's; absent: none. */
  discountMinor: z.int().min(1).optional(),
  tax: JudgedLine.shape.tax,
});

export const Slip = z.object({
  id: Uuid,
  kind: z.enum(['checkout', 'refund']),
  applianceId: z.string(),
  /** Its number within the year. */
  slip: z.int().min(1),
  /** Absent on documents of releases that did not count by year. */
  slipYear: z.int().optional(),
  /** By central's time as far as it was known, otherwise by the appliance's clock. */
  atMs: z.int(),
  /** The site's, for whoever writes times on paper. */
  timeZone: z.string(),
  /** The kiosk said that this is not the first print. */
  copy: z.boolean(),
  /** The checkout was voided since. */
  voided: z.boolean(),
  verdict: z.enum(['authorised', 'approved_offline']),
  decidedBy: z.enum(['appliance', 'central']),
  /** How it was decided, for the customer. */
  decision: z.string(),
  /** Since when the site had been offline; absent: it was not. */
  offlineSinceMs: z.int().optional(),
  /** The checkout that money is given back on. */
  checkoutId: Uuid.optional(),
  reference: z.string().optional(),
  currency: z.string(),
  lines: z.array(SlipLine),
  taxes: z.array(Tax),
  totalMinor: z.int(),
  /** Absent on a linked refund: it goes the way the checkout came. */
  payment: z.object({ scheme: z.string(), last4: z.string() }).optional(),
});
export type Slip = z.infer<typeof Slip>;
