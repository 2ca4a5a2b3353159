// The port without a thread: each call is one transaction on a connection of its own, as commands and tests use it.
import type { LedgerCalls, LedgerPort } from '../port.ts';
import type { SqliteStore } from './store.ts';

export function portOver(store: SqliteStore): LedgerPort {
  return new Proxy({} as LedgerPort, {
    get: (_, name) => {
      // An async function may return the port: it must not be taken for a promise.
      if (name === 'then') return undefined;
      return async (...args: unknown[]) => {
        const call = store[name as keyof LedgerCalls] as (...args: unknown[]) => unknown;
        return store.transaction(() => call(...args));
      };
    },
  });
}
