// Hands out the next steps: each is stored before it is handed out, and not handed out again while it is on its way (I13).
import { unreachable } from '../../../kit/assert.ts';
import { nameAttempt } from '../../processors/attempt.ts';
import { type NewAttempt, next } from '../next.ts';
import type { ProcessorPlaces, Question, Step } from '../port.ts';
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

  return {
    take(given, stepsMax, nowMs) {
      const free = new Map(
        Object.entries(given).map(([name, { freeCount, broken }]) => [name, broken ? 0 : freeCount]),
      );
      const broken = new Set(Object.keys(given).filter((name) => given[name]?.broken));
      const steps: Step[] = [];
      const freeSum = () =>
        Math.min(
          [...free.values()].reduce((sum, one) => sum + one, 0),
          stepsMax - steps.length,
        );

      const takeOne = (ref: number) => {
        const one = cases.load(ref);
        const said = next(cases.factsOf(one), cases.routeOf(one.data, broken), nowMs);
        const processor =
          said.kind === 'send' ? said.processor : 'attempt' in said ? said.attempt.processor : null;
        if (processor === null) return void plans.plan(one, nowMs);
        if (broken.has(processor) && one.asked) return void answerUnknown(one, nowMs);
        const places = free.get(processor) ?? 0;
        if (places === 0) {
          // Kept where it is to be done: those behind it may be for another processor.
          const lane = one.data.lane ?? 2;
          const dueMs = broken.has(processor) ? nowMs + brokenAgainMs : nowMs;
          if (processor !== one.data.processor || broken.has(processor)) {
            collections.setPlan(ref, 'open', null, { dueMs, processor, lane });
          }
          return;
        }
        const step = carryOut(one, said, nowMs);
        if (step === null) return;
        free.set(processor, places - 1);
        steps.push(step);
      };

      const carryOut = (one: Case, said: ReturnType<typeof next>, at: number): Step | null => {
        switch (said.kind) {
          case 'send':
            return send(one, said, at);
          case 'send_again':
            return sendAgain(one, said.attempt as AttemptRow, at);
          case 'look_up':
            return lookUp(one, said.attempt as AttemptRow, at);
          default:
            return null;
        }
      };

      for (const ref of collections.due(unrouted, 2, nowMs, unroutedMax)) plans.plan(cases.load(ref), nowMs);
      for (const [name, lanes] of lanesOf(given)) {
        for (const lane of lanes) {
          const count = broken.has(name) ? freeSum() : Math.min(free.get(name) ?? 0, stepsMax - steps.length);
          // A kiosk must be told that nobody can be asked.
          const wanted = broken.has(name) && lane === 0 ? Math.max(count, kiosksMax) : count;
          if (wanted > 0) for (const ref of collections.due(name, lane, nowMs, wanted)) takeOne(ref);
        }
      }
      return steps;
    },
  };
}
const kiosksMax = 16;
const unroutedMax = 200;

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

function questionOf({ purpose, chargeId, reference, sentMs }: AttemptRow): Question {
  if (purpose === 'refund') return { by: 'refund', chargeId: chargeId ?? '', reference };
  if (purpose === 'charge') return { by: 'reference', reference, sentMs };
  return { by: 'charge', chargeId: chargeId ?? '' };
}
