// The events that may still be asked for: the last so many. Stripe keeps them for thirty days, the sandbox by number.
import { randomBytes } from 'node:crypto';

export const eventsMax = 20_000;

export interface Event {
  id: string;
  createdMs: number;
  type: string;
  /** As it was then. */
  object: object;
}

export interface Events {
  add(event: Omit<Event, 'id'>): Event;
  get(id: string): Event | undefined;
  /** In the order of their making. */
  all(): Event[];
  clear(): void;
}

export function createEvents(): Events {
  const run = randomBytes(8).toString('hex');
  // A ring: event number n stands at n modulo its length.
  const ring: Event[] = [];
  let added = 0;
  let first = 0;
  return {
    add(event) {
      const made = { id: `evt_${run}${added.toString(36).padStart(8, '0')}`, ...event };
      ring[added % eventsMax] = made;
      added++;
      first = Math.max(first, added - eventsMax);
      return made;
    },
    get(id) {
      const event = ring[Number.parseInt(id.slice(-8), 36) % eventsMax];
      return event?.id === id ? event : undefined;
    },
    all: () => Array.from({ length: added - first }, (_, at) => ring[(first + at) % eventsMax] as Event),
    clear() {
      ring.length = 0;
      first = added;
    },
  };
}
