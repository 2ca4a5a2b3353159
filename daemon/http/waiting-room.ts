// Where requests wait for central's word on their checkout. The store says what was decided; when the time is up the
// store is asked to decide, so that however many wait for one checkout, all hear the same.
import type { Answer } from '../../contract/kiosk-api.ts';
import type { StoreClient } from '../store/client.ts';
import type { AcceptAnswer, Ask } from '../store/commands.ts';

/** `gone`: the kiosk hung up or the server stops, so that nobody can be told; a retry will be. */
export type Waited = Exclude<AcceptAnswer, { kind: 'pending' }> | { kind: 'gone' };

/** The kiosk's connection, of which only its end matters. */
export interface Connection {
  readonly destroyed: boolean;
  once(event: 'close', listener: () => void): unknown;
}

export interface WaitingRoom {
  /**
   * Submits a checkout and waits for its answer, for as long as the policy says.
   * @param wishMs the kiosk's own wish in place of the policy's
   * @param connection once it is closed, its checkout is left to a retry, or to be refused in time
   * @param asked called where it begins to wait
   */
  submit(
    ask: Ask<'checkout'>,
    wishMs: number | null,
    connection: Connection,
    asked?: () => void,
  ): Promise<Waited>;
  /** Checkouts that are at the store, or wait for central's word. */
  inFlight(): number;
  /** Ends every wait without a decision, so that a stop need not wait for central. */
  close(): void;
}

type Heard = { kind: 'answer'; answer: Answer } | { kind: 'late' } | { kind: 'gone' };

/** One request. Most never wait: it costs them two small objects. */
interface Waiter {
  heard: Heard | null;
  hear(heard: Heard): void;
}

export function createWaitingRoom(store: Pick<StoreClient, 'ask' | 'onDecided'>): WaitingRoom {
  const waiting = new Map<string, Waiter[]>();
  store.onDecided((answer) => {
    for (const waiter of waiting.get(answer.id) ?? []) waiter.hear({ kind: 'answer', answer });
  });

  return {
    async submit(ask, wishMs, connection, asked) {
      // Listens before the store is asked, so that no decision can pass by in between.
      const waiter = enter(ask.id);
      try {
        const first = await store.ask('checkout', ask);
        if (first.kind !== 'pending') return first;
        asked?.();
        const heard = await hearing(waiter, wishMs ?? first.waitMs, connection);
        if (heard.kind === 'answer') return { kind: 'answered', answer: heard.answer };
        if (heard.kind === 'gone') return heard;
        const late = await store.ask('decideLate', { id: ask.id });
        // Once asked to decide, the store has decided; it never answers that it still waits.
        return late.kind === 'pending' ? { kind: 'gone' } : late;
      } finally {
        leave(ask.id, waiter);
      }
    },
    inFlight: () => waiting.size,
    close() {
      for (const waiters of waiting.values()) for (const { hear } of waiters) hear({ kind: 'gone' });
    },
  };

  function enter(id: string): Waiter {
    const waiter: Waiter = {
      heard: null,
      hear(heard) {
        waiter.heard ??= heard;
      },
    };
    const others = waiting.get(id);
    if (others) others.push(waiter);
    else waiting.set(id, [waiter]);
    return waiter;
  }

  function leave(id: string, waiter: Waiter): void {
    const left = waiting.get(id)?.filter((other) => other !== waiter) ?? [];
    if (left.length === 0) waiting.delete(id);
    else waiting.set(id, left);
  }
}

/** The first thing a waiter hears: an answer, that the time is up, or that nobody listens any more. */
function hearing(waiter: Waiter, waitMs: number, connection: Connection): Promise<Heard> {
  if (waiter.heard) return Promise.resolve(waiter.heard);
  if (connection.destroyed) return Promise.resolve({ kind: 'gone' });
  return new Promise((resolve) => {
    const timer = setTimeout(() => waiter.hear({ kind: 'late' }), waitMs);
    waiter.hear = (heard) => {
      clearTimeout(timer);
      resolve(heard);
    };
    connection.once('close', () => waiter.hear({ kind: 'gone' }));
  });
}
