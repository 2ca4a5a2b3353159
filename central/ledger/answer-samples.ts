// Samples of what the ledger's routes answer, shown in the description of the interface.
import type * as z from 'zod';
import type {
  Appliance,
  DocumentPage,
  DocumentWithMovements,
  Entries,
  MovementPage,
  ParkedPage,
} from './answers.ts';

const journalId = '5a1c7b1e-4f0e-4d2f-9f8c-2f4f0c6f1b11';
const where = { applianceId: 'leeds-1', journalId, seq: 42 };
const atMs = 1_795_000_000_000;

export const appliance: z.output<typeof Appliance> = {
  id: 'leeds-1',
  site: 'leeds',
  release: '0.1.0',
  lastHeardMs: atMs,
  journals: [{ journalId, receivedThrough: 42, bookedThrough: 42, goesOnFrom: null, conditions: [] }],
  feed: { feedId: '0d3f0a52-6a57-4a39-8f0e-6a4bb3a6b0a4', head: 6, appliedThrough: 6 },
};

export const document: z.output<typeof DocumentPage>['items'][number] = {
  ...where,
  id: '0199f3c4-0b21-7a10-8c3d-6e5f4a3b2c1d',
  kind: 'checkout',
  verdict: 'authorised',
  state: 'booked',
  currency: 'GBP',
  totalMinor: 370,
  checkoutId: null,
  slip: 12,
  fulfilment: null,
  refundedMinor: 0,
  voidedBy: null,
  atMs,
  bookedMs: atMs + 210,
};

type Said = 'reasons' | 'lines' | 'catalogueVersion' | 'policyVersion' | 'kiosk' | 'traceId' | 'hops';

/** What the entry says, and its way. */
export const way: Pick<z.output<typeof DocumentWithMovements>, Said> = {
  reasons: [],
  lines: [{ sku: 'HF-101', name: 'Pencil, HB', quantity: 2, totalMinor: 370, discountMinor: 0 }],
  ...{ catalogueVersion: 4, policyVersion: 2, kiosk: 'till-1' },
  traceId: document.id.replaceAll('-', ''),
  hops: {
    ...{ madeMs: atMs, madeBy: 'central', receivedMs: atMs + 180, bookedMs: atMs + 210 },
    ...{ waitingOfflineMs: 0, sendingMs: 180, bookingMs: 30 },
  },
};

export const movement: z.output<typeof MovementPage>['items'][number] = {
  id: 31,
  source: 'entry',
  ...where,
  sourceRef: null,
  reason: 'sale',
  bookedMs: document.bookedMs,
  postings: [
    { account: 'receivable:customer', currency: 'GBP', amountMinor: 370 },
    { account: 'payable:payee:house', currency: 'GBP', amountMinor: -370 },
  ],
};

export const parked: z.output<typeof ParkedPage>['items'][number] = {
  applianceId: 'leeds-1',
  journalId,
  seq: 77,
  reason: 'entry_unreadable',
  documentId: null,
  kind: null,
  parkedMs: atMs,
};

export const entry: z.output<typeof Entries>['items'][number] = {
  ...where,
  documentId: document.id,
  kind: 'checkout',
  verdict: 'authorised',
  currency: 'GBP',
  totalMinor: 370,
  state: 'booked',
  reason: null,
};
