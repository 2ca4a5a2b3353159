// Where requests wait for central's word on their checkout. The store says what was decided; when the time is up the
// store is asked to decide, so that however many wait for one checkout, all hear the same.
import type { Answer } from '../../contract/kiosk-api.ts';
import type { StoreClient } from '../store/client.ts';
import type { AcceptAnswer, Ask } from '../store/commands.ts';

/** `gone`: the kiosk hung up or the server stops, so that nobody can be told; a retry will be. */
export type Waited = Exclude<AcceptAnswer, { kind: 'pending' }> | { kind: 'gone' };

export interface WaitingRoom {
  /**
   * Submits a checkout and waits for its answer, for as long as the policy says.
   * @param wishMs the kiosk's own wish in place of the policy's
   * @param hungUp aborted when the kiosk is gone: its checkout is then left to its retry, or to be refused in time
   */
  submit(ask: Ask<'checkout'>, wishMs: number | null, hungUp: AbortSignal): Promise<Waited>;
  /** Ends every wait without a decision, so that a stop need not wait for central. */
  close(): void;
}

export function createWaitingRoom(store: Pick<StoreClient, 'ask' | 'onDecided'>): WaitingRoom {
  const closing = new AbortController();
  const waiting = new Map<string, Set<(answer: Answer) => void>>();
  store.onDecided((answer) => {
    for (const tell of waiting.get(answer.id) ?? []) tell(answer);
  });

  /** Listens before the store is asked, so that no decision can pass by in between. */
  function listen(id: string): { decided: Promise<Answer>; leave(): void } {
    const listeners = waiting.get(id) ?? new Set();
    waiting.set(id, listeners);
    let tell: (answer: Answer) => void = () => {};
    const decided = new Promise<Answer>((resolve) => {
      tell = resolve;
    });
    listeners.add(tell);
    return {
      decided,
      leave() {
        listeners.delete(tell);
        if (listeners.size === 0 && waiting.get(id) === listeners) waiting.delete(id);
      },
    };
  }

  return {
    async submit(ask, wishMs, hungUp) {
      const { decided, leave } = listen(ask.id);
      try {
        const first = await store.ask('checkout', ask);
        if (first.kind !== 'pending') return first;
        const ended = AbortSignal.any([hungUp, closing.signal]);
        const heard = await within(wishMs ?? first.waitMs, decided, ended);
        if (heard.kind === 'answer') return { kind: 'answered', answer: heard.answer };
        if (heard.kind === 'gone') return heard;
        const late = await store.ask('decideLate', { id: ask.id });
        // Once asked to decide, the store has decided; it never answers that it still waits.
        return late.kind === 'pending' ? { kind: 'gone' } : late;
      } finally {
        leave();
      }
    },
    close: () => closing.abort(),
  };
}

type Heard = { kind: 'answer'; answer: Answer } | { kind: 'late' } | { kind: 'gone' };

function within(waitMs: number, decided: Promise<Answer>, hungUp: AbortSignal): Promise<Heard> {
  return new Promise((resolve) => {
    const end = (heard: Heard) => {
      clearTimeout(timer);
      hungUp.removeEventListener('abort', gone);
      resolve(heard);
    };
    const gone = () => end({ kind: 'gone' });
    const timer = setTimeout(() => end({ kind: 'late' }), waitMs);
    hungUp.addEventListener('abort', gone);
    if (hungUp.aborted) gone();
    void decided.then((answer) => end({ kind: 'answer', answer }));
  });
}
