// What the operators' page asks of the store beside what there was. Part of LedgerCalls.
import type { MovementView } from '../ledger/views.ts';
import type { ReviewDecision, ReviewKind } from '../people/reviews.ts';
import type { WebhookView } from '../webhooks/port.ts';
import type { Wanted } from './find-checkouts.ts';

export interface FoundCheckout {
  id: string;
  applianceId: string;
  site: string | null;
  kind: string;
  verdict: string;
  slip: number | null;
  last4: string | null;
  currency: string;
  totalMinor: number;
  atMs: number;
}

/** An entry of the box's journal about the checkout, as the ledger took it. */
export interface StoryEntry {
  kind: string;
  id: string;
  journalId: string;
  seq: number;
  verdict: string;
  state: string;
  currency: string;
  totalMinor: number;
  slip: number | null;
  /** By the clock of the box. */
  atMs: number;
  bookedMs: number;
}

export interface StoryReview {
  number: number;
  kind: ReviewKind;
  reason: string;
  state: 'open' | 'proposed' | 'decided';
  decision: ReviewDecision | null;
  openedMs: number;
}

/** What one of the merchant's own systems was told, and whether it took it. */
export interface StoryTold {
  /** Of the delivery. */
  number: number;
  endpoint: number;
  /** Of the endpoint's address the host alone: the rest may be a credential. */
  host: string;
  type: string;
  toldMs: number;
  state: 'waiting' | 'delivered' | 'dead';
  tries: number;
  /** When it ended; null: it waits. */
  endedMs: number | null;
  /** Of HTTP, of the newest try; null where nothing was answered, or nothing was tried. */
  status: number | null;
  error: string | null;
}

/** Beside what was asked of processors, which charging keeps. */
export interface CheckoutStory {
  /** The checkout's own entry first, then what followed it, in the order it was booked. */
  entries: StoryEntry[];
  /** Of its entries and of everything that was done about its money. */
  movements: MovementView[];
  /** What processors told of its charges. */
  webhooks: WebhookView[];
  /** What the merchant's own systems were told of it, in the order it was told. */
  told: StoryTold[];
  reviews: StoryReview[];
}

export interface AccountPosting {
  movementId: number;
  line: number;
  source: string;
  sourceRef: number | null;
  applianceId: string | null;
  /** Of the entry it comes from; null with every other source. */
  documentId: string | null;
  reason: string;
  bookedMs: number;
  amountMinor: number;
}

export interface DashboardCalls {
  /** The newest booking first. */
  findCheckouts(search: { wanted: Wanted; limit: number }): FoundCheckout[];
  /** Null: no such checkout of that appliance. */
  checkoutStory(of: { applianceId: string; checkoutId: string }): CheckoutStory | null;
  /**
   * Of so many movements that touch it, the newest first, looked for among `movementsMax`: a page may be short, or empty,
   * and yet not the last.
   */
  accountPostings(of: {
    account: string;
    currency: string;
    /** Movements before this one. */
    cursor: number | null;
    limit: number;
    movementsMax: number;
  }): { items: AccountPosting[]; nextCursor: number | null };
}
