// The next step for one checkout, from what is wanted and what is known: pure. Keeps I13: while anybody does not know what
// became of a call, nothing but a look-up follows, and a second charge only when the one before is known to hold no money.
import {
  type AttemptFacts,
  aliveCharge,
  type CollectionFacts,
  isCaptureFailed,
  isFraud,
  madeTwice,
  type Route,
  riskElevated,
  toRepeat,
} from './facts.ts';
import type { HeldFor, Purpose } from './port.ts';

export interface NewAttempt {
  kind: 'send';
  purpose: Purpose;
  processor: string;
  take: 'authorise_and_capture' | 'authorise' | null;
  /** Of the charge that it is about; null with a charge. */
  chargeId: string | null;
  amountMinor: number;
  paybackRef: number | null;
  /** A charge elsewhere that made nothing and is given up for this one. */
  insteadOf: number | null;
}

export type Next =
  /** Nothing, until something happens. */
  | { kind: 'rest'; state: 'open' | 'collected' | 'released' | 'written_off' }
  | { kind: 'wait'; untilMs: number; processor: string; movable: boolean }
  | NewAttempt
  | { kind: 'send_again'; attempt: AttemptFacts }
  | { kind: 'look_up'; attempt: AttemptFacts }
  | { kind: 'write_off' }
  | { kind: 'ask_person'; heldFor: HeldFor };

export function next(facts: CollectionFacts, route: Route, nowMs: number): Next {
  const { attempts, wanted } = facts;
  if (facts.heldFor === 'review' && wanted === 'captured') return ask('review');
  if (attempts.some(({ state }) => state === 'sent')) return { kind: 'rest', state: 'open' };
  if (attempts.some(({ state, code }) => state !== 'unknown' && code === madeTwice)) return ask('made_twice');
  const unknown = attempts.find(({ state }) => state === 'unknown');
  if (unknown) {
    return lookUp(unknown, route, nowMs) ?? ask(unknown.code === madeTwice ? 'made_twice' : 'unknown');
  }
  // Undone or settled otherwise before it was told: its booking could not be taken back, and a person sees why.
  if (facts.capturedMinor > 0 && attempts.some(isCaptureFailed)) return ask('amount_differs');
  switch (wanted) {
    case 'authorised':
      return authorise(facts, route, nowMs);
    case 'captured':
      return collect(facts, route, nowMs);
    case 'nothing':
      return release(facts, route, nowMs);
  }
}

/** A kiosk waits: one round through the processors, and no second one. */
function authorise(facts: CollectionFacts, route: Route, nowMs: number): Next {
  const resting: Next = { kind: 'rest', state: 'open' };
  if (!facts.asked) return resting;
  const charges = facts.attempts.filter(({ purpose }) => purpose === 'charge');
  const last = charges.at(-1);
  if (last === undefined) return charge(facts, route, 'authorise', null);
  const elsewhere = route.candidates.find(
    (name) => !route.broken.has(name) && !charges.some(({ processor }) => processor === name),
  );
  if (elsewhere === undefined) return resting;
  if (last.state === 'declined' && mayAskAnother(charges, route)) {
    return charge(facts, { ...route, candidates: [elsewhere] }, 'authorise', null);
  }
  if (last.state !== 'unavailable' || (last.notBeforeMs ?? nowMs) < nowMs - askAgainMsMax) return resting;
  return charge(facts, { ...route, candidates: [elsewhere] }, 'authorise', last.ref);
}
/** An answer is of use to a kiosk for so long. */
const askAgainMsMax = 60_000;

