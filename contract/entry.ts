// One entry of the journal: the exact bytes that are hashed, stored, sent and booked. Made once, never edited.
import * as z from 'zod';
import { Checkout, Fulfilment, UnlinkedRefund, Void } from './checkout.ts';
import { Text, Uuid } from './id.ts';
import { limits } from './limits.ts';
import { Currency, Price, TotalMinor } from './money.ts';
import { TraceId } from './trace.ts';
import { DeclineCode, Reason, ReasonCode, VerdictKind } from './verdict.ts';

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

/** A line as it was judged: everything a slip, or a refund of this line, needs later. */
export const JudgedLine = z.strictObject({
  sku: z.string(),
  /** The product's name as far as a slip is wide. */
  name: z.string().max(limits.slipNameCharsMax).optional(),
  quantity: z.int().min(1),
  price: Price,
  /** Where the price came from; absent: it is the product's own. */
  from: z.enum(['offer', 'override']).optional(),
  /** The price times the quantity, before discounts. */
  totalMinor: z.int().min(0),
  /** Its own discount and its part of the checkout's; absent: none. */
  discountMinor: z.int().min(1).optional(),
  /** Which of `taxes` it is in; absent: no tax. */
  tax: z.int().min(0).optional(),
});
export type JudgedLine = z.infer<typeof JudgedLine>;

/** The tax of one category, on the sum of its lines after their discounts (docs/decisions/0014). */
export const Tax = z.strictObject({
  category: Text(32),
  basisPoints: z.int().min(0).max(10_000),
  /** Inside the lines' totals, or added to them. */
  prices: z.enum(['inclusive', 'exclusive']),
  netMinor: z.int().min(0),
  taxMinor: z.int().min(0),
});
export type Tax = z.infer<typeof Tax>;

const head = { id: Uuid, at: EntryTime, verdict: VerdictKind, reasons: z.array(Reason) };
/**
 * Present exactly when the document was approved and has a slip. The number is gapless per appliance and calendar year
 * of the site (I15); entries of the releases before have no year, and their numbers go on into the first one.
 */
const slipped = { slip: z.int().min(1).optional(), slipYear: z.int().min(1).optional() };

/** By the device's wall clock; present exactly when the site was offline at that moment. */
const offlineSinceMs = z.int().optional();

/** A checkout as it was submitted. With the verdict `pending` it is followed by exactly one decision. */
export const CheckoutEntry = z.strictObject({
  kind: z.literal('checkout'),
  ...head,
  ...slipped,
  catalogueVersion: z.int().min(0),
  policyVersion: z.int().min(0),
  /** What was submitted, as it was understood. */
  checkout: Checkout,
  /** Present when every line could be priced, in the order of checkout.lines. */
  judged: z.array(JudgedLine).optional(),
  offlineSinceMs,
  /** In the order in which their categories first stand in the lines; absent: no line is taxed. */
  taxes: z.array(Tax).max(limits.taxRatesMax).optional(),
  /** Approved, and still to be looked at by a person at central, for these reasons. */
  review: z.array(ReasonCode).optional(),
  /** The goods stay until their hand-over; absent: they left with the checkout. */
  goods: z.literal('reserved').optional(),
  /** The kiosk that sold, by the name it was paired under; absent where it has none. */
  kiosk: Text(64).optional(),
  /** The trace it belongs to, where its kiosk named another than its id. */
  traceId: TraceId.optional(),
});
export type CheckoutEntry = z.infer<typeof CheckoutEntry>;

export const VoidEntry = z.strictObject({
  kind: z.literal('void'),
  ...head,
  checkoutId: Uuid,
  void: Void,
});
export type VoidEntry = z.infer<typeof VoidEntry>;

/** What of a line is given back: its share of what was paid for the line, discounts and taxes within. */
const RefundedLine = z.strictObject({
  line: z.int().min(0),
  quantity: z.int().min(1),
  /** Absent where the refund was refused. */
  totalMinor: z.int().min(0).optional(),
});
export type RefundedLine = z.infer<typeof RefundedLine>;

