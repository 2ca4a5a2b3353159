// The loop against a store and processors made for the test: how much is asked at once, and that whatever was taken is told,
// whatever happens in between. What the steps mean is charging's own tests', and test/e2e's.
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { manualClock } from '../../kit/clock.ts';
import { keptLog } from '../fixtures/site.ts';
import type { ChargeRequest, ChargeState, Outcome, ProcessorPort } from '../processors/port.ts';
import { type ChargingLoop, type ChargingStore, createChargingLoop } from './loop.ts';
import type { AnyLookUp, AnyOutcome, ProcessorPlaces, Step } from './port.ts';

type Charged = Outcome<{ charge: ChargeState }>;

const amount = { currency: 'GBP', amountMinor: 370 };
const declined: Charged = { kind: 'declined', declineClass: 'retry_later', code: 'insufficient_funds' };
const timedOut: Charged = { kind: 'unknown', reason: 'timed_out' };

/** Each charge waits until the test answers it. */
function waitingProcessor(name: string) {
  const waiting: { request: ChargeRequest; answer(outcome: Charged): void; fail(error: Error): void }[] = [];
  const port = {
    name,
    charge: (request: ChargeRequest) =>
      new Promise<Charged>((resolve, reject) => waiting.push({ request, answer: resolve, fail: reject })),
    lookUpCharge: async () => ({ kind: 'not_found' }) as const,
  } as unknown as ProcessorPort;
  return { port, waiting };
}

function trial(concurrencyMax = 3) {
  const clock = manualClock();
  const log = keptLog();
  const due: Step[] = [];
  const told: { attemptRef: number; came: AnyOutcome | AnyLookUp }[] = [];
  const asked: Readonly<Record<string, ProcessorPlaces>>[] = [];
  const trouble = { tell: 0, take: 0, dueMs: null as number | null };
  const failing = (which: 'tell' | 'take') => {
    if (trouble[which] > 0) {
      trouble[which]--;
      throw new Error('disk full');
    }
  };
  const store: ChargingStore = {
    async takeSteps({ places, stepsMax }) {
      asked.push(places);
      failing('take');
      const taken: Step[] = [];
      for (const [name, { freeCount }] of Object.entries(places)) {
        for (let free = freeCount; free > 0 && taken.length < stepsMax; free--) {
          const at = due.findIndex(({ processor }) => processor === name);
          if (at >= 0) taken.push(...due.splice(at, 1));
        }
      }
      // As the store's thread does, it answers when it has written.
      await turn();
      return taken;
    },
    async answered({ attemptRef, outcome }) {
      failing('tell');
      told.push({ attemptRef, came: outcome });
    },
    async lookedUp({ attemptRef, result }) {
      failing('tell');
      told.push({ attemptRef, came: result });
    },
    nextStepDueMs: async () => trouble.dueMs,
  };
  const [one, two] = [waitingProcessor('one'), waitingProcessor('two')];
  const loop = createChargingLoop({
    store,
    processors: new Map([one, two].map(({ port }) => [port.name, { port, concurrencyMax }])),
    clock,
    random: () => 0.5,
    log,
    stopMsMax: 5000,
  });
  const state = { next: 1 };
  return {
    loop,
    clock,
    log,
    told,
    asked,
    trouble,
    one,
    two,
    add(processor: string, count = 1) {
      for (let i = 0; i < count; i++) {
        const attemptRef = state.next++;
        const names = { reference: `r${attemptRef}`, idempotencyKey: `k${attemptRef}` };
        const request: ChargeRequest = { ...names, amount, token: 'pm_1', take: 'authorise_and_capture' };
        due.push({ kind: 'send', attemptRef, processor, purpose: 'charge', request });
      }
    },
    addLookUp(processor: string) {
      const question = { by: 'reference', reference: 'r', firstSentMs: 0, sentMs: 0 } as const;
      due.push({ kind: 'look_up', attemptRef: state.next++, processor, purpose: 'charge', question });
    },
    /** Lets promises run, and the pause in which places gather. */
    async settle(ms = 5) {
      await turn();
      clock.advance(ms);
      for (let i = 0; i < 5; i++) await turn();
    },
  };
}

let t: ReturnType<typeof trial>;
let loop: ChargingLoop;
beforeEach(() => {
  t = trial();
  loop = t.loop;
});
afterEach(async () => {
  for (const { waiting } of [t.one, t.two]) for (const one of waiting) one.answer(declined);
  await loop.stop();
});

