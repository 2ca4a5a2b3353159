// Does what charging says, step by step, until nothing is left to do; each point between two steps can be the last one.
import type { AnyLookUp, AnyOutcome, Step } from '../../central/charging/port.ts';
import type { SqliteStore } from '../../central/ledger/sqlite/store.ts';
import type { ProcessorPort } from '../../central/processors/port.ts';

export interface StepsParts {
  store: SqliteStore;
  processor: ProcessorPort;
  /** Of the sandbox, turned by hand. */
  clock: { nowMs(): number; advance(ms: number): Promise<void> };
  /** Passed between every two things that are done. @param step what was done last, or is done next */
  point(step: string): void;
  /** Goes on until then, or until there is nothing more. */
  untilMs: number;
}

export async function carryOutSteps({ store, processor, clock, point, untilMs }: StepsParts): Promise<void> {
  const name = processor.name;
  point('before it is recovered');
  store.transaction(() => store.recoverSent(clock.nowMs()));
  for (;;) {
    point('before steps are taken');
    const nowMs = clock.nowMs();
    const places = { [name]: { freeCount: 4, broken: false } };
    const steps = store.transaction(() => store.takeSteps({ places, stepsMax: 4, nowMs }));
    for (const step of steps) await carryOut(step);
    if (steps.length > 0) continue;
    const dueMs = store.nextStepDueMs([name]);
    if (dueMs === null || dueMs > untilMs) return;
    await clock.advance(Math.max(1, dueMs - nowMs));
  }

  async function carryOut(step: Step): Promise<void> {
    const { attemptRef } = step;
    const called = step.kind === 'send' ? step.purpose : `the look-up of a ${step.purpose}`;
    point(`before ${called}`);
    if (step.kind === 'look_up') {
      const result = await ask(processor, step.question);
      point(`after ${called}`);
      store.transaction(() => store.lookedUp({ attemptRef, result, nowMs: clock.nowMs() }));
      return;
    }
    const outcome = await send(processor, step);
    point(`after ${called}`);
    store.transaction(() => store.answered({ attemptRef, outcome, nowMs: clock.nowMs() }));
  }
}

function send(processor: ProcessorPort, step: Extract<Step, { kind: 'send' }>): Promise<AnyOutcome> {
  switch (step.purpose) {
    case 'charge':
      return processor.charge(step.request);
    case 'capture':
      return processor.capture(step.request);
    case 'void':
      return processor.void(step.request);
    case 'refund':
      return processor.refund(step.request);
  }
}

function ask(
  processor: ProcessorPort,
  question: Extract<Step, { kind: 'look_up' }>['question'],
): Promise<AnyLookUp> {
  switch (question.by) {
    case 'reference':
      return processor.lookUpCharge(question);
    case 'charge':
      return processor.lookUpChargeById(question.chargeId, question.attempt);
    case 'refund':
      return processor.lookUpRefund(question);
  }
}
