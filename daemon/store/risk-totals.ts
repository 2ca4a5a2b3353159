// What cards and kiosks were approved for: in all, and within a moving window.
import type { Database } from 'better-sqlite3';
import { limits } from '../../contract/limits.ts';
import type { Used } from '../checkout/risk.ts';
import { createRecent } from './recent.ts';
import { type Approval, openApprovals } from './risk-approvals.ts';

export interface RiskTotals {
  /** All that is remembered of a key; null for one that was never approved here. */
  all(key: string): Used | null;
  /** What of it came after a moment of elapsed time. */
  after(key: string, ms: number): Used;
  add(key: string, atMs: number, minor: number): void;
  /** What was voided soon counts no longer; later it does, for every approval since would have to change. */
  takeBack(key: string, atMs: number, nowMs: number, minor: number): void;
  /** Drops what no window reaches any more, a bounded piece of work. */
  sweep(nowMs: number): void;
  /** Writes what changed; called before COMMIT. */
  save(): void;
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
const keysSweptMax = 64;
const keysAtHandMax = 16_384;

interface Total extends Used {
  /** Null: swept away, no window holds anything of this key. */
  newest: Approval | null;
  newestMs: number;
}

interface TotalRow extends Used {
  newest: number;
  newestMs: number;
}

export function openRiskTotals(db: Database): RiskTotals {
  const approvals = openApprovals(db);
  const select = db.prepare<[string], TotalRow>(
    'SELECT count, total_minor AS totalMinor, newest, newest_ms AS newestMs FROM risk_total WHERE key = ?',
  );
  const save = db.prepare(
    'INSERT OR REPLACE INTO risk_total (key, count, total_minor, newest, newest_ms) VALUES (?, ?, ?, ?, ?)',
  );
  const page = db.prepare<[string, number], { key: string; newestMs: number }>(
    'SELECT key, newest_ms AS newestMs FROM risk_total WHERE key > ? ORDER BY key LIMIT ?',
  );
  const remove = db.prepare('DELETE FROM risk_total WHERE key = ?');
  /** The key looked at last by `sweep`. */
  let swept = '';

  // The store is the only writer: what was read stays true until it changes here.
  const atHand = createRecent<string, Total | null>(keysAtHandMax);
  // Not yet written totals must not be read again from the disk.
  const changed = new Map<string, Total & { newest: Approval }>();

  const find = (key: string): Total | null => {
    const known = changed.get(key) ?? atHand.get(key);
    if (known !== undefined) return known;
    const row = select.get(key);
    const total = row ? { ...row, newest: approvals.find(row.newest) } : null;
    atHand.set(key, total);
    return total;
  };
  const saveChanged = () => {
    for (const [key, { count, totalMinor, newest, newestMs }] of changed)
      save.run(key, count, totalMinor, newest.id, newestMs);
    changed.clear();
  };

  return {
    all: find,
    after(key, ms) {
      const total = find(key);
      const first = total && approvals.firstAfter(total.newest, ms);
      if (!first) return nothing;
      const { count, totalMinor } = total;
      return { count: count - first.countBefore, totalMinor: totalMinor - first.minorBefore };
    },
    add(key, atMs, minor) {
      const before = find(key) ?? { ...nothing, newest: null };
      const newest = approvals.append(before.newest, before, atMs);
      const total = { count: before.count + 1, totalMinor: before.totalMinor + minor };
      const now = { ...total, newest, newestMs: atMs };
      atHand.set(key, now);
      changed.set(key, now);
    },
    takeBack(key, atMs, nowMs, minor) {
      const total = find(key);
      if (!total?.newest || nowMs - atMs > takeBackMsMax) return;
      approvals.takeBack(total.newest, atMs, minor);
      const newest = approvals.find(total.newest.id) ?? total.newest;
      const now = { ...total, count: total.count - 1, totalMinor: total.totalMinor - minor, newest };
      atHand.set(key, now);
      changed.set(key, now);
    },
    sweep(nowMs) {
      approvals.sweep(nowMs - windowMsMax);
      saveChanged();
      const rows = page.all(swept, keysSweptMax);
      for (const { key, newestMs } of rows) {
        if (newestMs > nowMs - forgetMs) continue;
        remove.run(key);
        atHand.set(key, null);
      }
      swept = rows.at(-1)?.key ?? '';
    },
    save: saveChanged,
    reload() {
      approvals.reload();
      atHand.clear();
      changed.clear();
    },
  };
}

const nothing: Used = { count: 0, totalMinor: 0 };
