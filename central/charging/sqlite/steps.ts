// Hands out the next steps: each is stored before it is handed out, and not handed out again while it is on its way (I13).
import { unreachable } from '../../../kit/assert.ts';
import { nameAttempt } from '../../processors/attempt.ts';
import { type NewAttempt, type Next, next } from '../next.ts';
import type { ProcessorPlaces, Question, Step } from '../port.ts';
import { fallbackAfterMsUsual } from '../route.ts';
import type { AttemptRow, AttemptTable } from './attempts.ts';
import { type Case, type Cases, type ChargingParts, tokenFor } from './case.ts';
import { type CollectionTable, type Lane, unrouted } from './collections.ts';
import type { Plans } from './plans.ts';

/** How long a look-up may be on its way: it moves no money, so it is simply made again. */
export const lookUpLostMs = 600_000;
/** What only a broken processor could do is looked at again after so long. */
const brokenAgainMs = 30_000;

export interface Steps {
  take(places: Readonly<Record<string, ProcessorPlaces>>, stepsMax: number, nowMs: number): Step[];
}

export function createSteps(
  parts: ChargingParts,
  tables: { collections: CollectionTable; attempts: AttemptTable },
  cases: Cases,
  { plans, answerUnknown }: { plans: Plans; answerUnknown(one: Case, nowMs: number): void },
): Steps {
  const { collections, attempts } = tables;
  const fallbackAfterMsLeast = Math.min(
    ...parts.routing.rules.map(({ fallbackAfterMs = fallbackAfterMsUsual }) => fallbackAfterMs),
  );

  /** The call, stored. */
  function send(one: Case, wanted: NewAttempt, nowMs: number): Step | null {
    const { data, paybacks } = one;
    const { purpose, processor, paybackRef, insteadOf } = wanted;
    const token = purpose === 'charge' ? tokenFor(parts, data.token, processor) : null;
    if (purpose === 'charge' && token === null) return null;
    if (insteadOf !== null) attempts.setState(insteadOf, 'not_made', 'given_up', null);
    const payback = paybacks.find(({ ref }) => ref === paybackRef);
    const documentId = payback?.documentId ?? data.checkoutId;
    const same = one.attempts.filter(
      (other) => other.purpose === purpose && other.paybackRef === paybackRef,
    ).length;
    const number = same + 1;
    const names = nameAttempt({ applianceId: data.applianceId, documentId, purpose, number });
    const { insteadOf: _, kind: __, ...made } = wanted;
    const { currency, applianceRef, ref: collectionRef } = data;
    const row = { ...made, ...names, token, currency, applianceRef, collectionRef, documentId, number };
    const ref = attempts.add(row, nowMs);
    attempts.tell(ref, 'sent', `${purpose} ${wanted.amountMinor} ${currency} at ${processor}`, nowMs);
    collections.setPlan(collectionRef, 'open', null, null);
    return requestOf({ ...row, ref });
  }

  function sendAgain(one: Case, attempt: AttemptRow, nowMs: number): Step {
    attempts.sendAgain(attempt.ref, nowMs);
    attempts.tell(attempt.ref, 'sent', 'the same request again', nowMs);
    collections.setPlan(one.data.ref, 'open', null, null);
    return requestOf(attempt);
  }

  function lookUp(one: Case, attempt: AttemptRow, nowMs: number): Step {
    const { ref: attemptRef, processor, purpose } = attempt;
    const due = { dueMs: nowMs + lookUpLostMs, processor, lane: 1 } as const;
    collections.setPlan(one.data.ref, 'open', null, due);
    return { kind: 'look_up', attemptRef, processor, purpose, question: questionOf(attempt) };
  }

  /** One round of handing out. */
  function createRound(given: Places, stepsMax: number, nowMs: number) {
    const broken = new Set(Object.keys(given).filter((name) => given[name]?.broken));
    const free = new Map(
      Object.entries(given).map(([name, { freeCount }]) => [name, broken.has(name) ? 0 : freeCount]),
    );
    const steps: Step[] = [];

    /** It cannot be done now: kept where it is to be done, since those behind it may be for another processor. */
    function leave({ data }: Case, processor: string): void {
      const isBroken = broken.has(processor);
      if (processor === data.processor && !isBroken) return;
      const dueMs = isBroken ? nowMs + brokenAgainMs : nowMs;
      collections.setPlan(data.ref, 'open', null, { dueMs, processor, lane: data.lane ?? 2 });
    }

    function takeOne(ref: number): void {
      const one = cases.load(ref);
      const said = next(cases.factsOf(one), cases.routeOf(one.data, broken), nowMs);
      if (said.kind !== 'send' && said.kind !== 'send_again' && said.kind !== 'look_up') {
        plans.plan(one, nowMs);
        return;
      }
      const { processor } = said.kind === 'send' ? said : said.attempt;
      if (broken.has(processor) && one.asked) {
        answerUnknown(one, nowMs);
        return;
      }
      const places = free.get(processor) ?? 0;
      const step = places > 0 ? carryOut(one, said, nowMs) : null;
      if (step === null) {
        leave(one, processor);
        return;
      }
      free.set(processor, places - 1);
      steps.push(step);
    }

    /** A charge that has waited too long for a place at `full`: asked of the next one that has, or it goes on waiting. */
    function takeElsewhere(ref: number, full: string): void {
      const one = cases.load(ref);
      const route = cases.routeOf(one.data, new Set([...broken, full]));
      if (nowMs - (one.data.dueMs ?? nowMs) < route.fallbackAfterMs) return;
      const said = next(cases.factsOf(one), route, nowMs);
      if (said.kind !== 'send' || said.processor === full) return;
      const places = free.get(said.processor) ?? 0;
      const step = places > 0 && steps.length < stepsMax ? send(one, said, nowMs) : null;
      if (step === null) return;
      free.set(said.processor, places - 1);
      steps.push(step);
    }

    /** Those without a place from the beginning, while others have some left. */
    function overfull(): string[] {
      const some = [...free.values()].some((count) => count > 0);
      return some
        ? Object.keys(given).filter((name) => given[name]?.freeCount === 0 && !broken.has(name))
        : [];
    }

    /** How many of a lane may be looked at. */
    function room(name: string, lane: Lane): number {
      const left = stepsMax - steps.length;
      if (!broken.has(name)) return Math.min(free.get(name) ?? 0, left);
      const elsewhere = [...free.values()].reduce((sum, one) => sum + one, 0);
      // A kiosk must be told that nobody can be asked.
      return lane === 0 ? Math.max(elsewhere, kiosksMax) : Math.min(elsewhere, left);
    }

    return { takeOne, takeElsewhere, overfull, room, steps };
  }

  function carryOut(one: Case, said: Doable, nowMs: number): Step | null {
    switch (said.kind) {
      case 'send':
        return send(one, said, nowMs);
      case 'send_again':
        return sendAgain(one, said.attempt as AttemptRow, nowMs);
      case 'look_up':
        return lookUp(one, said.attempt as AttemptRow, nowMs);
      default:
        return unreachable(said);
    }
  }

  return {
    take(given, stepsMax, nowMs) {
      for (const ref of collections.due(unrouted, 2, nowMs, unroutedMax)) plans.plan(cases.load(ref), nowMs);
      const { takeOne, takeElsewhere, overfull, room, steps } = createRound(given, stepsMax, nowMs);
      for (const [name, lanes] of lanesOf(given)) {
        for (const lane of lanes) {
          const count = room(name, lane);
          if (count > 0) collections.due(name, lane, nowMs, count).forEach(takeOne);
        }
      }
      for (const name of overfull()) {
        for (const lane of movableLanes) {
          const waited = collections.due(name, lane, nowMs - fallbackAfterMsLeast, waitedMax);
          for (const ref of waited) takeElsewhere(ref, name);
        }
      }
      return steps;
    },
  };
}
type Places = Readonly<Record<string, ProcessorPlaces>>;
type Doable = Extract<Next, { kind: 'send' | 'send_again' | 'look_up' }>;
const kiosksMax = 16;
const unroutedMax = 200;
/** Looked at in a round, those first that wait longest. */
const waitedMax = 64;
const movableLanes: readonly Lane[] = [0, 2];

