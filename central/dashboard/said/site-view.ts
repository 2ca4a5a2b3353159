// The fleet by its sites: what each has at stake, and what is wrong there. Pure.
import { type FleetRow, rowStates } from './row.ts';

export interface SiteView {
  name: string;
  rows: FleetRow[];
  /** The most urgent of its boxes; null: it has none yet. */
  worst: FleetRow['state'] | null;
  /** By currency, as its boxes said last; of a silent one at least. */
  exposure: { currency: string; minor: number; isAtLeast: boolean }[];
  /** By name, with how many boxes. */
  conditions: { code: string; boxes: number }[];
}

/** Those that want a look first, then by name. @param names of sites that may have no box yet */
export function sitesOf(rows: readonly FleetRow[], names: readonly string[] = []): SiteView[] {
  const bySite = Map.groupBy(
    rows.filter(({ site }) => site !== null),
    ({ site }) => site ?? '',
  );
  for (const name of names) if (!bySite.has(name)) bySite.set(name, []);
  const urgency = ({ worst }: SiteView) => (worst === null ? rowStates.length : rowStates.indexOf(worst));
  return [...bySite]
    .map(([name, some]) => siteOf(name, some))
    .sort((a, b) => urgency(a) - urgency(b) || (a.name < b.name ? -1 : 1));
}

export function siteOf(name: string, rows: FleetRow[]): SiteView {
  const alive = rows.filter(({ state }) => state !== 'retired');
  const byCurrency = Map.groupBy(
    alive.filter(({ exposureMinor, currency }) => exposureMinor !== null && currency !== null),
    ({ currency }) => currency ?? '',
  );
  const codes = Map.groupBy(
    alive.flatMap(({ conditions }) => conditions),
    (code) => code,
  );
  return {
    name,
    rows,
    worst: rowStates.find((state) => rows.some((row) => row.state === state)) ?? null,
    exposure: [...byCurrency].map(([currency, some]) => ({
      currency,
      minor: some.reduce((sum, { exposureMinor }) => sum + (exposureMinor ?? 0), 0),
      isAtLeast: some.some(({ state }) => state === 'silent'),
    })),
    conditions: [...codes]
      .map(([code, some]) => ({ code, boxes: some.length }))
      .sort((a, b) => b.boxes - a.boxes || (a.code < b.code ? -1 : 1)),
  };
}
