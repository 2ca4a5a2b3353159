// What is known of one checkout's money: where it is to be, every call that was made for it, and what is to be given back.
// The rule (next.ts) reads it, what the world says (learn.ts) adds to it.
import type { DeclineClass } from '../processors/port.ts';
import type { HeldFor, Purpose } from './port.ts';

export type AttemptState =
  /** On its way. */
  | 'sent'
  | 'approved'
  /** A refund that the processor has taken and not yet made. */
  | 'pending'
  | 'declined'
  | 'rejected'
  /** Nothing happened: the same request may be sent again. */
  | 'unavailable'
  | 'unknown'
  /** Nothing happened, and the same request is not sent again. */
  | 'not_made'
  /** A charge that was made and taken back, in whichever way. */
  | 'undone';

export interface AttemptFacts {
  ref: number;
  purpose: Purpose;
  take: 'authorise_and_capture' | 'authorise' | null;
  processor: string;
  state: AttemptState;
  amountMinor: number;
  /** Of a refund that was asked for at the counter. */
  paybackRef: number | null;
  chargeId: string | null;
  code: string | null;
  declineClass: DeclineClass | null;
  tries: number;
  /** How often it was looked up since it was last sent. */
  looked: number;
  firstSentMs: number;
  sentMs: number;
  /** Before this moment nothing is done about it; null: nothing is done by itself. */
  notBeforeMs: number | null;
}

export interface PaybackFacts {
  ref: number;
  amountMinor: number;
  state: 'open' | 'held' | 'returned' | 'settled_otherwise';
}

export interface CollectionFacts {
  wanted: 'authorised' | 'captured' | 'nothing';
  totalMinor: number;
  capturedMinor: number;
  refundedMinor: number;
  /** Written off, and not collected since. */
  lost: boolean;
  heldFor: HeldFor | null;
  /** Central's answer to a kiosk is still owed. */
  asked: boolean;
  /** In the order in which they were made. */
  attempts: readonly AttemptFacts[];
  paybacks: readonly PaybackFacts[];
}

/** What routing says of the checkout. */
export interface Route {
  /** Those that take its token, in order. */
  candidates: readonly string[];
  otherOn: readonly DeclineClass[];
  /** For how long each remembers a key. */
  keyLifeMs(processor: string): number;
  /** Not to be asked now: down, or full for longer than `fallbackAfterMs`. */
  broken: ReadonlySet<string>;
  fallbackAfterMs: number;
  /** What was approved with a warning is captured by a word of a person only. */
  reviewsRisk: boolean;
}

/** The code of a charge that was found beside another one that is alive. */
export const madeTwice = 'made_twice';

/** The code of a call whose capture its processor took back, perhaps days after it was booked. */
export const captureFailed = 'capture_failed';

/** Its capture was taken back, and no person has said how it goes on. */
export function isCaptureFailed({ purpose, state, code }: AttemptFacts): boolean {
  if (purpose !== 'charge' && purpose !== 'capture') return false;
  return (state === 'approved' || state === 'undone') && code === captureFailed;
}

/** The code of a charge that its processor approved with a warning, until a person has looked at it. */
export const riskElevated = 'risk_elevated';

/** The code of an unknown attempt that cannot be looked up: the same request, by its key, gets the first answer. */
export const toRepeat = 'repeat';

const alive: readonly AttemptState[] = ['sent', 'approved', 'pending', 'unknown', 'unavailable'];

/** A charge that its processor declined with a warning of fraud. */
export function isFraud({ purpose, state, declineClass }: AttemptFacts): boolean {
  return purpose === 'charge' && state === 'declined' && declineClass === 'fraud';
}

/** The one charge that may hold money (I13). */
export function aliveCharge(attempts: readonly AttemptFacts[]): AttemptFacts | null {
  return attempts.find(({ purpose, state }) => purpose === 'charge' && alive.includes(state)) ?? null;
}