function lanesOf(places: Readonly<Record<string, ProcessorPlaces>>): [string, readonly Lane[]][] {
  const lanes: readonly Lane[] = [0, 1, 2];
  return Object.entries(places).map(([name, { broken }]) => [
    name,
    broken ? lanes.filter((lane) => lane !== 1) : lanes,
  ]);
}

type Sendable = Pick<
  AttemptRow,
  | 'ref'
  | 'processor'
  | 'purpose'
  | 'take'
  | 'chargeId'
  | 'token'
  | 'currency'
  | 'amountMinor'
  | 'reference'
  | 'idempotencyKey'
>;

function requestOf(attempt: Sendable): Step {
  const { ref: attemptRef, processor, purpose, reference, idempotencyKey, currency, amountMinor } = attempt;
  const head = { kind: 'send', attemptRef, processor } as const;
  const names = { reference, idempotencyKey };
  const amount = { currency, amountMinor };
  const chargeId = attempt.chargeId ?? '';
  switch (purpose) {
    case 'charge': {
      const { token, take } = attempt;
      const request = { ...names, amount, token: token ?? '', take: take ?? 'authorise_and_capture' };
      return { ...head, purpose, request };
    }
    case 'capture':
      return { ...head, purpose, request: { ...names, chargeId, amount } };
    case 'void':
      return { ...head, purpose, request: { ...names, chargeId } };
    case 'refund':
      return { ...head, purpose, request: { ...names, chargeId, amount } };
    default:
      return unreachable(purpose);
  }
}

function questionOf(attempt: AttemptRow): Question {
  const { purpose, reference, firstSentMs, sentMs } = attempt;
  const chargeId = attempt.chargeId ?? '';
  if (purpose === 'refund') return { by: 'refund', chargeId, reference, firstSentMs };
  if (purpose === 'charge') return { by: 'reference', reference, firstSentMs, sentMs };
  return { by: 'charge', chargeId, attempt: { reference, firstSentMs } };
}