function collect(facts: CollectionFacts, route: Route, nowMs: number): Next {
  const { attempts, capturedMinor, lost } = facts;
  const held = aliveCharge(attempts);
  // Given up by a person, its capture is not asked for again: the hold ends by itself.
  if (held?.state === 'approved' && !(lost && capturedMinor === 0)) return take(facts, held, route, nowMs);
  // Nothing of it was ever collected: there is nothing that a processor could give back.
  if (lost) return facts.paybacks.some(isOwed) ? ask('refund') : { kind: 'rest', state: 'written_off' };
  if (attempts.some(isFraud)) return ask('fraud');
  if (held) return chargeAgain(facts, held, route, nowMs);
  const charges = attempts.filter(({ purpose }) => purpose === 'charge');
  const last = charges.at(-1);
  if (last?.state === 'rejected') return ask('rejected');
  if (last?.state !== 'declined') {
    return notBefore(charge(facts, route, 'authorise_and_capture', null), last?.notBeforeMs ?? 0, nowMs);
  }
  const other = route.candidates.find((name) => !charges.some(({ processor }) => processor === name));
  if (other !== undefined && mayAskAnother(charges, route)) {
    return charge(facts, { ...route, candidates: [other] }, 'authorise_and_capture', null);
  }
  if (last.notBeforeMs === null) return { kind: 'write_off' };
  return notBefore(charge(facts, route, 'authorise_and_capture', null), last.notBeforeMs, nowMs);
}

/** Approved: captured, once nothing speaks against it, and then given back as was asked. */
function take(facts: CollectionFacts, held: AttemptFacts, route: Route, nowMs: number): Next {
  const { capturedMinor, totalMinor } = facts;
  // What its processor could not collect is not asked for again without a word of a person.
  if (isCaptureFailed(held)) return ask('rejected');
  if (capturedMinor === 0 && route.reviewsRisk && held.code === riskElevated) return ask('fraud');
  if (capturedMinor === 0) return followUp(facts, route, nowMs, ofCharge(held, 'capture', totalMinor));
  if (capturedMinor < totalMinor) return ask('amount_differs');
  return giveBack(facts, held, route, nowMs);
}

function notBefore(made: Next, untilMs: number, nowMs: number): Next {
  if (made.kind !== 'send' || untilMs <= nowMs) return made;
  return { kind: 'wait', untilMs, processor: made.processor, movable: made.purpose === 'charge' };
}

/** Once for a checkout, and only where one processor has declined so far. */
function mayAskAnother(charges: readonly AttemptFacts[], { otherOn }: Route): boolean {
  const declined = charges.filter(({ state }) => state === 'declined');
  const last = declined.at(-1);
  const oneOnly = new Set(declined.map(({ processor }) => processor)).size === 1;
  return oneOnly && last?.declineClass != null && otherOn.includes(last.declineClass);
}

/** A charge that made nothing: the same again, or another processor's while this one is down. */
function chargeAgain(facts: CollectionFacts, held: AttemptFacts, route: Route, nowMs: number): Next {
  const other = route.candidates.find((name) => name !== held.processor && !route.broken.has(name));
  if (route.broken.has(held.processor) && other !== undefined) {
    return charge(facts, { ...route, candidates: [other] }, 'authorise_and_capture', held.ref);
  }
  return again(held, route, nowMs, true);
}

/** The sale is undone, or never was: what was taken goes back. */
function release(facts: CollectionFacts, route: Route, nowMs: number): Next {
  const held = aliveCharge(facts.attempts);
  if (held?.state !== 'approved') return { kind: 'rest', state: 'released' };
  const leftMinor = facts.capturedMinor - facts.refundedMinor;
  if (facts.capturedMinor === 0) {
    return followUp(facts, route, nowMs, ofCharge(held, 'void', facts.totalMinor));
  }
  const pending = pendingRefund(facts);
  if (pending) return lookUp(pending, route, nowMs) ?? ask('refund');
  if (leftMinor === 0) return { kind: 'rest', state: 'released' };
  return followUp(facts, route, nowMs, ofCharge(held, 'refund', leftMinor));
}

/** Everything is captured: refunds in their order, never more than is left. */
function giveBack(facts: CollectionFacts, held: AttemptFacts, route: Route, nowMs: number): Next {
  const onTheirWay = facts.attempts.filter(
    ({ state, purpose }) => purpose === 'refund' && state === 'pending',
  );
  const promisedMinor = onTheirWay.reduce((sum, { amountMinor }) => sum + amountMinor, 0);
  const leftMinor = facts.capturedMinor - facts.refundedMinor - promisedMinor;
  const isPromised = (ref: number) => onTheirWay.some(({ paybackRef }) => paybackRef === ref);
  const payback = facts.paybacks.find(({ ref, state }) => state === 'open' && !isPromised(ref));
  if (payback) {
    if (payback.amountMinor > leftMinor) return ask('refund');
    const refund = ofCharge(held, 'refund', payback.amountMinor);
    return followUp(facts, route, nowMs, { ...refund, paybackRef: payback.ref });
  }
  if (facts.paybacks.some(({ state }) => state === 'held')) return ask('refund');
  const pending = pendingRefund(facts);
  if (pending) return lookUp(pending, route, nowMs) ?? ask('refund');
  return { kind: 'rest', state: 'collected' };
}

