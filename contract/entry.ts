// One entry of the journal: the exact bytes that are hashed, stored, sent and booked. Made once, never edited.
import { z } from 'zod';
import { Checkout, LinkedRefund, UnlinkedRefund, Void } from './checkout.ts';
import { Uuid } from './id.ts';
import { Price } from './money.ts';
import { DeclineCode, Reason, VerdictKind } from './verdict.ts';

/** When, three times: as the device believes, as its monotonic clock counts, and as central would say. */
export const EntryTime = z.strictObject({
  wallMs: z.int(),
  /** Milliseconds since the boot named by bootId. */
  monotonicMs: z.int().min(0),
  bootId: Uuid,
  /** Absent until central has been heard since the boot. */
  central: z.strictObject({ ms: z.int(), uncertaintyMs: z.int().min(0) }).optional(),
});
export type EntryTime = z.infer<typeof EntryTime>;

/** A line with the price that was applied. */
const JudgedLine = z.strictObject({
  sku: z.string(),
  quantity: z.int().min(1),
  price: Price,
  totalMinor: z.int().min(0),
});
export type JudgedLine = z.infer<typeof JudgedLine>;

const head = { id: Uuid, at: EntryTime, verdict: VerdictKind, reasons: z.array(Reason) };
/** Gapless per appliance (I15); present exactly when the document was approved and has a slip. */
const slip = z.int().min(1).optional();

/** By the device's wall clock; present exactly when the site was offline at that moment. */
const offlineSinceMs = z.int().optional();

/** A checkout as it was submitted. With the verdict `pending` it is followed by exactly one decision. */
export const CheckoutEntry = z.strictObject({
  kind: z.literal('checkout'),
  ...head,
  slip,
  catalogueVersion: z.int().min(0),
  policyVersion: z.int().min(0),
  /** What was submitted, as it was understood. */
  checkout: Checkout,
  /** Present when every line could be priced, in the order of checkout.lines. */
  judged: z.array(JudgedLine).optional(),
  offlineSinceMs,
});
export type CheckoutEntry = z.infer<typeof CheckoutEntry>;

export const VoidEntry = z.strictObject({
  kind: z.literal('void'),
  ...head,
  checkoutId: Uuid,
  void: Void,
});
export type VoidEntry = z.infer<typeof VoidEntry>;

export const RefundEntry = z.strictObject({
  kind: z.literal('refund'),
  ...head,
  slip,
  policyVersion: z.int().min(0),
  refund: z.union([LinkedRefund, UnlinkedRefund]),
});
export type RefundEntry = z.infer<typeof RefundEntry>;

/** What became of a pending checkout: the one later entry that says so. */
export const DecisionEntry = z.strictObject({
  kind: z.literal('decision'),
  /** Its own, not the checkout's. */
  id: Uuid,
  at: EntryTime,
  checkoutId: Uuid,
  verdict: VerdictKind.exclude(['pending']),
  decidedBy: z.enum(['central', 'appliance']),
  reasons: z.array(Reason),
  slip,
  declineCode: DeclineCode.optional(),
  offlineSinceMs,
});
export type DecisionEntry = z.infer<typeof DecisionEntry>;

/** A document of a kiosk. */
export type DocumentEntry = CheckoutEntry | VoidEntry | RefundEntry;
export type DocumentKind = DocumentEntry['kind'];

export const Entry = z.discriminatedUnion('kind', [CheckoutEntry, VoidEntry, RefundEntry, DecisionEntry]);
export type Entry = z.infer<typeof Entry>;
export type EntryKind = Entry['kind'];
