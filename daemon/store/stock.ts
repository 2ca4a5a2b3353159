// The goods of the site, as far as they were counted: on hand, reserved, and so what is left for sale. What one checkout
// takes is gone for the next of the same batch (I14).
import type { Database } from 'better-sqlite3';
import type { FeedItem } from '../../contract/feed.ts';
import { present } from '../../kit/assert.ts';
import type { Clock } from '../../kit/clock.ts';
import { createRecent } from './recent.ts';

type StockItem = Extract<FeedItem, { kind: 'stock' }>;

export interface Stock {
  /** On hand less reserved; null where nobody counted. */
  available(sku: string): number | null;
  /** Goods left with their checkout; below zero they came back. Nothing where nobody counted. */
  take(sku: string, quantity: number): void;
  /** Holds goods for a checkout until a moment of elapsed time. True where there was something to hold. */
  reserve(checkoutId: Buffer, sku: string, quantity: number, expiresMs: number): boolean;
  /** What a checkout holds now, by product. */
  heldBy(checkoutId: Buffer): { sku: string; quantity: number }[];
  /** A checkout holds exactly so many of a product, and until it is released: its goods lie ready. */
  hold(checkoutId: Buffer, sku: string, quantity: number): void;
  /** A checkout holds no more than so many of a product; what it held beyond is for sale again. */
  holdAtMost(checkoutId: Buffer, sku: string, quantity: number): void;
  /** So many leave the stock with the customer, and the checkout holds none of the product any more. */
  handOver(checkoutId: Buffer, sku: string, quantity: number): void;
  /** What a checkout still holds is for sale again. */
  release(checkoutId: Buffer): void;
  /** Releases what has expired by then, a bounded piece of work. */
  expire(nowMs: number): void;
  /** A count, a delivery, a correction. */
  change(item: StockItem): void;
  /** At most so many of the products that run low, those that have longest first. */
  low(itemsMax: number): LowStock[];
  /** Grows whenever a product begins or ends to run low. */
  readonly lowChanges: number;
  /** Writes what changed; called before COMMIT. */
  save(): void;
  /** Forgets what a rolled back transaction changed. */
  reload(): void;
}

interface StockRow {
  sku: string;
  onHand: number;
  reserved: number;
  lowWater: number | null;
  /** By the wall clock, since less is available than that; null: it is not. */
  lowSinceMs: number | null;
}

/** A product of which less is available than its low water. */
export interface LowStock {
  sku: string;
  available: number;
  lowWater: number;
  sinceMs: number;
}

const expiredMax = 200;
/** A moment that elapsed time does not reach. */
const neverMs = Number.MAX_SAFE_INTEGER;
const atHandMax = 65_536;

