// What the rest of central asks of its store: one contract for every database that can take this place.
// Each call is one transaction, and its answer is given only after that transaction is durable.
import type { Product } from '../../contract/feed.ts';
import type { Policy } from '../../contract/policy.ts';
import type { AlertCalls } from '../alerts/port.ts';
import type { ChargingCalls } from '../charging/port.ts';
import type { TokenCalls } from '../charging/token-port.ts';
import type { DashboardCalls } from '../dashboard/port.ts';
import type { DoctorCalls } from '../doctor/port.ts';
import type { DoubtCalls } from '../doubts/port.ts';
import type { EnrolmentCalls } from '../enrolment/port.ts';
import type { StandingCalls } from '../enrolment/standing-port.ts';
import type { FleetCalls } from '../fleet/port.ts';
import type { IgnoredReason } from '../intake/entries-run.ts';
import type { LatencyCalls } from '../latency/port.ts';
import type { PayoutCalls } from '../payouts/port.ts';
import type { By } from '../people/actor.ts';
import type { PeopleCalls } from '../people/port.ts';
import type { ReviewCalls } from '../people/review-port.ts';
import type { ReconciliationCalls } from '../reconciliation/port.ts';
import type { RolloutCalls } from '../rollout/port.ts';
import type { SyntheticCalls } from '../synthetic/port.ts';
import type { OutboundCalls } from '../webhooks/outbound-port.ts';
import type { WebhookCalls } from '../webhooks/port.ts';
import type { Page } from './page.ts';
import type {
  CatalogueDraft,
  CataloguePublished,
  CatalogueView,
  HotListChanged,
  HotListPage,
  PolicyView,
  ProductsPage,
  StockChange,
  StockSent,
} from './published.ts';
import type { ProductSplit } from './split-words.ts';
import type {
  AccountView,
  ApplianceView,
  DocumentRow,
  DocumentStory,
  EntryView,
  FeedPosition,
  MovementView,
  ParkedPage,
} from './views.ts';

/** Where central stands with a journal: what a receipt says. */
export interface ReceivedPosition {
  journalId: string;
  receivedThrough: number;
  /** Lower-case hex. */
  hash: string;
}

/** A hello whose certificate and signature have been checked. */
export interface HelloFacts {
  applianceId: string;
  /** SPKI, DER. */
  publicKey: Uint8Array;
  journalId: string;
  lastSeq: number;
  lastHash: string;
  feedId: string | null;
  appliedThrough: number;
  release: string;
  nowMs: number;
}

export type HelloResult =
  | { kind: 'welcome'; position: ReceivedPosition; feed: FeedPosition }
  | { kind: 'diverged'; position: ReceivedPosition };

export type ReceiveResult =
  /** Durable now; `asks` when a kiosk waits for central's word on one of them. */
  | { kind: 'received'; position: ReceivedPosition; entries: number; asks: boolean }
  /** Durable before: the same receipt again does no harm. */
  | { kind: 'repeated'; position: ReceivedPosition }
  /** Something between is missing: the receipt shows from where. */
  | { kind: 'gap'; position: ReceivedPosition }
  | { kind: 'diverged'; position: ReceivedPosition }
  | { kind: 'ignored'; reason: IgnoredReason };

export interface FeedPage {
  feedId: string;
  head: number;
  firstPosition: number;
  items: Uint8Array[];
}

export interface BookedPiece {
  entries: number;
  /** True when entries still wait. */
  more: boolean;
}

export interface AnsweredDue {
  answered: number;
}

