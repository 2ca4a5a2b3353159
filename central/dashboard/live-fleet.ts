// The fleet as the page shows it: every row, and which of them change while somebody looks. What the ledger's file knows is read
// in a sweep now and then; what boxes say of themselves is judged anew each second, in memory. With nobody looking, nothing is done.
import type { Log } from '../../kit/log.ts';
import type { FleetFacts } from '../fleet/port.ts';
import type { FleetParts } from '../fleet/routes.ts';
import { viewOf } from '../fleet/view.ts';
import type { LedgerPort } from '../ledger/port.ts';
import { isNews, rowOf } from './fleet-row.ts';
import type { FleetRow } from './said/row.ts';

export interface LiveFleet {
  /** Every row, by id, as of this moment. */
  rows(): Promise<FleetRow[]>;
  /** Called with the rows that changed since they were first read, until told to stop. One at a time. */
  watch(onChanged: (rows: FleetRow[]) => void): () => void;
  /** Somebody changed something: the next look reads the ledger's file again. */
  expectChange(): void;
}

export const liveLimits = {
  /** A fleet larger than this is shown in part. */
  rowsMax: 20_000,
  /** Each page of a sweep is one transaction of the store. */
  sweepPage: 500,
  sweepEveryMs: 15_000,
  /** What was read so lately need not be read again for another viewer. */
  factsMsMax: 2000,
  /** Nor what was read so lately for one who looks: they are told of what a sweep then finds. */
  watchedMsMax: 60_000,
  lookEveryMs: 1000,
} as const;

export function createLiveFleet(
  store: Pick<LedgerPort, 'fleet'>,
  { reports, connected, lastFacts = () => null, nowMs, log }: FleetParts & { nowMs(): number; log: Log },
): LiveFleet {
  let facts: FleetFacts[] = [];
  let sweptMs = Number.NEGATIVE_INFINITY;
  let changedMs = Number.NEGATIVE_INFINITY;
  let sweeping: Promise<void> | null = null;
  /** What everybody who looks knows; null while nobody does, or nobody has read it yet. */
  let told: Map<string, FleetRow> | null = null;
  let watched = false;

  const rowsNow = () => {
    const now = nowMs();
    return facts.map((one) =>
      rowOf(viewOf({ facts: one, heard: reports.of(one.id), connected: connected(one.id) }, now)),
    );
  };

  async function sweep(): Promise<void> {
    const found: FleetFacts[] = [];
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<LedgerPort['fleet']>> = await store.fleet({
        after,
        limit: liveLimits.sweepPage,
      });
      found.push(...page.items);
      after = page.nextCursor;
    } while (after !== null && found.length < liveLimits.rowsMax);
    facts = found.slice(0, liveLimits.rowsMax);
    sweptMs = performance.now();
  }
  /** One at a time, for all who wait. */
  const sweepAnew = () => {
    sweeping ??= sweep().finally(() => {
      sweeping = null;
    });
    return sweeping;
  };

  /** What another reader found since. */
  function takeOverheard(): void {
    const last = lastFacts();
    if (last === null || last.begunMs <= Math.max(sweptMs, changedMs)) return;
    facts = last.facts.slice(0, liveLimits.rowsMax);
    sweptMs = last.begunMs;
  }

  return {
    async rows() {
      takeOverheard();
      const msMax = watched ? liveLimits.watchedMsMax : liveLimits.factsMsMax;
      if (performance.now() - sweptMs >= msMax) await sweepAnew();
      const rows = rowsNow();
      // Whoever reads this is told of all that changes from here on.
      if (watched) told ??= new Map(rows.map((row) => [row.id, row]));
      return rows;
    },
    watch(onChanged) {
      watched = true;
      let ended = false;
      const tell = () => {
        if (ended) return;
        const rows = rowsNow();
        const before = told;
        if (before === null) {
          told = new Map(rows.map((row) => [row.id, row]));
          return;
        }
        const news = rows.filter((row) => isNews(before.get(row.id), row));
        for (const row of news) before.set(row.id, row);
        if (news.length > 0) onChanged(news);
      };
      const sweepThenTell = () => {
        sweepAnew().then(tell, (error: Error) =>
          log.warn({ error: error.message }, 'the fleet could not be read'),
        );
      };
      const look = () => {
        if (performance.now() - sweptMs >= liveLimits.sweepEveryMs) sweepThenTell();
        else tell();
      };
      sweepThenTell();
      const timer = setInterval(look, liveLimits.lookEveryMs);
      return () => {
        ended = true;
        watched = false;
        clearInterval(timer);
        told = null;
      };
    },
    expectChange() {
      sweptMs = Number.NEGATIVE_INFINITY;
      changedMs = performance.now();
    },
  };
}
