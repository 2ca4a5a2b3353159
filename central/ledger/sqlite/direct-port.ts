// The port made of one function that carries out any of its calls, and the port without a thread: each call is one
// transaction on a connection of its own, as commands and tests use it.
import type { LedgerCalls, LedgerPort } from '../port.ts';
import type { CallName } from './batch.ts';
import type { SqliteStore } from './store.ts';

/** Every call of the port by its name; the types keep the names true. */
export function portOf(call: (name: CallName, args: unknown[]) => Promise<unknown>): LedgerPort {
  return new Proxy({} as LedgerPort, {
    get: (_, name) => {
      // An async function may return the port: it must not be taken for a promise.
      if (name === 'then') return undefined;
      return (...args: unknown[]) => call(name as CallName, args);
    },
  });
}

export function portOver(store: SqliteStore): LedgerPort {
  return portOf(async (name, args) => {
    const call = store[name as keyof LedgerCalls] as (...args: unknown[]) => unknown;
    return store.transaction(() => call(...args));
  });
}