/** Money back on a checkout, as it was understood: with what it comes to. */
const LinkedRefund = z.strictObject({
  checkoutId: Uuid,
  /** Absent: of an amount. */
  lines: z.array(RefundedLine).max(limits.linesMax).optional(),
  /** Both are absent only where it was refused before they were known. */
  currency: Currency.optional(),
  totalMinor: TotalMinor.optional(),
  reason: Text(limits.textCharsMax),
});
export type JournaledRefund = z.infer<typeof LinkedRefund>;

export const RefundEntry = z.strictObject({
  kind: z.literal('refund'),
  ...head,
  ...slipped,
  policyVersion: z.int().min(0),
  refund: z.union([LinkedRefund, UnlinkedRefund]),
  /** The step of a fulfilment that brought it; absent: a kiosk asked for it. */
  fulfilmentId: Uuid.optional(),
});
export type RefundEntry = z.infer<typeof RefundEntry>;

/** The refund that a step of a fulfilment brought, an entry of its own that follows at once. */
export const BroughtRefund = z.strictObject({ id: Uuid, currency: Currency, totalMinor: TotalMinor });
export type BroughtRefund = z.infer<typeof BroughtRefund>;

export const FulfilmentEntry = z.strictObject({
  kind: z.literal('fulfilment'),
  ...head,
  checkoutId: Uuid,
  fulfilment: Fulfilment,
  /** Absent where nothing is given back. */
  refund: BroughtRefund.optional(),
});
export type FulfilmentEntry = z.infer<typeof FulfilmentEntry>;

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
  ...slipped,
  declineCode: DeclineCode.optional(),
  offlineSinceMs,
});
export type DecisionEntry = z.infer<typeof DecisionEntry>;

/**
 * A checkout that the appliance asked itself, to see that selling works: judged like any other, and nothing more. It takes
 * no goods, no room, no slip, and nobody's money; being a kind of its own, nothing that counts checkouts counts it.
 */
export const SyntheticEntry = z.strictObject({
  kind: z.literal('synthetic'),
  ...head,
  /** Whose act it was. */
  by: z.enum(['schedule', 'technician', 'central', 'release']),
  catalogueVersion: z.int().min(0),
  policyVersion: z.int().min(0),
  /** As it came in over HTTP. */
  checkout: Checkout,
  offlineSinceMs,
});
export type SyntheticEntry = z.infer<typeof SyntheticEntry>;

/** Seqs of another journal, both ends within. */
export const SeqRange = z.strictObject({ firstSeq: z.int().min(1), lastSeq: z.int().min(1) });
export type SeqRange = z.infer<typeof SeqRange>;
const SeqRanges = z.array(SeqRange).max(limits.doubtRangesMax);

/**
 * The first entry of a journal that goes on from another one, whose file was damaged or had fallen back behind central's
 * receipt. The `carried` entries that follow it are those of the other journal, byte for byte and in their order.
 */
export const SalvageEntry = z.strictObject({
  kind: z.literal('salvage'),
  id: Uuid,
  at: EntryTime,
  cause: z.enum(['damaged', 'fallen_back']),
  /** Absent where nothing in the file told it. */
  fromJournalId: Uuid.optional(),
  /** How far central's receipts went, as far as the file told. */
  receivedThrough: z.int().min(0),
  /** The highest seq that anything told of. */
  lastSeq: z.int().min(0),
  carried: z.int().min(0),
  /** Of the other journal, in order: nothing of them could be read; */
  lost: SeqRanges,
  /** they were read, but are not what was written, and are not carried over; */
  altered: SeqRanges,
  /** they are carried over, and nothing before them proves them. */
  unproven: SeqRanges,
  /** Slip numbers that were left out, so that none is given twice; absent: none. */
  slipsSkipped: z
    .strictObject({ year: z.int().min(1).optional(), first: z.int().min(1), last: z.int().min(1) })
    .optional(),
});
export type SalvageEntry = z.infer<typeof SalvageEntry>;

/** A document of a kiosk. */
export type DocumentEntry = CheckoutEntry | VoidEntry | RefundEntry | FulfilmentEntry;
export type DocumentKind = DocumentEntry['kind'];

export const Entry = z.discriminatedUnion('kind', [
  CheckoutEntry,
  VoidEntry,
  RefundEntry,
  FulfilmentEntry,
  DecisionEntry,
  SalvageEntry,
  SyntheticEntry,
]);
export type Entry = z.infer<typeof Entry>;
export type EntryKind = Entry['kind'];
