// What people and other programs are shown of the ledger: journals, documents, movements, balances, and what a check finds.
import type { Hops } from '../latency/hops.ts';
import type { Posting } from './postings.ts';
import type { SaidInEntry } from './said-in-entry.ts';

export interface FeedPosition {
  feedId: string;
  head: number;
  appliedThrough: number;
}

/** `journal_salvaged` is a journal's that goes on from a damaged one, for as long as seqs of that one are in doubt. */
export type NamedCondition = { code: 'history_diverged' | 'journal_salvaged'; sinceMs: number };

export interface JournalView {
  journalId: string;
  receivedThrough: number;
  bookedThrough: number;
  /** The journal it goes on from, which was damaged or had fallen back; null: it began by itself, or nothing told it. */
  goesOnFrom: string | null;
  conditions: NamedCondition[];
}

export interface ApplianceView {
  id: string;
  site: string | null;
  release: string | null;
  lastHeardMs: number | null;
  journals: JournalView[];
  feed: FeedPosition;
}

export interface DocumentRow {
  applianceId: string;
  journalId: string;
  seq: number;
  id: string;
  kind: string;
  verdict: string;
  state: string;
  currency: string;
  totalMinor: number;
  checkoutId: string | null;
  slip: number | null;
  /** The step of a fulfilment, or the newest one of a checkout; null: none, or the goods left with it. */
  fulfilment: string | null;
  refundedMinor: number;
  voidedBy: string | null;
  atMs: number;
  bookedMs: number;
}

export interface MovementView {
  id: number;
  /** `entry`, or the kind of row that it comes from. */
  source: string;
  /** Of an entry; null with every other source. */
  applianceId: string | null;
  journalId: string | null;
  seq: number | null;
  /** The row, by the number of its own kind; null for an entry. */
  sourceRef: number | null;
  reason: string;
  bookedMs: number;
  postings: Posting[];
}

/** A document, what it says of itself, what it moved, and how long it took to get here. */
export type DocumentStory = DocumentRow &
  SaidInEntry & { movements: MovementView[]; traceId: string; hops: Hops };

export interface AccountView {
  name: string;
  currency: string;
  /** A bigint: a sum may pass 2^53. */
  balanceMinor: bigint;
}

export interface ParkedView {
  applianceId: string;
  journalId: string;
  seq: number;
  reason: string;
  documentId: string | null;
  kind: string | null;
  parkedMs: number;
}

/** One entry of a journal as the ledger took it: for audits that recompute the ledger elsewhere. */
export interface EntryView {
  applianceId: string;
  journalId: string;
  seq: number;
  documentId: string | null;
  kind: string | null;
  verdict: string | null;
  currency: string | null;
  totalMinor: number | null;
  state: string;
  reason: string | null;
}

export interface ParkedPage {
  items: ParkedView[];
  next: { journalRefAfter: number; seqAfter: number } | null;
}

/** A code that stays, and the place in words. */
export interface CheckFailure {
  code: string;
  detail: string;
}

/** What became of the ledger check, with each failure in words. */
export interface CheckReport {
  journals: number;
  entries: number;
  /** Received and not yet settled. */
  waiting: number;
  movements: number;
  parked: number;
  /** Of those entries, such as another journal had brought before. */
  known: number;
  totals: { currency: string; balances: { account: string; balanceMinor: bigint }[] }[];
  failures: CheckFailure[];
}