export function openStock(db: Database, clock: Pick<Clock, 'wallMs'>): Stock {
  const select = db.prepare<[string], StockRow>(
    'SELECT sku, on_hand AS onHand, reserved, low_water AS lowWater, low_since_ms AS lowSinceMs FROM stock WHERE sku = ?',
  );
  const save = db.prepare(
    `INSERT INTO stock (sku, on_hand, reserved, low_water, low_since_ms) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET on_hand = excluded.on_hand, reserved = excluded.reserved, low_water = excluded.low_water,
       low_since_ms = excluded.low_since_ms`,
  );
  const selectLow = db.prepare<[number], LowStock>(
    `SELECT sku, on_hand - reserved AS available, low_water AS lowWater, low_since_ms AS sinceMs
     FROM stock INDEXED BY stock_low WHERE low_since_ms IS NOT NULL ORDER BY low_since_ms, sku LIMIT ?`,
  );
  const insertReservation = db.prepare(
    `INSERT INTO reservation (checkout_id, sku, quantity, expires_ms) VALUES (?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET quantity = quantity + excluded.quantity`,
  );
  const held = db.prepare<[Buffer], { sku: string; quantity: number }>(
    'SELECT sku, quantity FROM reservation WHERE checkout_id = ?',
  );
  const heldOf = db
    .prepare<[Buffer, string], number>('SELECT quantity FROM reservation WHERE checkout_id = ? AND sku = ?')
    .pluck();
  const setReservation = db.prepare(
    'INSERT OR REPLACE INTO reservation (checkout_id, sku, quantity, expires_ms) VALUES (?, ?, ?, ?)',
  );
  const reduceReservation = db.prepare(
    'UPDATE reservation SET quantity = ? WHERE checkout_id = ? AND sku = ?',
  );
  const dropReservations = db.prepare('DELETE FROM reservation WHERE checkout_id = ?');
  const expired = db.prepare<[number], { id: Buffer; sku: string; quantity: number }>(
    `SELECT checkout_id AS id, sku, quantity FROM reservation WHERE expires_ms <= ? ORDER BY expires_ms LIMIT ${expiredMax}`,
  );
  const dropReservation = db.prepare('DELETE FROM reservation WHERE checkout_id = ? AND sku = ?');

  // The store is the only writer: what was read stays true until it changes here.
  const known = createRecent<string, StockRow | null>(atHandMax);
  let lowChanges = 0;
  // Not yet written rows must not be read again from the disk.
  const changed = new Map<string, StockRow>();

  const find = (sku: string): StockRow | null => {
    const before = changed.get(sku) ?? known.get(sku);
    if (before !== undefined) return before;
    const row = select.get(sku) ?? null;
    known.set(sku, row);
    return row;
  };
  const put = (row: StockRow, part: Partial<StockRow>) => {
    Object.assign(row, part);
    const low = row.lowWater !== null && row.onHand - row.reserved < row.lowWater;
    if (low !== (row.lowSinceMs !== null)) {
      row.lowSinceMs = low ? clock.wallMs() : null;
      lowChanges++;
    }
    changed.set(row.sku, row);
  };
  const unreserve = (sku: string, quantity: number) => {
    const row = present(find(sku), `the stock of ${sku}, which is reserved`);
    put(row, { reserved: row.reserved - quantity });
  };

  const saveChanged = () => {
    for (const { sku, onHand, reserved, lowWater, lowSinceMs } of changed.values())
      save.run(sku, onHand, reserved, lowWater, lowSinceMs);
    changed.clear();
  };

  return {
    available(sku) {
      const row = find(sku);
      return row && row.onHand - row.reserved;
    },
    take(sku, quantity) {
      const row = find(sku);
      if (row) put(row, { onHand: row.onHand - quantity });
    },
    reserve(checkoutId, sku, quantity, expiresMs) {
      const row = find(sku);
      if (!row) return false;
      put(row, { reserved: row.reserved + quantity });
      insertReservation.run(checkoutId, sku, quantity, expiresMs);
      return true;
    },
    heldBy: (checkoutId) => held.all(checkoutId),
    hold(checkoutId, sku, quantity) {
      const row = find(sku);
      if (!row) return;
      const before = heldOf.get(checkoutId, sku) ?? 0;
      put(row, { reserved: row.reserved + quantity - before });
      setReservation.run(checkoutId, sku, quantity, neverMs);
    },
    holdAtMost(checkoutId, sku, quantity) {
      const before = heldOf.get(checkoutId, sku) ?? 0;
      if (before <= quantity) return;
      unreserve(sku, before - quantity);
      if (quantity > 0) reduceReservation.run(quantity, checkoutId, sku);
      else dropReservation.run(checkoutId, sku);
    },
    handOver(checkoutId, sku, quantity) {
      const row = find(sku);
      if (!row) return;
      const before = heldOf.get(checkoutId, sku) ?? 0;
      put(row, { onHand: row.onHand - quantity, reserved: row.reserved - before });
      dropReservation.run(checkoutId, sku);
    },
    release(checkoutId) {
      for (const { sku, quantity } of held.all(checkoutId)) unreserve(sku, quantity);
      dropReservations.run(checkoutId);
    },
    expire(nowMs) {
      for (const { id, sku, quantity } of expired.all(nowMs)) {
        unreserve(sku, quantity);
        dropReservation.run(id, sku);
      }
    },
    change({ changes }) {
      for (const { sku, change, quantity, lowWater } of changes) {
        const row = find(sku) ?? { sku, onHand: 0, reserved: 0, lowWater: null, lowSinceMs: null };
        known.set(sku, row);
        const onHand = change === 'set' ? quantity : row.onHand + quantity;
        put(row, { onHand, lowWater: lowWater ?? row.lowWater });
      }
    },
    low(itemsMax) {
      // What this batch has changed so far counts too.
      saveChanged();
      return selectLow.all(itemsMax);
    },
    get lowChanges() {
      return lowChanges;
    },
    save: saveChanged,
    reload() {
      known.clear();
      changed.clear();
    },
  };
}
