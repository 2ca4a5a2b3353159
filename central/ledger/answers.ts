// What the ledger's routes answer, as schemas: the description of the interface is made of them.
import * as z from 'zod';
import { Currency, ExactInteger, Moment, pageOf } from '../http/fields.ts';
import { HopsAnswer } from '../latency/answers.ts';

const NumberCursor = z.int();

const Feed = z.object({ feedId: z.string(), head: z.int(), appliedThrough: z.int() });

export const Appliance = z
  .object({
    id: z.string(),
    site: z.string().nullable(),
    release: z.string().nullable().meta({ description: 'The release it runs, by its last hello.' }),
    lastHeardMs: Moment.nullable(),
    journals: z.array(
      z.object({
        journalId: z.string(),
        receivedThrough: z.int(),
        bookedThrough: z.int(),
        goesOnFrom: z
          .string()
          .nullable()
          .meta({ description: 'The damaged journal that this one goes on from; null: it began by itself.' }),
        conditions: z.array(
          z.object({ code: z.enum(['history_diverged', 'journal_salvaged']), sinceMs: Moment }),
        ),
      }),
    ),
    feed: Feed,
  })
  .meta({ id: 'Appliance' });
export const AppliancePage = pageOf(Appliance, NumberCursor).meta({ id: 'AppliancePage' });

const Document = z.object({
  applianceId: z.string(),
  journalId: z.string(),
  seq: z.int(),
  id: z.string(),
  kind: z.string(),
  verdict: z.string(),
  state: z.string(),
  currency: Currency,
  totalMinor: z.int(),
  checkoutId: z.string().nullable(),
  slip: z.int().nullable(),
  fulfilment: z
    .string()
    .nullable()
    .meta({ description: 'The newest step of its hand-over; null without one.' }),
  refundedMinor: z.int(),
  voidedBy: z.string().nullable(),
  atMs: Moment,
  bookedMs: Moment,
});
export const DocumentPage = pageOf(Document, NumberCursor).meta({ id: 'DocumentPage' });

export const Movement = z.object({
  id: z.int(),
  source: z.string().meta({ description: '`entry`, or the kind of row that it comes from.' }),
  applianceId: z.string().nullable(),
  journalId: z.string().nullable(),
  seq: z.int().nullable(),
  sourceRef: z.int().nullable().meta({ description: 'The row; null for an entry.' }),
  reason: z.string(),
  bookedMs: Moment,
  postings: z.array(z.object({ account: z.string(), currency: Currency, amountMinor: z.int() })),
});
export const MovementPage = pageOf(Movement, NumberCursor).meta({ id: 'MovementPage' });
export const DocumentWithMovements = Document.extend({
  reasons: z.array(z.string()).meta({ description: 'Stable codes; empty where nothing was wrong.' }),
  lines: z
    .array(
      z.object({
        sku: z.string().meta({ description: 'Or the GTIN it was asked by, where it could not be priced.' }),
        name: z.string().nullable(),
        quantity: z.int(),
        totalMinor: z
          .int()
          .nullable()
          .meta({ description: 'After discounts; null: it could not be priced.' }),
        discountMinor: z.int(),
      }),
    )
    .meta({ description: 'The goods of a checkout; empty for everything else.' }),
  catalogueVersion: z.int().nullable(),
  policyVersion: z.int().nullable(),
  kiosk: z.string().nullable(),
  movements: z.array(Movement),
  traceId: z.string().meta({ description: 'W3C Trace Context: its own id, unless its kiosk named another.' }),
  hops: HopsAnswer,
}).meta({
  id: 'DocumentWithMovements',
});

export const Accounts = z
  .object({ items: z.array(z.object({ name: z.string(), currency: Currency, balanceMinor: ExactInteger })) })
  .meta({ id: 'Accounts' });

const Parked = z.object({
  applianceId: z.string(),
  journalId: z.string(),
  seq: z.int(),
  reason: z.string(),
  documentId: z.string().nullable(),
  kind: z.string().nullable(),
  parkedMs: Moment,
});
export const ParkedPage = pageOf(Parked, z.string()).meta({ id: 'ParkedPage' });

export const Entries = z
  .object({
    items: z.array(
      z.object({
        applianceId: z.string(),
        journalId: z.string(),
        seq: z.int(),
        documentId: z.string().nullable(),
        kind: z.string().nullable(),
        verdict: z.string().nullable(),
        currency: Currency.nullable(),
        totalMinor: z.int().nullable(),
        state: z.string().meta({
          description:
            '`booked`, `recorded` (no money in it), `known` (another journal brought the same one) or `parked`.',
        }),
        reason: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Entries' });
