// The acts ordered for calls to come: the next so many, or a share of all, drawn by seed so that a replay meets the same.
import type { Act } from './acts.ts';
import { drawFor } from './draw.ts';

const ordersMax = 10_000;
/** Calls that a share has hit, remembered so that a repeated call is hit no more often than was ordered. */
const hitsMax = 200_000;

export interface Order {
  /** `any` stands for every operation. */
  operation: string;
  act: Act;
  /** Of the next calls; of a share, for each call and its repetitions. */
  times: number;
  /** Of all calls, above 0 and at most 1; null for the next ones. */
  share: number | null;
  seed: number;
}

export interface Orders {
  /** @returns false when too many wait */
  add(order: Order): boolean;
  /**
   * The act ordered for this call. Orders for the next calls come first and are used up by it.
   * @param subject what stays the same when the call is repeated: its idempotency key
   */
  take(operation: string, subject: string): Act | null;
  clear(): void;
}

interface Share extends Order {
  share: number;
  /** How often each call was hit. */
  hits: Map<string, number>;
}

export function createOrders(): Orders {
  const orders: Order[] = [];
  const shares: Share[] = [];
  const holdsFor = (operation: string) => (order: Order) =>
    order.operation === operation || order.operation === 'any';

  function takeNext(operation: string): Act | null {
    const order = orders.find(holdsFor(operation));
    if (!order) return null;
    order.times--;
    if (order.times <= 0) orders.splice(orders.indexOf(order), 1);
    return order.act;
  }

  function takeShare(operation: string, subject: string): Act | null {
    for (const [place, order] of shares.entries()) {
      if (!holdsFor(operation)(order)) continue;
      // Each share is drawn by itself: two of 1 % with one seed do not fall on the same calls.
      if (drawFor(order.seed, `${place}\n${operation}\n${subject}`) >= order.share) continue;
      const hits = order.hits.get(subject) ?? 0;
      if (hits >= order.times || order.hits.size >= hitsMax) continue;
      order.hits.set(subject, hits + 1);
      return order.act;
    }
    return null;
  }

  return {
    add(order) {
      if (orders.length + shares.length >= ordersMax) return false;
      if (order.share === null) orders.push({ ...order });
      else shares.push({ ...order, share: order.share, hits: new Map() });
      return true;
    },
    take: (operation, subject) => takeNext(operation) ?? takeShare(operation, subject),
    clear() {
      orders.length = 0;
      shares.length = 0;
    },
  };
}
