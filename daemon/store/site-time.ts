// The site's own time, which a clock set forward, back or to 1970 does not move. Limits count elapsed time: it only grows,
// by the monotonic clock within a boot and by central's time over boots. Prices and opening hours go by the best estimate.
import type { Database } from 'better-sqlite3';
import { present } from '../../kit/assert.ts';
import type { Clock } from '../../kit/clock.ts';
import { believedMs, heardMsTolerance, type TimeKnown, timeKnown } from '../identity/server-time.ts';

export interface SiteTime {
  /** Milliseconds since this journal began, as far as they are known: never more than really passed, and never less later. */
  elapsedMs(): number;
  /** The best estimate of the time; trusted when central was heard in this boot. Never behind one given before it. */
  best(): { ms: number; trusted: boolean };
  /** What is known of the time without believing the wall clock. */
  known(): TimeKnown;
  /** Elapsed time when the link was last known to be up; now while it is. */
  onlineMs(): number;
  /** Central's time, as ahead of the monotonic clock, and how far off that can be. */
  hear(central: { aheadOfMonotonicMs: number; uncertaintyMs: number }): void;
  link(up: boolean): void;
  /** A row of this batch carries the elapsed time: it is written too, and cannot go back behind that row. */
  book(): number;
  /** Writes what changed; called once, before COMMIT. */
  save(): void;
  /** Forgets what a rolled back transaction changed. */
  reload(): void;
}

interface Row {
  elapsedMs: number;
  bootId: string;
  monotonicMs: number;
  heardBootId: string | null;
  heardElapsedMs: number;
  heardCentralMs: number;
  bestMs: number | null;
  bestElapsedMs: number;
  onlineElapsedMs: number;
}

/** @param pastMs a moment that has surely come: what was made then is here */
export function openSiteTime(db: Database, clock: Clock, pastMs: number | null = null): SiteTime {
  const select = db.prepare<[], Row>(
    `SELECT elapsed_ms AS elapsedMs, boot_id AS bootId, monotonic_ms AS monotonicMs, heard_boot_id AS heardBootId,
            heard_elapsed_ms AS heardElapsedMs, heard_central_ms AS heardCentralMs, best_ms AS bestMs,
            best_elapsed_ms AS bestElapsedMs, online_elapsed_ms AS onlineElapsedMs FROM site`,
  );
  const update = db.prepare(
    `UPDATE site SET elapsed_ms = :elapsedMs, boot_id = :bootId, monotonic_ms = :monotonicMs,
            heard_boot_id = :heardBootId, heard_elapsed_ms = :heardElapsedMs, heard_central_ms = :heardCentralMs,
            best_ms = :bestMs, best_elapsed_ms = :bestElapsedMs, online_elapsed_ms = :onlineElapsedMs`,
  );
  const openedMonotonicMs = clock.monotonicMs();
  let row = load();
  let up = false;
  let changed = false;

  return {
    elapsedMs,
    best,
    known() {
      const { ms, trusted } = best();
      const wallMs = clock.wallMs();
      return trusted
        ? { wallMs, earliestMs: ms - heardMsTolerance, latestMs: ms + heardMsTolerance }
        : unheard();
    },
    onlineMs: () => (up ? elapsedMs() : row.onlineElapsedMs),
    hear({ aheadOfMonotonicMs, uncertaintyMs }) {
      const monotonicMs = clock.monotonicMs();
      const centralMs = Math.round(aheadOfMonotonicMs + monotonicMs);
      let now = elapsedMs();
      if (row.heardBootId !== null && row.heardBootId !== clock.bootId) {
        // What passed between two boots only central knows; not more than it says for certain.
        const passedMs = centralMs - row.heardCentralMs - Math.ceil(uncertaintyMs);
        now = Math.max(now, row.heardElapsedMs + passedMs);
      }
      row = { ...row, elapsedMs: now, monotonicMs };
      row = { ...row, heardBootId: clock.bootId, heardElapsedMs: now, heardCentralMs: centralMs };
      changed = true;
    },
    link(isUp) {
      if (up || isUp) row.onlineElapsedMs = elapsedMs();
      up = isUp;
      changed = true;
    },
    book() {
      changed = true;
      return elapsedMs();
    },
    save() {
      if (!changed) return;
      const now = elapsedMs();
      best();
      row = { ...row, elapsedMs: now, monotonicMs: clock.monotonicMs() };
      if (up) row.onlineElapsedMs = now;
      update.run(row);
      changed = false;
    },
    reload() {
      row = load();
      changed = false;
    },
  };

  /** The row as of this boot: another boot's monotonic time means nothing in it. */
  function load(): Row {
    const stored = present(select.get(), 'the site row');
    const same = stored.bootId === clock.bootId && stored.monotonicMs <= clock.monotonicMs();
    return same ? stored : { ...stored, bootId: clock.bootId, monotonicMs: openedMonotonicMs };
  }

  function elapsedMs(): number {
    return row.elapsedMs + Math.max(0, clock.monotonicMs() - row.monotonicMs);
  }

  function best(): { ms: number; trusted: boolean } {
    const now = elapsedMs();
    const trusted = row.heardBootId === clock.bootId;
    const ms = trusted ? row.heardCentralMs + now - row.heardElapsedMs : withoutCentral(now);
    row.bestMs = ms;
    row.bestElapsedMs = now;
    return { ms, trusted };
  }

  /** Bounded by central's last word and what has surely passed since, and by the moment given. */
  function unheard(): TimeKnown {
    const past = pastMs === null ? [] : [pastMs];
    if (row.heardBootId !== null) past.push(row.heardCentralMs + elapsedMs() - row.heardElapsedMs);
    return timeKnown(clock.wallMs(), ...past);
  }

  /** The wall clock as far as it can be believed, unless it is behind what the last best estimate has come to. */
  function withoutCentral(now: number): number {
    const wallMs = believedMs(unheard());
    return row.bestMs === null ? wallMs : Math.max(wallMs, row.bestMs + now - row.bestElapsedMs);
  }
}
