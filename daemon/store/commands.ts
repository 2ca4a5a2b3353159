// What the store can be asked, and what it answers. Commands cross a thread boundary: plain data only.
import type { Checkout, Fulfilment, Refund, Void } from '../../contract/checkout.ts';
import type { EntryTime, SyntheticEntry } from '../../contract/entry.ts';
import type { FeedItem } from '../../contract/feed.ts';
import type {
  Answer,
  Condition,
  DocumentPage,
  DocumentView,
  LinkView,
  Status,
} from '../../contract/kiosk-api.ts';
import type { Policy } from '../../contract/policy.ts';
import type { Quote, QuoteRequest } from '../../contract/quote.ts';
import type { SyntheticAnswer } from '../../contract/synthetic.ts';
import type { OutcomeKind } from '../../contract/verdict.ts';
import type { StoreSlip } from '../checkout/slip.ts';
import type { TimeKnown } from '../identity/server-time.ts';
import type { Unreceived } from './queue.ts';
import type { ReleaseWish } from './release-wish.ts';
import type { RemoteStandings } from './remote-configuration.ts';

interface Submission {
  /** The Idempotency-Key: a UUID in lower case. */
  id: string;
  /** SHA-256 over the operation and the exact body bytes, hex. */
  requestHash: string;
}

/** Commands and their answers, one pair a line. */
export interface StoreProtocol {
  checkout: {
    /** @property traceId where it is another than its id */
    ask: Submission & { checkout: Checkout; kiosk?: string | null; traceId?: string };
    answer: AcceptAnswer;
  };
  /** A checkout of the appliance's own, to see that selling works: it is journaled, and takes nothing. */
  synthetic: { ask: { id: string; checkout: Checkout; by: SyntheticEntry['by'] }; answer: SyntheticAccepted };
  /** What one could be of. */
  syntheticBasket: { ask: object; answer: { checkout: Checkout | null } };
  void: { ask: Submission & { checkoutId: string; void: Void }; answer: AcceptAnswer };
  refund: { ask: Submission & { refund: Refund }; answer: AcceptAnswer };
  fulfilment: { ask: Submission & { checkoutId: string; fulfilment: Fulfilment }; answer: AcceptAnswer };
  /** A kiosk waits no longer for central's word on a pending checkout: it is decided now, if it is not yet. */
  decideLate: { ask: { id: string }; answer: AcceptAnswer };
  /** Refuses some of the pending checkouts that nobody has asked for since long; true when more are left. */
  abandon: { ask: object; answer: { more: boolean } };
  quote: { ask: { asked: QuoteRequest; kiosk?: string | null }; answer: QuoteAnswer };
  document: { ask: { id: string }; answer: DocumentView | null };
  slip: { ask: { id: string; copy: boolean }; answer: SlipAnswer };
  page: { ask: { beforeSeq: number | null; itemsMax: number }; answer: DocumentPage };
  status: { ask: object; answer: StoreStatus };
  /** What central has not received, counted up to a bound. */
  queue: { ask: object; answer: Unreceived };
  /** What a health report needs beside the status: what time it is, and when the oldest entry above the receipt was made. */
  health: { ask: object; answer: { at: EntryTime; oldestUnreceivedMs: number | null } };
  /** The policy's flags, where it is newer than the one that is known. */
  flags: { ask: { afterPolicyVersion: number }; answer: FlagsAnswer };
  events: { ask: EventsAfter; answer: EventPage };
  position: { ask: object; answer: Position };
  entries: { ask: { afterSeq: number; itemsMax: number; bytesMax: number }; answer: EntryRun | null };
  received: { ask: { journalId: string; receivedThrough: number; hash: string }; answer: ReceivedAnswer };
  feed: {
    /** @property ageMs how old the items surely are already */
    ask: { feedId: string; firstPosition: number; items: (FeedItem | null)[]; ageMs?: number };
    answer: FeedAnswer;
  };
  /** Central follows up with this feed from its beginning: it has been restored. */
  followFeed: { ask: { feedId: string; feedHead: number }; answer: null };
  centralTime: { ask: { aheadOfMonotonicMs: number; uncertaintyMs: number }; answer: null };
  /** What is known of the time without believing the clock. */
  time: { ask: object; answer: TimeKnown };
  /** The release that central wants to run here, and whether the site is open; null: nobody said. */
  releaseWish: { ask: object; answer: { wish: ReleaseWish | null; open: boolean | null } };
  /** What central sets of the box's configuration. */
  remoteConfiguration: { ask: object; answer: RemoteStandings };
  /** The box goes by it from now on. */
  takeConfiguration: { ask: { version: number }; answer: null };
  link: { ask: { link: LinkView; conditions: Condition[] }; answer: null };
  /** Whether the store still does what it is for: the newest entry is read, and a row written, with a sync of the disk. */
  selfCheck: { ask: object; answer: { wrote: boolean } };
}

