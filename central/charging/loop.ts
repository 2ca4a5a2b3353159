// The loop to the processors: asks the store for the next steps while there are places, makes the calls, and tells what came of
// them. It knows nothing of money: a step was stored before it is sent, and what it cannot tell is found as unknown (I13).
import { present } from '../../kit/assert.ts';
import type { Clock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import type { ProcessorPort } from '../processors/port.ts';
import { createGate, type Gate, type GateView } from './breakers.ts';
import { type Carried, callFields, carryOut, notCalled } from './carry-out.ts';
import type { OpenedProcessor } from './open-processors.ts';
import type { ChargingCalls, ProcessorPlaces, Step } from './port.ts';
import { createTally, type Tally, type TallyView } from './tally.ts';

export interface ProcessorView extends GateView, TallyView {
  name: string;
}

export interface ChargingLoop {
  /** A step may have become due. */
  wake(): void;
  /** Each processor as it stands. */
  view(): ProcessorView[];
  /** Takes no more steps, waits a while for the calls on their way, and leaves the others to be looked up. */
  stop(): Promise<void>;
}

/** The calls of the store that the loop lives by. */
export type ChargingStore = {
  [Name in 'takeSteps' | 'answered' | 'lookedUp' | 'nextStepDueMs']: (
    ...args: Parameters<ChargingCalls[Name]>
  ) => Promise<ReturnType<ChargingCalls[Name]>>;
};

export interface LoopParts {
  store: ChargingStore;
  processors: ReadonlyMap<string, OpenedProcessor>;
  clock: Clock;
  random: () => number;
  log: Log;
  /** How long a stop waits. */
  stopMsMax: number;
}

/** Taken at once: the store writes them in one transaction, which receipts wait for. */
const stepsMax = 128;
/** Between a call's end and the next look, so that places are filled several at a time. */
const gatherMs = 4;
/** A clock that steps must not keep what is due waiting for longer. */
const lookMsMax = 60_000;
/** What is due and was not handed out waits for something else; it is not asked for in a tight loop. */
const lookMsMin = 250;
/** While one is broken: what comes due there may be another's, and it may be time to try it again. */
const brokenLookMs = 1000;
/**
 * After a try, so long what is due at a broken processor is another's: longer than the first waits of a charge that was not made,
 * so that none serves as the try again and again while others are there for it.
 */
const elsewhereMs = 60_000;
const storeAgainMs = 1000;

interface Desk {
  port: ProcessorPort;
  gate: Gate;
  tally: Tally;
}

export function createChargingLoop(parts: LoopParts): ChargingLoop {
  const { store, clock, log, stopMsMax } = parts;
  const desks = new Map<string, Desk>(
    [...parts.processors].map(([name, { port, concurrencyMax }]) => [
      name,
      {
        port,
        gate: createGate({
          placesMax: concurrencyMax,
          clock,
          random: parts.random,
          onChange(breaker, { lastedMs }) {
            log[breaker === 'open' ? 'warn' : 'info'](
              { processor: name, breaker, lastedMs },
              'breaker changed',
            );
            wake();
          },
        }),
        tally: createTally(name, clock, log),
      },
    ]),
  );
  const calls = new Set<Promise<void>>();
  const state = {
    phase: 'running' as 'running' | 'stopping' | 'stopped',
    round: 'idle' as 'idle' | 'looking' | 'again',
    cancelLook: () => {},
    looking: Promise.resolve(),
    elsewhereUntilMs: 0,
    gathering: false,
  };
  const pause = (ms: number) => new Promise<void>((resolve) => void clock.after(ms, resolve));

  function wake(): void {
    if (state.phase !== 'running') return;
    if (state.round !== 'idle') {
      state.round = 'again';
      return;
    }
    state.round = 'looking';
    state.cancelLook();
    state.looking = look()
      .catch((error: Error) => {
        log.error({ error: error.message }, 'the next steps could not be taken');
        return storeAgainMs;
      })
      .then((waitMs) => {
        const again = state.round === 'again';
        state.round = 'idle';
        if (state.phase !== 'running') return;
        if (again) wake();
        else state.cancelLook = clock.after(waitMs, wake);
      });
  }

  /** Hands out what is due; answers in how long to look again should nobody wake it. */
  async function look(): Promise<number> {
    for (;;) {
      const places = placesNow();
      const freeCount = Object.values(places).reduce((sum, one) => sum + one.freeCount, 0);
      const someBroken = Object.values(places).some(({ broken }) => broken);
      if (state.phase !== 'running') return lookMsMax;
      // All at work: each call that ends looks again. At a broken one there may be what another could do.
      if (freeCount === 0 && !someBroken) return lookMsMax;
      const steps = await store.takeSteps({ places, stepsMax, nowMs: clock.wallMs() });
      noteTries(steps);
      for (const step of steps) begin(step);
      if (steps.length === 0 || steps.length < Math.min(stepsMax, freeCount)) break;
    }
    const places = placesNow();
    const sound = Object.keys(places).filter((name) => !places[name]?.broken);
    const dueMs = await store.nextStepDueMs(sound);
    const dueInMs = dueMs === null ? lookMsMax : Math.max(lookMsMin, dueMs - clock.wallMs());
    return Math.min(dueInMs, sound.length === desks.size ? lookMsMax : brokenLookMs);
  }

  function placesNow(): Record<string, ProcessorPlaces> {
    const elsewhere = desks.size > 1 && clock.monotonicMs() < state.elsewhereUntilMs;
    return Object.fromEntries(
      [...desks].map(([name, { gate }]) => {
        const closed = gate.view().breaker === 'closed';
        const freeCount = closed || !elsewhere ? gate.places() : 0;
        return [name, { freeCount, broken: freeCount === 0 && !closed }];
      }),
    );
  }

  function noteTries(steps: readonly Step[]): void {
    const isTry = ({ processor }: Step) => desks.get(processor)?.gate.view().breaker !== 'closed';
    if (steps.some(isTry)) state.elsewhereUntilMs = clock.monotonicMs() + elsewhereMs;
  }

  function begin(step: Step): void {
    // Stored as sent while we were told to stop: it is said that it was not.
    const carried = state.phase === 'running' ? carry(step) : tell(step, notCalled(step));
    const call = carried.catch((error: Error) => {
      log.error({ processor: step.processor, error: error.message }, 'what came of a call could not be told');
    });
    calls.add(call);
    void call.finally(() => {
      calls.delete(call);
      gather();
    });
  }

  function gather(): void {
    if (state.gathering) return;
    state.gathering = true;
    clock.after(gatherMs, () => {
      state.gathering = false;
      wake();
    });
  }

  async function carry(step: Step): Promise<void> {
    const { port, gate, tally } = present(desks.get(step.processor), 'a processor of the configuration');
    const startMs = performance.now();
    let callMs: number | undefined;
    const call = async () => {
      const called = await carryOut(step, port, ({ message }) =>
        log.error({ processor: step.processor, error: message }, 'an adapter threw'),
      );
      callMs = performance.now() - startMs;
      tally.note(callFields(step, called.value, callMs), called.health);
      return called;
    };
    const done = await gate.run(call, (carried) => tell(step, carried, callMs));
    if (done === 'closed') await tell(step, notCalled(step));
  }

  /** Until the store has it: a place is held as long, so that a disk that is full stops the calls. */
  async function tell(step: Step, carried: Carried, callMs?: number): Promise<void> {
    const call = { attemptRef: step.attemptRef, ...(callMs !== undefined && { callMs }) };
    for (let tries = 0; state.phase !== 'stopped'; tries++) {
      const nowMs = clock.wallMs();
      try {
        if (carried.kind === 'answered') await store.answered({ ...call, outcome: carried.outcome, nowMs });
        else await store.lookedUp({ ...call, result: carried.result, nowMs });
        return;
      } catch (error) {
        if (tries === 0)
          log.error(
            { attemptRef: step.attemptRef, error: (error as Error).message },
            'an answer waits for the store',
          );
        await pause(storeAgainMs);
      }
    }
  }

  return {
    wake,
    view: () => [...desks].map(([name, { gate, tally }]) => ({ name, ...gate.view(), ...tally.view() })),
    async stop() {
      state.phase = 'stopping';
      state.cancelLook();
      const bound = Promise.withResolvers<void>();
      const cancelBound = clock.after(stopMsMax, bound.resolve);
      await Promise.race([state.looking.then(() => Promise.all(calls)), bound.promise]);
      cancelBound();
      state.phase = 'stopped';
      if (calls.size > 0)
        log.warn({ calls: calls.size }, 'calls on their way are looked up at the next start');
    },
  };
}
