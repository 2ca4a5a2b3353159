// What the loop to the processors, webhooks, people and commands ask of the store: the next steps, what came of them, and
// what there is to see. Each call is one transaction; a step is durable before it is handed out (I13).
import type {
  CaptureRequest,
  ChargeRequest,
  ChargeState,
  LookUp,
  Outcome,
  ProcessorEvent,
  RefundRequest,
  RefundState,
  SentAttempt,
  VoidRequest,
} from '../processors/port.ts';

/** What the loop can do at one processor now. */
export interface ProcessorPlaces {
  /** How many calls more it may be given. */
  freeCount: number;
  /** Its breaker is open: what can be done elsewhere is done there, what cannot waits. */
  broken: boolean;
}

export type Purpose = 'charge' | 'capture' | 'void' | 'refund';

export type Send = { kind: 'send'; attemptRef: number; processor: string } & (
  | { purpose: 'charge'; request: ChargeRequest }
  | { purpose: 'capture'; request: CaptureRequest }
  | { purpose: 'void'; request: VoidRequest }
  | { purpose: 'refund'; request: RefundRequest }
);

/** Which of the port's look-ups answers it. */
export type Question =
  /** lookUpCharge */
  | { by: 'reference'; reference: string; firstSentMs: number; sentMs: number }
  /** lookUpChargeById: after a capture or a void, and for a charge whose id is known. */
  | { by: 'charge'; chargeId: string; attempt: SentAttempt }
  /** lookUpRefund */
  | { by: 'refund'; chargeId: string; reference: string; firstSentMs: number };

export type Step =
  | Send
  | { kind: 'look_up'; attemptRef: number; processor: string; purpose: Purpose; question: Question };

export type AnyOutcome = Outcome<{ charge: ChargeState }> | Outcome<{ refund: RefundState }>;
export type AnyLookUp = LookUp<ChargeState> | LookUp<RefundState>;

export const collectionStates = ['open', 'held', 'collected', 'released', 'written_off'] as const;
export type CollectionState = (typeof collectionStates)[number];

/**
 * Why a person must look at it. review: the entry asks for it, before anything is charged. fraud: its processor declined it
 * with a warning; nothing is charged again without a word of a person. unknown: the schedule of look-ups
 * is at its end. made_twice: more than one was found. rejected: refused as wrong, for somebody to mend. amount_differs: the
 * processor holds another amount. no_route: no rule names a processor that takes its token. refund: of what was never
 * collected, or that the processor will not make.
 */
export const heldReasons = [
  'review',
  'fraud',
  'unknown',
  'made_twice',
  'rejected',
  'amount_differs',
  'no_route',
  'refund',
] as const;
export type HeldFor = (typeof heldReasons)[number];

export type PersonDecision =
  /** Go on by the rule, for a review; for a warning of fraud and anything else: nothing was charged, charge now. */
  | 'collect'
  /** Ask the processor again, from the beginning of the schedule. */
  | 'try_again'
  /** Nothing was charged and nothing shall be: what is owed is a loss. A refund is not made. */
  | 'give_up'
  /** It was settled outside of these books: what is owed goes to `suspense`, for a correction with its papers. */
  | 'settled_otherwise';

export interface CollectionRow {
  ref: number;
  applianceId: string;
  site: string | null;
  checkoutId: string;
  currency: string;
  totalMinor: number;
  capturedMinor: number;
  refundedMinor: number;
  /** Written off, or in suspense. */
  lostMinor: number;
  origin: 'offline' | 'online';
  wanted: 'authorised' | 'captured' | 'nothing';
  state: CollectionState;
  heldFor: HeldFor | null;
  /** Where the next step is made; null when there is none. */
  processor: string | null;
  dueMs: number | null;
  openedMs: number;
}

export interface AttemptView {
  ref: number;
  purpose: Purpose;
  number: number;
  processor: string;
  reference: string;
  currency: string;
  amountMinor: number;
  state: string;
  chargeId: string | null;
  refundId: string | null;
  code: string | null;
  declineClass: string | null;
  tries: number;
  looked: number;
  firstSentMs: number;
  sentMs: number;
  answeredMs: number | null;
  /** Everything that was sent, answered, found and decided, in order. */
  events: { kind: string; detail: string; atMs: number }[];
}

export interface CollectionView extends CollectionRow {
  paybacks: { ref: number; documentId: string; amountMinor: number; state: string }[];
  attempts: AttemptView[];
}

/** What a site has approved offline and not been paid for, and what of it was lost. */
export interface ExposureRow {
  applianceId: string;
  site: string | null;
  currency: string;
  openCount: number;
  openMinor: number;
  heldCount: number;
  heldMinor: number;
  writtenOffCount: number;
  writtenOffMinor: number;
}

/** What the rest of central asks; the store answers each call in one transaction. */
export interface ChargingCalls {
  /**
   * The next steps, each for another checkout, what a kiosk waits for first. A call to be made is stored as `sent` before
   * this answers; it is not handed out again before it was answered or found by `recoverSent`.
   */
  takeSteps(request: {
    places: Readonly<Record<string, ProcessorPlaces>>;
    stepsMax: number;
    nowMs: number;
  }): Step[];
  /**
   * What came of a call, and how long it took where one was made. Repeated, late and contradicting answers never undo what is
   * known already.
   */
  answered(answer: { attemptRef: number; outcome: AnyOutcome; nowMs: number; callMs?: number }): void;
  lookedUp(found: { attemptRef: number; result: AnyLookUp; nowMs: number; callMs?: number }): void;
  /** At start, before the first `takeSteps`: what was on its way is unknown, and looked up at once. Answers how many. */
  recoverSent(nowMs: number): number;
  /** When the next step is due at one of these processors; null: nothing waits. */
  nextStepDueMs(processors: readonly string[]): number | null;
  collections(filter: {
    state: CollectionState | null;
    applianceId: string | null;
    cursor: number | null;
    limit: number;
  }): { items: CollectionRow[]; nextCursor: number | null };
  collection(request: { applianceId: string; checkoutId: string }): CollectionView | null;
  /** By appliance and currency, in the order of their names; at most `limit`, the worst first. */
  exposure(filter: { site: string | null; limit: number }): ExposureRow[];
}

/** A person's word on a checkout that is held; carried out in the transaction of the review's decision. */
export interface Decided {
  applianceRef: number;
  /** The checkout, or the refund. */
  documentId: string;
  decision: PersonDecision;
  note: string;
}

/** What webhooks call inside their own transaction (central/charging/sqlite/charging.ts). */
export type ApplyEvent = (
  told: { processor: string; event: ProcessorEvent },
  nowMs: number,
) => 'applied' | 'nothing_to_do' | 'unknown_object';

/**
 * The same of an event that is older than what is known: only what ends an attempt that is still open counts, and the
 * newest state holds over it.
 */
export type ApplyOlder = (
  told: { processor: string; event: ProcessorEvent; newest: ProcessorEvent['about'] },
  nowMs: number,
) => ReturnType<ApplyEvent>;
