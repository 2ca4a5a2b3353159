// What of the fleet is shown, in which order, and as a file. Pure.
import { csvText } from './csv.ts';
import { type FleetRow, rowStates } from './row.ts';

export const columns = ['id', 'site', 'state', 'exposure', 'unreceived', 'release', 'heard'] as const;
export type Column = (typeof columns)[number];

/** What a saved view keeps. */
export interface FleetView {
  text: string;
  /** None: all of them. */
  states: FleetRow['state'][];
  sort: { by: Column; down: boolean };
}

export const wholeFleet: FleetView = { text: '', states: [], sort: { by: 'state', down: false } };

/** The rows that a view shows, in its order; equal ones by their ids. */
export function shownRows(rows: readonly FleetRow[], { text, states, sort }: FleetView): FleetRow[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const isShown = (row: FleetRow) => {
    if (states.length > 0 && !states.includes(row.state)) return false;
    if (words.length === 0) return true;
    const said = [row.id, row.site ?? '', row.release ?? '', ...row.conditions].join(' ').toLowerCase();
    return words.every((word) => said.includes(word));
  };
  const keyed = rows.filter(isShown).map((row) => ({ row, key: keyOf(row, sort.by) }));
  const sign = sort.down ? -1 : 1;
  return keyed
    .sort((a, b) => sign * compare(a.key, b.key) || compare(a.row.id, b.row.id))
    .map(({ row }) => row);
}

/** How many there are of each state, in the order a person should look at them. */
export function countStates(rows: readonly FleetRow[]): { state: FleetRow['state']; count: number }[] {
  const counts = Map.groupBy(rows, ({ state }) => state);
  return rowStates
    .map((state) => ({ state, count: counts.get(state)?.length ?? 0 }))
    .filter(({ count }) => count > 0);
}

/** Takes in rows that changed. */
export function mergeRows(rows: readonly FleetRow[], changed: readonly FleetRow[]): FleetRow[] {
  const news = new Map(changed.map((row) => [row.id, row]));
  const kept = rows.map((row) => {
    const newer = news.get(row.id);
    if (newer) news.delete(row.id);
    return newer ?? row;
  });
  return [...kept, ...news.values()];
}

const csvHead = [
  'appliance',
  'site',
  'state',
  'since',
  'conditions',
  'unreceived',
  'exposure_minor',
  'currency',
  'release',
  'last_heard',
  'certificate_ends',
];

export function fleetCsv(rows: readonly FleetRow[]): string {
  const moment = (ms: number | null) => (ms === null ? '' : new Date(ms).toISOString());
  const lines = rows.map((row) => [
    row.id,
    row.site ?? '',
    row.state,
    moment(row.sinceMs),
    row.conditions.join(' '),
    row.unreceived ?? '',
    row.exposureMinor ?? '',
    row.currency ?? '',
    row.release ?? '',
    moment(row.lastProofMs),
    moment(row.certificateEndsMs),
  ]);
  return csvText([csvHead, ...lines]);
}

function keyOf(row: FleetRow, by: Column): string | number {
  switch (by) {
    case 'id':
      return row.id;
    case 'site':
      return row.site ?? '\uffff';
    case 'state':
      return rowStates.indexOf(row.state);
    case 'exposure':
      return row.exposureMinor ?? -1;
    case 'unreceived':
      return row.unreceived ?? -1;
    case 'release':
      return row.release ?? '';
    case 'heard':
      return row.lastProofMs ?? 0;
  }
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
