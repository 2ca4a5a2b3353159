// What of an appliance is drawn over time, and its points with gaps where nothing was heard. Pure.
import type { FleetEvent } from '../../fleet/series/timeline.ts';
import { msWords } from './hop-words.ts';
import { moneyWords } from './words.ts';

export interface ChartOf {
  metric: string;
  title: string;
  /** Which value of a step is drawn: the one that a person should see. */
  part: 'max' | 'min';
  words: (value: number, currency: string | null) => string;
}

const gigabytes = (value: number) => `${(value / 1e9).toFixed(1)} GB`;
const megabytes = (value: number) => `${Math.round(value / 1e6)} MB`;

export const charts: readonly ChartOf[] = [
  {
    metric: 'exposure_minor',
    title: 'Exposure',
    part: 'max',
    words: (value, currency) => (currency === null ? String(value) : moneyWords(value, currency)),
  },
  { metric: 'unreceived_entries', title: 'Unsent', part: 'max', words: String },
  { metric: 'commit_ms_max', title: 'Longest commit', part: 'max', words: (value) => msWords(value) },
  { metric: 'disk_free_bytes', title: 'Disk free', part: 'min', words: gigabytes },
  { metric: 'resident_bytes', title: 'Memory of the program', part: 'max', words: megabytes },
  { metric: 'temperature_celsius', title: 'Temperature', part: 'max', words: (value) => `${value} °C` },
];

export interface GaugePoint {
  atMs: number;
  min: number;
  max: number;
}

/** Seconds since 1970 and values; null where nothing was heard for longer than a step. */
export function plotted(
  points: readonly GaugePoint[],
  part: ChartOf['part'],
  stepSeconds: number,
): { seconds: number[]; values: (number | null)[] } {
  const seconds: number[] = [];
  const values: (number | null)[] = [];
  for (const point of points) {
    const at = point.atMs / 1000;
    const before = seconds.at(-1);
    // Reports come with jitter: one step may be empty.
    if (before !== undefined && at - before > 2 * stepSeconds) {
      seconds.push(before + stepSeconds);
      values.push(null);
    }
    seconds.push(at);
    values.push(point[part]);
  }
  return { seconds, values };
}

export interface Band {
  fromMs: number;
  untilMs: number;
}

/** When there was no link, or nothing was heard. */
export function bandsOf(events: readonly FleetEvent[], toMs: number): Band[] {
  return events
    .filter(({ kind }) => kind === 'outage' || kind === 'silence')
    .map(({ sinceMs, untilMs }) => ({ fromMs: sinceMs, untilMs: untilMs ?? toMs }));
}

/** For whoever does not see it. */
export function chartWords(
  { title, words }: ChartOf,
  values: readonly (number | null)[],
  currency: string | null,
): string {
  const known = values.filter((value) => value !== null);
  const last = known.at(-1);
  if (last === undefined) return `${title}: nothing was heard in that time`;
  const say = (value: number) => words(value, currency);
  return `${title}: now ${say(last)}, least ${say(Math.min(...known))}, most ${say(Math.max(...known))}`;
}

export const timelineWords: Record<FleetEvent['kind'], string> = {
  condition: 'Condition',
  outage: 'Without a link',
  silence: 'Silent',
  start: 'Started',
};
