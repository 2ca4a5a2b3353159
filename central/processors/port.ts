// What every payment processor is to central: a few calls by token, whose outcomes are values. Keeps I13's half of the
// promise: a call that may have charged somebody is never reported as one that did not.
import type { ReportItem } from '../reconciliation/report-row.ts';

/** Integer minor units as ISO 4217 counts them; what a processor counts otherwise is its adapter's business. */
export interface Amount {
  currency: string;
  amountMinor: number;
}

/** What a decline says about trying again. */
export type DeclineClass = 'retry_later' | 'do_not_retry' | 'other_method' | 'fraud';

/** Why nobody knows whether it happened. */
export type UnknownReason =
  | 'timed_out'
  | 'connection_lost'
  | 'answer_malformed'
  | 'processor_failed'
  | 'in_progress'
  /** It was taken on and will be carried out later; a webhook tells of its end. */
  | 'accepted';

/** Whose fault a refusal is: ours. Nothing happened, and the same request would be refused again. */
export type RejectedCode =
  | 'amount_not_representable'
  | 'credentials_refused'
  | 'request_refused'
  | 'key_reused'
  | 'not_found'
  | 'state_refused'
  | 'amount_too_large';

/** Why nothing happened although nothing was wrong with the request. */
export type UnavailableCode = 'not_reached' | 'rate_limited';

export type Failure =
  | { kind: 'unknown'; reason: UnknownReason }
  /** `field` is the processor's name of what it refused, where it gave one. */
  | { kind: 'rejected'; code: RejectedCode; hint: string; field: string | null }
  | { kind: 'unavailable'; code: UnavailableCode; retryAfterMs: number | null };

/** `code` is the processor's own. */
export type Declined = { kind: 'declined'; declineClass: DeclineClass; code: string };

export type Outcome<Approved> = ({ kind: 'approved' } & Approved) | Declined | Failure;

/**
 * Made by the caller from the document's id and the purpose of the attempt, and stored before the call.
 * `reference` finds a charge or refund again for ever, `idempotencyKey` any attempt for as long as the processor remembers
 * keys. Captures and voids are found by the charge's id: there can be only one of each.
 */
export interface Attempt {
  reference: string;
  idempotencyKey: string;
}

export interface ChargeRequest extends Attempt {
  amount: Amount;
  /** The processor's name of the payment method; never a card number. */
  token: string;
  /** `authorise` holds the money until it is captured or voided. */
  take: 'authorise_and_capture' | 'authorise';
}

export interface CaptureRequest extends Attempt {
  chargeId: string;
  /** At most what was authorised; the rest is let go. */
  amount: Amount;
}

export interface VoidRequest extends Attempt {
  chargeId: string;
}

export interface RefundRequest extends Attempt {
  chargeId: string;
  amount: Amount;
}

/** An attempt that was sent. A key lives from its first sending on. */
export interface SentAttempt {
  reference: string;
  firstSentMs: number;
}

/** A charge as the processor knows it. */
export interface ChargeState {
  chargeId: string;
  /** Null where an event does not say it: what is known of it stays. */
  reference: string | null;
  /** `capture_failed`: it was captured, or that was promised, and the money does not come; the hold may still stand. */
  state: 'authorised' | 'captured' | 'capture_failed' | 'voided' | 'declined' | 'in_progress';
  amount: Amount;
  capturedMinor: number;
  /** Where it was declined: by the processor's code. */
  decline: Omit<Declined, 'kind'> | null;
  /** It was approved with a warning of the processor's own. */
  risk?: 'elevated';
}

export interface RefundState {
  refundId: string;
  reference: string | null;
  state: 'refunded' | 'pending' | 'failed';
  amount: Amount;
}

export type LookUp<State> =
  /** More than one is an alarm: the same attempt was made twice. */
  | { kind: 'found'; found: [State, ...State[]] }
  | { kind: 'not_found' }
  /** Not found, but the processor may not have caught up with itself: proves nothing. */
  | { kind: 'too_early'; tryAgainAfterMs: number }
  /** The processor cannot be asked. Nothing was heard, but its key still lives: the same request gets the first answer. */
  | { kind: 'repeat' }
  | { kind: 'unavailable'; code: string };