/** The one that is to be looked up first. */
function pendingRefund({ attempts }: CollectionFacts): AttemptFacts | null {
  const pending = attempts.filter(({ purpose, state }) => purpose === 'refund' && state === 'pending');
  const due = (attempt: AttemptFacts) => attempt.notBeforeMs ?? 0;
  return pending.sort((a, b) => due(a) - due(b))[0] ?? null;
}

function charge(
  { totalMinor }: CollectionFacts,
  { candidates, broken }: Route,
  take: 'authorise_and_capture' | 'authorise',
  insteadOf: number | null,
): Next {
  const processor = candidates.find((name) => !broken.has(name)) ?? candidates[0];
  if (processor === undefined) return ask('no_route');
  return {
    kind: 'send',
    purpose: 'charge',
    processor,
    take,
    chargeId: null,
    amountMinor: totalMinor,
    paybackRef: null,
    insteadOf,
  };
}

function ofCharge(held: AttemptFacts, purpose: Exclude<Purpose, 'charge'>, amountMinor: number): NewAttempt {
  const { processor, chargeId } = held;
  return {
    kind: 'send',
    purpose,
    processor,
    take: null,
    chargeId,
    amountMinor,
    paybackRef: null,
    insteadOf: null,
  };
}

/** A capture, void or refund of the charge: made, made again, or for a person. */
function followUp(facts: CollectionFacts, route: Route, nowMs: number, wanted: NewAttempt): Next {
  const last = facts.attempts.findLast(
    ({ purpose, chargeId, paybackRef }) =>
      purpose === wanted.purpose && chargeId === wanted.chargeId && paybackRef === wanted.paybackRef,
  );
  switch (last?.state) {
    case undefined:
      return wanted;
    case 'not_made':
      return notBefore(wanted, last.notBeforeMs ?? 0, nowMs);
    case 'unavailable':
      return again(last, route, nowMs, false);
    case 'declined':
    case 'rejected':
      return ask(wanted.purpose === 'refund' ? 'refund' : 'rejected');
    case 'approved':
    case 'pending':
    case 'undone':
    case 'sent':
    case 'unknown':
      // Made, and the processor's state of the charge does not show it: nobody could say what to do.
      return ask('amount_differs');
  }
}

function again(attempt: AttemptFacts, route: Route, nowMs: number, movable: boolean): Next {
  const { processor, notBeforeMs } = attempt;
  if (notBeforeMs === null) return ask('unknown');
  if (notBeforeMs > nowMs) return { kind: 'wait', untilMs: notBeforeMs, processor, movable };
  return { kind: isForgotten(attempt, route, nowMs) ? 'look_up' : 'send_again', attempt };
}

/** The processor may have forgotten the key: the same request could be a second one. */
function isForgotten({ processor, firstSentMs }: AttemptFacts, route: Route, nowMs: number): boolean {
  return nowMs - firstSentMs >= route.keyLifeMs(processor);
}

/** Null when its schedule is at its end. */
function lookUp(attempt: AttemptFacts, route: Route, nowMs: number): Next | null {
  const { notBeforeMs, processor } = attempt;
  if (notBeforeMs === null) return null;
  if (notBeforeMs > nowMs) return { kind: 'wait', untilMs: notBeforeMs, processor, movable: false };
  const byKey = attempt.code === toRepeat && !isForgotten(attempt, route, nowMs);
  return { kind: byKey ? 'send_again' : 'look_up', attempt };
}

function isOwed({ state }: { state: string }): boolean {
  return state === 'open' || state === 'held';
}

function ask(heldFor: HeldFor): Next {
  return { kind: 'ask_person', heldFor };
}