/** What the store does, said once; LedgerPort is the same with promises. */
export interface LedgerCalls
  extends ChargingCalls,
    TokenCalls,
    PeopleCalls,
    DashboardCalls,
    EnrolmentCalls,
    StandingCalls,
    DoubtCalls,
    FleetCalls,
    AlertCalls,
    RolloutCalls,
    ReviewCalls,
    WebhookCalls,
    OutboundCalls,
    ReconciliationCalls,
    PayoutCalls,
    SyntheticCalls,
    LatencyCalls,
    DoctorCalls {
  /** Makes the appliance known, with its site; a second time changes the site only. */
  registerAppliance(appliance: { id: string; site: string | null }, by: By): void;
  /** Takes note of a hello and says where to go on from; a journal with another history is put under a condition. */
  hello(facts: HelloFacts): HelloResult;
  /** Stores the entries of one `entries` payload that are not yet there. */
  receive(frame: { applianceId: string; payload: Uint8Array; nowMs: number }): ReceiveResult;
  /** SPKI of the appliance's last hello, DER; null before the first. */
  publicKeyOf(applianceId: string): Uint8Array | null;

  /** Moves the appliance's applied position; null when the feed named is not the current one. */
  applied(report: {
    applianceId: string;
    feedId: string;
    appliedThrough: number;
    nowMs: number;
  }): FeedPosition | null;
  /** The next items after a position, at most so many and so many bytes but at least one if any; null for a stranger. */
  feedPage(request: {
    applianceId: string;
    after: number;
    itemsMax: number;
    bytesMax: number;
  }): FeedPage | null;
  feedPositionOf(applianceId: string): FeedPosition | null;

  /** Settles at most so many waiting entries, in order per journal, each exactly once (I5). */
  bookPiece(entriesMax: number, nowMs: number): BookedPiece;

  /** Answers at most so many of the authorisations that are due. */
  answerDue(answersMax: number, nowMs: number): AnsweredDue;

  /** Stores a policy as the next version and tells every appliance; answers the version. */
  publishPolicy(policy: Policy, by: By): number;
  /** Publishes the policy unless there is one already: what a release brings along, and nobody's act. */
  ensurePolicy(policy: Policy): void;
  policy(): PolicyView | null;

  /**
   * Begins a catalogue that is to be written in pieces; answers its number, null when `draftsMax` wait.
   * `source` null: it will be published at once, is not listed, and not kept should that not happen.
   */
  beginDraft(draft: { source: string | null; nowMs: number }): number | null;
  /** Adds products, as their schema parsed them (equal products are equal texts). */
  writeDraft(draft: number, products: Product[]): void;
  /** Adds how products of the draft are split: one split a product at most. */
  writeDraftSplits(draft: number, splits: ProductSplit[]): void;
  completeDraft(draft: number): void;
  catalogueDrafts(): CatalogueDraft[];
  /** False when there is no such draft; `cataloguePiece` removes what it held. */
  discardDraft(draft: number, by: By): boolean;
  /**
   * Begins to make a draft the next version; `cataloguePiece` carries it on. `busy` while another one is on its way.
   * Every appliance is told: those whose feed ends with the version before by a delta where that is much smaller, the
   * others by a snapshot.
   */
  publishDraft(draft: number, by: By): 'begun' | 'busy' | 'draft_unknown';
  /** A bounded piece of the publication on its way, or of what is to be removed. Anybody may take it. */
  cataloguePiece(nowMs: number): { more: boolean };
  /** What a draft changed when it came into force. */
  published(draft: number): CataloguePublished | null;
  /** The version in force; null before the first. */
  catalogue(): CatalogueView | null;
  /** Products after a SKU, in force or of the draft named. */
  products(page: { draft: number | null; after: string; limit: number }): ProductsPage;
  /** Those of the products in force that have one of the SKUs. */
  productsBySku(skus: string[]): Product[];
  /** How those of the products are split that have one of the SKUs, in force or of the draft named; others are the house's. */
  splitsBySku(skus: string[], draft: number | null): ProductSplit[];

  /** Puts changes of stock into the feed of one appliance: all of them or none. */
  sendStock(applianceId: string, changes: StockChange[], by: By): StockSent;

  /** Tells every appliance that a card is no longer taken, or is again. */
  changeHotList(change: { fingerprint: string; change: 'add' | 'remove' }, by: By): HotListChanged;
  hotList(page: { after: string; limit: number }): HotListPage;

  appliances(page: { cursor: number | null; limit: number }): Page<ApplianceView>;
  appliance(id: string): ApplianceView | null;
  /** Documents, the newest booking first. */
  documents(filter: {
    kind: 'checkout' | null;
    applianceId: string | null;
    cursor: number | null;
    limit: number;
  }): Page<DocumentRow>;
  /** Every document of that id (one an appliance) with the movements that concern it. */
  document(id: string): DocumentStory[];
  accounts(): AccountView[];
  /** Movements in the order they were booked. */
  movements(page: { cursor: number | null; limit: number }): Page<MovementView>;
  parked(page: { limit: number; journalRefAfter: number; seqAfter: number }): ParkedPage;
  /** null when no journal has that id, `ambiguous` when several appliances have and none is named. */
  entries(request: {
    journalId: string;
    applianceId: string | null;
    after: number;
    limit: number;
  }): EntryView[] | null | 'ambiguous';
  /** Reads a trivial row: proof that the store answers. */
  ping(): boolean;
  /** Reads, and writes durably what is there already: proof that the store still does what it is for. */
  selfCheck(): boolean;
}

export type LedgerPort = {
  [Name in keyof LedgerCalls]: (
    ...args: Parameters<LedgerCalls[Name]>
  ) => Promise<ReturnType<LedgerCalls[Name]>>;
};