/** A card holder's bank takes money back, or asks why it should not. */
export interface DisputeState {
  disputeId: string;
  reference: string | null;
  /** `inquiry`: asked only, no money has moved; `closed`: that ended so. `opened`: the money is held. */
  state: 'inquiry' | 'closed' | 'opened' | 'under_review' | 'won' | 'lost';
  /** What is disputed, which may be less than the charge. */
  amount: Amount;
  /** The processor's code of the reason. */
  reason: string | null;
}

export interface ProcessorEvent {
  /** The same for every copy of the event and for no other one of this processor. */
  eventId: string;
  /** The processor's name of what happened. */
  type: string;
  /** The processor's own time, by which events are put in order. */
  happenedMs: number;
  about:
    | { kind: 'charge'; charge: ChargeState }
    | { kind: 'refund'; refund: RefundState; chargeId: string | null }
    | { kind: 'dispute'; dispute: DisputeState; chargeId: string | null }
    /** A report can be downloaded. */
    | { kind: 'report'; batch: number }
    | { kind: 'other' };
  /** The end of a capture or void that was accepted before. */
  answers?: { chargeId: string; reference: string; purpose: 'capture' | 'void'; done: boolean };
}

/** How a processor brings its webhooks. */
export interface WebhookManner {
  /** The header, in lower case, whose value is judged with the body; an empty text where it is absent. */
  signatureHeader: string;
  /** What is answered once the events are stored; some send again until they read a certain word. */
  acceptedBody: string;
}

export type Webhook =
  /** Some processors send several events in one body. */
  | { kind: 'events'; events: ProcessorEvent[] }
  | { kind: 'refused'; code: 'signature_wrong' | 'timestamp_old' | 'body_malformed' };

/** Of payouts: those that were made at `fromMs` or after, and before `untilMs`. */
export interface ReportRange {
  fromMs: number;
  untilMs: number;
}

/** `unavailable` is the last that comes: what came before it is not the whole report. */
export type Reported = ReportItem | { kind: 'unavailable'; code: string };

/** What became of a download. `not_there`: not yet, or not any more. */
export type Downloaded = { kind: 'whole' } | { kind: 'not_there' } | { kind: 'unavailable'; code: string };

/** How a processor says what it moved. */
export type ReportWay =
  /** Row by row as it is asked for: the payouts of a time with all that they paid out. */
  | { kind: 'rows'; ask(range: ReportRange): AsyncIterable<Reported> }
  /** In a file for each batch; batches are numbered one after the other. */
  | {
      kind: 'files';
      /** The first batch that is wanted; null where nobody has said. */
      firstBatch: number | null;
      nameOf(batch: number): string;
      /** Null for what is no such file; parts of a name around it do not matter. */
      batchOf(name: string): number | null;
      /** @param take is given the file piece by piece; what it throws is thrown */
      download(batch: number, take: (piece: Uint8Array) => Promise<void>): Promise<Downloaded>;
    };

export interface ProcessorPort {
  readonly name: string;
  /** For how long a repeated key gets the first answer again. After that, only a look-up is safe. */
  readonly keyLifeMs: number;
  charge(request: ChargeRequest): Promise<Outcome<{ charge: ChargeState }>>;
  capture(request: CaptureRequest): Promise<Outcome<{ charge: ChargeState }>>;
  void(request: VoidRequest): Promise<Outcome<{ charge: ChargeState }>>;
  refund(request: RefundRequest): Promise<Outcome<{ refund: RefundState }>>;
  /** All charges with our reference. @param question with `sentMs`, when the attempt was last sent */
  lookUpCharge(question: SentAttempt & { sentMs: number }): Promise<LookUp<ChargeState>>;
  /**
   * One charge by the processor's id, as it is now.
   * @param attempt the capture or void whose outcome is unknown: the charge is found once it shows what became of that
   */
  lookUpChargeById(chargeId: string, attempt?: SentAttempt): Promise<LookUp<ChargeState>>;
  /** All refunds of the charge with our reference. */
  lookUpRefund(question: SentAttempt & { chargeId: string }): Promise<LookUp<RefundState>>;
  /** Null where it is not to be had: there a file is brought. */
  readonly report: ReportWay | null;
  readonly webhooks: WebhookManner;
  /** Judges a webhook by the exact bytes it came with. @param nowMs by which its age is judged */
  parseWebhook(rawBody: Uint8Array, signature: string, nowMs: number): Webhook;
}
