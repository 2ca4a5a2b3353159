// What the ledger's file knows of each appliance, as the last reader of all of it found it. The alert watch reads it twice a minute
// anyhow: whoever looks first has that at once, and what changed since a moment later.
import type { LedgerPort } from '../ledger/port.ts';
import type { FleetFacts } from './port.ts';

export interface LastFacts {
  facts: FleetFacts[];
  /** When the reading began, by performance.now(). */
  begunMs: number;
}

export interface OverheardFleet {
  /** The store's own, for one reader, page by page. */
  fleet: LedgerPort['fleet'];
  /** Null: nothing was read to its end. */
  last(): LastFacts | null;
}

export function overhear(store: Pick<LedgerPort, 'fleet'>): OverheardFleet {
  let reading: LastFacts = { facts: [], begunMs: 0 };
  let last: LastFacts | null = null;
  return {
    async fleet(page) {
      if (page.after === null) reading = { facts: [], begunMs: performance.now() };
      const { items, nextCursor } = await store.fleet(page);
      reading.facts.push(...items);
      if (nextCursor === null) last = reading;
      return { items, nextCursor };
    },
    last: () => last,
  };
}
