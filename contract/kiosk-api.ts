// What the appliance answers a kiosk over HTTP.
import * as z from 'zod';
import { FulfilmentStep } from './checkout.ts';
import { BroughtRefund } from './entry.ts';
import { Uuid } from './id.ts';
import { limits } from './limits.ts';
import { DeclineCode, OutcomeKind, ReasonCode, VerdictKind } from './verdict.ts';

/** A reason with the words for the person at the kiosk. */
export const AnsweredReason = z.object({
  code: ReasonCode,
  hint: z.string(),
  line: z.int().min(0).optional(),
  /** How many are left: of the product for sale with `out_of_stock`, of the line with the reasons about its quantity. */
  left: z.int().min(0).optional(),
});

/** Lines count from 0, in the order of their checkout. */
const GivenBackLine = z.object({
  line: z.int().min(0),
  quantity: z.int().min(1),
  /** Absent where it was refused. */
  totalMinor: z.int().min(0).optional(),
});

/**
 * The answer to a POST of a checkout, void, refund or step of a fulfilment. It is made of the journal alone, of its entry and of the decision
 * on it where one was waited for, so the same request gets the same answer for ever (I2).
 */
export const Answer = z.object({
  id: Uuid,
  kind: z.enum(['checkout', 'void', 'refund', 'fulfilment']),
  seq: z.int().min(1),
  verdict: VerdictKind,
  decidedBy: z.enum(['appliance', 'central']),
  reasons: z.array(AnsweredReason),
  /** The slip number; absent when there is no slip. */
  slip: z.int().min(1).optional(),
  /** The year of the site in which it is that number; numbers begin again with each year. */
  slipYear: z.int().optional(),
  /** The checkout that a void, linked refund or fulfilment refers to. */
  checkoutId: Uuid.optional(),
  currency: z.string().optional(),
  totalMinor: z.int().optional(),
  /** Line by line: what a refund gives back, or what of a checkout was given back or not picked. Absent: no lines. */
  givenBack: z.array(GivenBackLine).optional(),
  /** Of a fulfilment. */
  step: FulfilmentStep.optional(),
  /** The refund that the fulfilment brought; it is a document of its own, with a slip. */
  refund: BroughtRefund.optional(),
  /** The entry that decided a checkout for which central was asked. */
  decisionSeq: z.int().min(1).optional(),
  declineCode: DeclineCode.optional(),
  /** Since when the site had been offline at that moment, by the appliance's clock. */
  offlineSinceMs: z.int().optional(),
});
export type Answer = z.infer<typeof Answer>;

/** A document as it stands now: its answer and everything later. */
export const DocumentView = Answer.extend({
  /** True once central's receipt covers it. */
  received: z.boolean(),
  outcome: z.object({ kind: OutcomeKind, atMs: z.int() }).nullable(),
  voidedBy: Uuid.nullable(),
  refundedMinor: z.int().min(0),
  /** How far the goods are on their way; present on an approved checkout that keeps goods for a hand-over. */
  fulfilment: z.enum(['expected', ...FulfilmentStep.options]).optional(),
});
export type DocumentView = z.infer<typeof DocumentView>;

/** A page of documents, the newest first. */
export const DocumentPage = z.object({ items: z.array(DocumentView), nextCursor: z.string().nullable() });
export type DocumentPage = z.infer<typeof DocumentPage>;

export const LinkView = z.object({
  kind: z.enum(['offline', 'connecting', 'online', 'refused']),
  sinceMs: z.int(),
});
export type LinkView = z.infer<typeof LinkView>;

export const Condition = z.object({ code: z.string(), hint: z.string(), sinceMs: z.int() });
export type Condition = z.infer<typeof Condition>;

const ageMs = z.int().min(0).nullable();

export const Status = z.object({
  applianceId: z.string(),
  release: z.string(),
  link: LinkView,
  journal: z.object({
    journalId: Uuid,
    lastSeq: z.int().min(0),
    receivedThrough: z.int().min(0),
    pending: z.int().min(0),
  }),
  feed: z.object({ appliedThrough: z.int().min(0) }),
  /** The one that central knows this appliance by; below 0 days it has run out. Null while there is none. */
  certificate: z.object({ notAfterMs: z.int(), daysLeft: z.int() }).nullable(),
  /** `ageMs` since it came into force here; null before the first, and when the clock went back since. */
  catalogue: z.object({ version: z.int().min(0), products: z.int().min(0), ageMs }),
  policy: z.object({ version: z.int().min(0), ageMs }),
  /** What is left before the limits of selling offline bite; null where there is no limit. */
  offline: z.object({
    /** Null while online. */
    sinceMs: z.int().nullable(),
    moneyLeftMinor: z.int().min(0).nullable(),
    /** Null while online too. */
    timeLeftMs: z.int().min(0).nullable(),
  }),
  /** Products of which less is available than their low water, those that have longest first. */
  stockLow: z.object({
    items: z
      .array(z.object({ sku: z.string(), available: z.int(), lowWater: z.int().min(0), sinceMs: z.int() }))
      .max(limits.lowStockItemsMax),
    /** More run low than are named. */
    more: z.boolean(),
  }),
  exposure: z.object({
    totalMinor: z.int().min(0),
    limitMinor: z.int().min(0).nullable(),
    currency: z.string().nullable(),
  }),
  /** Documents of this journal by verdict. */
  verdicts: z.record(z.string(), z.int().min(0)),
  /** Requests refused because they held a card number, since the start. */
  cardNumbersRefused: z.int().min(0),
  conditions: z.array(Condition),
});
export type Status = z.infer<typeof Status>;

/**
 * Why a flag is as it is, in OpenFeature's words: its share is nobody; others are named; the kiosk or site is named; drawn
 * for a share; on for everybody.
 */
export const FlagReason = z.enum(['DISABLED', 'DEFAULT', 'TARGETING_MATCH', 'SPLIT', 'STATIC']);
export type FlagReason = z.infer<typeof FlagReason>;

/** The policy's flags as they stand for the kiosk that asks, by name; a policy has `limits.flagsMax` at most. */
export const Flags = z.object({
  policyVersion: z.int().min(1),
  /** The appliance's own; null where its configuration names none. */
  site: z.string().nullable(),
  /** As it was paired; null for whoever called without a token. */
  kiosk: z.string().nullable(),
  flags: z.record(
    z.string(),
    z.object({ value: z.boolean(), variant: z.enum(['on', 'off']), reason: FlagReason }),
  ),
});
export type Flags = z.infer<typeof Flags>;

/** The answer of /livez: there is one only while the event loop turns. */
export const Liveness = z.object({ status: z.literal('ok') });

/** The answer of /readyz: whether there is a catalogue and a policy to sell by. */
export const Readiness = z.object({ status: z.enum(['ready', 'waiting_for_feed']) });

/** RFC 9457 problem details with our stable code. */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string().optional(),
  requestId: z.string().optional(),
  /** One for each field that is wrong: an RFC 6901 JSON pointer into the body, and the remedy. */
  errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
});
export type Problem = z.infer<typeof Problem>;
