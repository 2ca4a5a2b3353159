// One step at its processor: which call of the port it is, and what the answer says of the processor's health. Nothing is
// decided here: what an answer means for the money is the store's business.
import { unreachable } from '../../kit/assert.ts';
import type { ProcessorPort } from '../processors/port.ts';
import type { Called } from './breakers.ts';
import type { AnyLookUp, AnyOutcome, Question, Send, Step } from './port.ts';
import type { CallFields } from './tally.ts';

/** What came of a step, as the store is told. */
export type Carried = { kind: 'answered'; outcome: AnyOutcome } | { kind: 'looked_up'; result: AnyLookUp };

/** Makes the call; never rejects. @param failed is told of an adapter that broke its promise to answer with a value */
export async function carryOut(
  step: Step,
  processor: ProcessorPort,
  failed: (error: Error) => void,
): Promise<Called<Carried>> {
  if (step.kind === 'look_up') {
    const result = await ask(step.question, processor).catch((error: Error): AnyLookUp => {
      failed(error);
      return { kind: 'unavailable', code: 'processor_failed' };
    });
    return { value: { kind: 'looked_up', result }, health: healthOfLookUp(result) };
  }
  const outcome = await send(step, processor).catch((error: Error): AnyOutcome => {
    failed(error);
    // It may have been sent before it broke.
    return { kind: 'unknown', reason: 'processor_failed' };
  });
  return { value: { kind: 'answered', outcome }, health: healthOf(outcome) };
}

/** What to say of a step that was taken and then not called: nothing happened. */
export function notCalled(step: Step): Carried {
  return step.kind === 'send'
    ? { kind: 'answered', outcome: { kind: 'unavailable', code: 'not_reached', retryAfterMs: null } }
    : { kind: 'looked_up', result: { kind: 'unavailable', code: 'not_reached' } };
}

async function send(step: Send, processor: ProcessorPort): Promise<AnyOutcome> {
  switch (step.purpose) {
    case 'charge':
      return processor.charge(step.request);
    case 'capture':
      return processor.capture(step.request);
    case 'void':
      return processor.void(step.request);
    case 'refund':
      return processor.refund(step.request);
    default:
      return unreachable(step);
  }
}

async function ask(question: Question, processor: ProcessorPort): Promise<AnyLookUp> {
  switch (question.by) {
    case 'reference':
      return processor.lookUpCharge(question);
    case 'charge':
      return processor.lookUpChargeById(question.chargeId, question.attempt);
    case 'refund':
      return processor.lookUpRefund(question);
    default:
      return unreachable(question);
  }
}

/** A refusal is an answer, unless it is one that every further call would get. */
export function healthOf(outcome: AnyOutcome): Called<unknown>['health'] {
  switch (outcome.kind) {
    case 'approved':
    case 'declined':
      return 'answered';
    case 'rejected':
      return outcome.code === 'credentials_refused' ? 'failed' : 'answered';
    case 'unknown':
      // An earlier call of ours is still being carried out: it is at work.
      return outcome.reason === 'in_progress' ? 'answered' : 'failed';
    case 'unavailable':
      return 'failed';
    default:
      return unreachable(outcome);
  }
}

export function healthOfLookUp(result: AnyLookUp): Called<unknown>['health'] {
  return result.kind === 'unavailable' ? 'failed' : 'answered';
}

/** What the log and the counts are told of a call. */
export function callFields(step: Step, carried: Carried, callMs: number): CallFields {
  const answer = carried.kind === 'answered' ? carried.outcome : carried.result;
  return {
    reference: referenceOf(step),
    purpose: step.kind === 'send' ? step.purpose : `look_up_${step.purpose}`,
    result: answer.kind,
    code: codeOf(answer),
    callMs: Math.round(callMs),
  };
}

function referenceOf(step: Step): string {
  if (step.kind === 'send') return step.request.reference;
  return step.question.by === 'charge' ? step.question.chargeId : step.question.reference;
}

function codeOf(answer: AnyOutcome | AnyLookUp): string | null {
  if ('code' in answer) return answer.code;
  return 'reason' in answer ? answer.reason : null;
}
