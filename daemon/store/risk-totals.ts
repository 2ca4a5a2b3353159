// What cards and kiosks were approved for, as running totals: a window costs two seeks however much was sold.
import type { Database } from 'better-sqlite3';
import { limits } from '../../contract/limits.ts';
import type { Used } from '../checkout/risk.ts';
import { createRecent } from './recent.ts';

export interface RiskTotals {
  /** All that is remembered of a key; null for one that was never approved here. */
  all(key: string): Used | null;
  /** Of `all`, what came after a moment of elapsed time. */
  after(all: Used | null, key: string, ms: number): Used;
  add(key: string, atMs: number, minor: number): void;
  /** What was voided soon counts no longer; later it does, for every total since would have to change. */
  takeBack(key: string, atMs: number, nowMs: number, minor: number): void;
  /** Drops what no window reaches any more, a bounded piece of work. */
  sweep(nowMs: number): void;
  /** Forgets what a rolled back transaction changed. */
  reload(): void;
}

export const cardKey = (fingerprint: string) => `f${fingerprint}`;
/** Kiosks without a name count as one. */
export const kioskKey = (kiosk: string | null | undefined) => `k${kiosk ?? ''}`;

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** How long after its approval a voided checkout is taken back from the totals. */
export const takeBackMsMax = 60 * minuteMs;
const windowMsMax = limits.velocityWindowMinutesMax * minuteMs;
/** A card not seen for so long is a new one. */
const forgetMs = 400 * dayMs;
const rowsSweptMax = 64;
const keysAtHandMax = 8192;

interface TotalRow {
  key: string;
  atMs: number;
}

export function openRiskTotals(db: Database): RiskTotals {
  const columns = 'count, total_minor AS totalMinor';
  const newest = db.prepare<[string], Used>(
    `SELECT ${columns} FROM risk_total WHERE key = ? ORDER BY at_ms DESC LIMIT 1`,
  );
  const through = db.prepare<[string, number], Used>(
    `SELECT ${columns} FROM risk_total WHERE key = ? AND at_ms <= ? ORDER BY at_ms DESC LIMIT 1`,
  );
  const insert = db.prepare(
    // -- a running total: a later row of the same millisecond says all that the earlier said
    'INSERT OR REPLACE INTO risk_total (key, at_ms, count, total_minor) VALUES (?, ?, ?, ?)',
  );
  const takeBack = db.prepare(
    'UPDATE risk_total SET count = count - 1, total_minor = total_minor - ? WHERE key = ? AND at_ms >= ?',
  );
  const page = db.prepare<[string, number, number], TotalRow>(
    'SELECT key, at_ms AS atMs FROM risk_total WHERE (key, at_ms) > (?, ?) ORDER BY key, at_ms LIMIT ?',
  );
  const next = db
    .prepare<[string, number], number>(
      'SELECT at_ms FROM risk_total WHERE key = ? AND at_ms > ? ORDER BY at_ms LIMIT 1',
    )
    .pluck();
  const remove = db.prepare('DELETE FROM risk_total WHERE key = ? AND at_ms = ?');
  let cursor: TotalRow = { key: '', atMs: 0 };

  // The store is the only writer: what was read stays true until it changes here.
  const atHand = createRecent<Used | null>(keysAtHandMax);
  const allOf = (key: string): Used | null => {
    const known = atHand.get(key);
    if (known !== undefined) return known;
    const all = newest.get(key) ?? null;
    atHand.set(key, all);
    return all;
  };

  return {
    all: allOf,
    after(all, key, ms) {
      if (!all) return nothing;
      const before = through.get(key, ms);
      return before
        ? { count: all.count - before.count, totalMinor: all.totalMinor - before.totalMinor }
        : all;
    },
    add(key, atMs, minor) {
      const before = allOf(key) ?? nothing;
      const all = { count: before.count + 1, totalMinor: before.totalMinor + minor };
      insert.run(key, atMs, all.count, all.totalMinor);
      atHand.set(key, all);
    },
    takeBack(key, atMs, nowMs, minor) {
      if (nowMs - atMs > takeBackMsMax) return;
      takeBack.run(minor, key, atMs);
      atHand.clear();
    },
    sweep(nowMs) {
      const rows = page.all(cursor.key, cursor.atMs, rowsSweptMax);
      for (const { key, atMs } of rows) {
        if (atMs > nowMs - windowMsMax) continue;
        // The last row before every window is what they are counted from, until the card is forgotten.
        const following = next.get(key, atMs);
        const needed = following === undefined ? atMs > nowMs - forgetMs : following > nowMs - windowMsMax;
        if (needed) continue;
        remove.run(key, atMs);
        atHand.clear();
      }
      cursor = rows.at(-1) ?? { key: '', atMs: 0 };
    },
    reload: () => atHand.clear(),
  };
}

const nothing: Used = { count: 0, totalMinor: 0 };
