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
  /** Called with the rows that changed, until told to stop. */
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
  lookEveryMs: 1000,
} as const;

export function createLiveFleet(
  store: Pick<LedgerPort, 'fleet'>,
  { reports, connected, nowMs, log }: FleetParts & { nowMs(): number; log: Log },
): LiveFleet {
  let facts: FleetFacts[] = [];
  let sweptMs = Number.NEGATIVE_INFINITY;
  let sweeping: Promise<void> | null = null;
  const told = new Map<string, FleetRow>();

  const rowFrom = (one: FleetFacts, now: number) =>
    rowOf(viewOf({ facts: one, heard: reports.of(one.id), connected: connected(one.id) }, now));

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

  return {
    async rows() {
      if (performance.now() - sweptMs >= liveLimits.factsMsMax) await sweepAnew();
      const now = nowMs();
      return facts.map((one) => rowFrom(one, now));
    },
    watch(onChanged) {
      /** What is there at first is read by whoever looks; from then on they are told. */
      const watching = { begun: false, ended: false };
      const takeNews = () => {
        const now = nowMs();
        const news = facts.map((one) => rowFrom(one, now)).filter((row) => isNews(told.get(row.id), row));
        for (const row of news) told.set(row.id, row);
        return news;
      };
      const sweepThen = (then: () => void) => {
        sweepAnew().then(
          () => watching.ended || then(),
          (error: Error) => log.warn({ error: error.message }, 'the fleet could not be read'),
        );
      };
      const begin = () => {
        takeNews();
        watching.begun = true;
      };
      const look = () => {
        if (performance.now() - sweptMs >= liveLimits.sweepEveryMs) sweepThen(watching.begun ? tell : begin);
        else if (watching.begun) tell();
      };
      const tell = () => {
        const news = takeNews();
        if (news.length > 0) onChanged(news);
      };
      sweepThen(begin);
      const timer = setInterval(look, liveLimits.lookEveryMs);
      return () => {
        watching.ended = true;
        clearInterval(timer);
        told.clear();
      };
    },
    expectChange() {
      sweptMs = Number.NEGATIVE_INFINITY;
    },
  };
}