describe('the loop to the processors', () => {
  it('has no more calls on their way than there are places, and fills them as they come free', async () => {
    t.add('one', 5);
    t.add('two', 1);
    loop.wake();
    await t.settle();
    expect([t.one.waiting.length, t.two.waiting.length]).toEqual([3, 1]);
    expect(loop.view().map(({ name, inFlight }) => [name, inFlight])).toEqual([
      ['one', 3],
      ['two', 1],
    ]);
    t.one.waiting[0]?.answer(declined);
    await t.settle();
    expect(t.one.waiting).toHaveLength(4);
    expect(t.told).toEqual([{ attemptRef: 1, came: declined }]);
    expect(loop.view()[0]).toMatchObject({ counts: { declined: 1 }, lastAnsweredMs: expect.any(Number) });
  });

  it('looks things up, and tells that too', async () => {
    t.addLookUp('two');
    loop.wake();
    await t.settle();
    expect(t.told).toEqual([{ attemptRef: 1, came: { kind: 'not_found' } }]);
  });

  it('looks again when the next step is due, and every minute at least', async () => {
    t.trouble.dueMs = t.clock.wallMs() + 7000;
    loop.wake();
    await t.settle();
    t.add('one');
    await t.settle(6000);
    expect(t.one.waiting).toHaveLength(0);
    await t.settle(1100);
    expect(t.one.waiting).toHaveLength(1);
    t.trouble.dueMs = t.clock.wallMs() + 365 * 86_400_000;
    t.one.waiting[0]?.answer(declined);
    await t.settle();
    const looks = t.asked.length;
    await t.settle(60_000);
    expect(t.asked.length).toBe(looks + 1);
  });

  it('tells an adapter that threw as unknown: it may have been sent', async () => {
    t.add('one');
    loop.wake();
    await t.settle();
    t.one.waiting[0]?.fail(new Error('a mistake of ours'));
    await t.settle();
    expect(t.told[0]?.came).toEqual({ kind: 'unknown', reason: 'processor_failed' });
    expect(t.log.lines).toContainEqual(expect.objectContaining({ message: 'an adapter threw' }));
  });

  it('keeps an answer until the store takes it, and its place with it', async () => {
    t.trouble.tell = 2;
    t.add('one', 4);
    loop.wake();
    await t.settle();
    t.one.waiting[0]?.answer(declined);
    await t.settle();
    expect(t.told).toEqual([]);
    expect(t.one.waiting).toHaveLength(3);
    await t.settle(1000);
    await t.settle(1000);
    await t.settle();
    expect(t.told).toEqual([{ attemptRef: 1, came: declined }]);
    expect(t.one.waiting).toHaveLength(4);
  });

  it('goes on when the store could not hand out steps', async () => {
    t.trouble.take = 1;
    t.add('one');
    loop.wake();
    await t.settle();
    expect(t.one.waiting).toHaveLength(0);
    await t.settle(1000);
    expect(t.one.waiting).toHaveLength(1);
  });
});

describe('a processor that is away', () => {
  const breakOne = async () => {
    t.add('one', 5);
    loop.wake();
    for (let i = 0; i < 5; i++) {
      await t.settle();
      t.one.waiting[i]?.answer(timedOut);
    }
    await t.settle();
  };

  it('is said to be broken and is not called, while another goes on', async () => {
    await breakOne();
    t.add('one');
    t.add('two');
    loop.wake();
    await t.settle();
    expect(t.asked.at(-1)).toMatchObject({
      one: { freeCount: 0, broken: true },
      two: { broken: false },
    });
    expect([t.one.waiting.length, t.two.waiting.length]).toEqual([5, 1]);
  });

  it('is tried by one call after a while, and all places open when it answers', async () => {
    await breakOne();
    t.add('one', 3);
    loop.wake();
    await t.settle();
    for (let i = 0; i < 3; i++) await t.settle(1000);
    expect(t.one.waiting).toHaveLength(6);
    t.one.waiting[5]?.answer(declined);
    await t.settle();
    expect(t.one.waiting).toHaveLength(8);
    const messages = t.log.lines.map(({ message }) => message);
    expect(messages.filter((message) => message === 'processor failed')).toHaveLength(1);
    expect(t.log.lines).toContainEqual(
      expect.objectContaining({ message: 'processor answers again', processor: 'one', failures: 5 }),
    );
  });

  it('is not tried twice in a row: what is due there next may be done elsewhere', async () => {
    await breakOne();
    t.add('one');
    loop.wake();
    for (let i = 0; i < 4; i++) await t.settle(1000);
    expect(t.one.waiting).toHaveLength(6);
    t.one.waiting[5]?.answer(timedOut);
    for (let i = 0; i < 10; i++) await t.settle(1000);
    expect(t.asked.at(-1)?.one).toEqual({ freeCount: 0, broken: true });
    for (let i = 0; i < 55; i++) await t.settle(1000);
    expect(t.asked.at(-1)?.one).toEqual({ freeCount: 1, broken: false });
  });

  it('is not called for what was taken in the moment it broke: that is told as not reached', async () => {
    t = trial(6);
    loop = t.loop;
    t.add('one', 5);
    loop.wake();
    await t.settle();
    for (const one of t.one.waiting) one.answer(timedOut);
    // Taken with the sixth place, before the five answers were told.
    t.add('one');
    loop.wake();
    await t.settle();
    expect(t.told.at(-1)).toEqual({
      attemptRef: 6,
      came: { kind: 'unavailable', code: 'not_reached', retryAfterMs: null },
    });
    expect(t.one.waiting).toHaveLength(5);
  });
});

describe('a stop', () => {
  it('waits for the calls on their way, and begins no others', async () => {
    t.add('one', 4);
    loop.wake();
    await t.settle();
    const stopped = loop.stop();
    t.one.waiting[0]?.answer(declined);
    await t.settle();
    t.one.waiting[1]?.answer(declined);
    t.one.waiting[2]?.answer(declined);
    await stopped;
    expect(t.told.map(({ attemptRef }) => attemptRef)).toEqual([1, 2, 3]);
    expect(t.one.waiting).toHaveLength(3);
  });

  it('does not wait for ever, and what answers after it is not told: the next start looks it up', async () => {
    t.add('one');
    loop.wake();
    await t.settle();
    const stopped = loop.stop();
    await t.settle(5000);
    await stopped;
    t.one.waiting[0]?.answer(declined);
    await t.settle();
    expect(t.told).toEqual([]);
  });
});