export type CommandKind = keyof StoreProtocol;
export type Ask<K extends CommandKind> = StoreProtocol[K]['ask'];
export type AnswerTo<K extends CommandKind> = StoreProtocol[K]['answer'];
export type Command = { [K in CommandKind]: { kind: K } & Ask<K> }[CommandKind];

/** Why a submission left no entry; nothing was changed. */
export type UnacceptedCode =
  | 'idempotency_conflict'
  | 'checkout_not_found'
  | 'document_in_doubt'
  | 'journal_full'
  | 'catalogue_missing'
  | 'policy_missing';

export type AcceptAnswer =
  | { kind: 'answered'; answer: Answer }
  /** Central is asked; the kiosk's wait ends after so long. */
  | { kind: 'pending'; waitMs: number }
  | { kind: 'unaccepted'; code: UnacceptedCode };

export type SyntheticAccepted =
  | { kind: 'answered'; answer: SyntheticAnswer }
  | { kind: 'unaccepted'; code: UnacceptedCode };

export type SlipAnswer =
  | { kind: 'slip'; slip: StoreSlip }
  | { kind: 'missing'; code: 'document_not_found' | 'slip_not_found' };

/** How far a stream of events has come: entries by seq, outcomes by the order in which they were applied. */
export interface EventCursor {
  seq: number;
  outcome: number;
}

export type EventsAfter = EventCursor & { itemsMax: number };

export type StoreEvent = { after: EventCursor } & (
  | { kind: 'document' | 'decision'; answer: Answer }
  | { kind: 'outcome'; id: string; outcome: { kind: OutcomeKind; atMs: number } }
);

export interface EventPage {
  journalId: string;
  /** Where both orders ended when this was read. */
  head: EventCursor;
  events: StoreEvent[];
  /** How far these have come: beyond the last of them where what follows is nothing to tell. */
  reached: EventCursor;
  /** There may be more after that. */
  more: boolean;
}

export type QuoteAnswer =
  | { kind: 'quoted'; quote: Quote }
  | { kind: 'unaccepted'; code: 'catalogue_missing' | 'policy_missing' };

export type FlagsAnswer =
  | { kind: 'known'; newer: { policyVersion: number; flags: Policy['flags'] } | null }
  | { kind: 'unaccepted'; code: 'policy_missing' };

/** Where both logs stand. */
export interface Position {
  journalId: string;
  lastSeq: number;
  /** Hex. */
  lastHash: string;
  receivedThrough: number;
  feedId: string | null;
  appliedThrough: number;
}

/** Consecutive raw entries, joined by newlines as the frame carries them. */
export interface EntryRun {
  journalId: string;
  firstSeq: number;
  lastSeq: number;
  previousHash: string;
  lastHash: string;
  lines: Uint8Array;
}

/** `diverged`: central's statement contradicts this journal. */
export type ReceivedAnswer = { kind: 'recorded'; receivedThrough: number } | { kind: 'diverged' };

/** `ignored`: the items do not continue what has been applied. */
export type FeedAnswer =
  | { kind: 'applied'; feedId: string; appliedThrough: number }
  | { kind: 'ignored'; reason: 'gap' | 'other_feed'; appliedThrough: number };

/** The status as the store knows it; identity and counters of the HTTP server are added at the door. */
export type StoreStatus = Omit<Status, 'applianceId' | 'release' | 'cardNumbersRefused' | 'certificate'> & {
  /** The site's best estimate of the time. */
  siteMs: number;
};
