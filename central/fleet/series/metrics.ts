// What is kept of the reports over time: each metric by its name, and by a number that stands in the file for ever.
import type { HealthReport } from '../../../contract/health.ts';
import { latencyCountsMax } from '../../../contract/latency.ts';

interface Named {
  name: string;
  /** Stands in fleet.db: never used again for anything else. */
  number: number;
  unit: '1' | 'entries' | 'ms' | 'minor' | 'bytes' | 'permille' | 'percent' | 'celsius';
  words: string;
}

/** What is so at a moment: least, most, mean and last of each step. */
export interface Gauge extends Named {
  kind: 'gauge';
  /** The file holds so many as one: noise below it is not kept. */
  grain: number;
  read(report: HealthReport): number | null;
}

/** What happened within a step. Boxes count from the start of their program; null: not counted. */
export interface Count extends Named {
  kind: 'count';
  /** Goes on over starts of the program, as a journal does. */
  lasting: boolean;
  read(report: HealthReport): number | null;
}

/** How long what happened within a step took: counts by `latencyBoundsMs`. */
export interface Latency extends Named {
  kind: 'latency';
  read(report: HealthReport): readonly number[] | null;
}

export type Metric = Gauge | Count | Latency;

type Given = [number: number, name: string, unit: Named['unit'], words: string];
const gauge = ([number, name, unit, words]: Given, read: Gauge['read'], grain = 1): Gauge => ({
  ...{ kind: 'gauge', number, name, unit, words, grain, read },
});
const count = ([number, name, unit, words]: Given, read: Count['read'], lasting = false): Count => ({
  ...{ kind: 'count', number, name, unit, words, lasting, read },
});
const latency = ([number, name, unit, words]: Given, read: Latency['read']): Latency => ({
  ...{ kind: 'latency', number, name, unit, words, read },
});

/** Of memory and disks. */
const grainBytes = 65_536;

export const metrics: readonly Metric[] = [
  gauge([1, 'link_up', '1', '1 while the box has a link, else 0'], ({ link }) =>
    link.kind === 'online' ? 1 : 0,
  ),
  gauge([2, 'unreceived_entries', 'entries', 'written, and not yet received by central'], ({ journal }) =>
    Math.max(0, journal.lastSeq - journal.receivedThrough),
  ),
  gauge(
    [3, 'oldest_unreceived_ms', 'ms', 'age of the oldest unreceived entry; 0 without one'],
    ({ journal }) => journal.oldestUnreceivedMs ?? 0,
    100,
  ),
  gauge(
    [4, 'exposure_minor', 'minor', 'approved offline, without word from central'],
    ({ exposure }) => exposure.totalMinor,
  ),
  gauge(
    [5, 'exposure_limit_minor', 'minor', 'how far exposure may go'],
    ({ exposure }) => exposure.limitMinor,
  ),
  gauge(
    [6, 'resident_bytes', 'bytes', 'memory of the program'],
    ({ process }) => process.residentBytes,
    grainBytes,
  ),
  gauge(
    [7, 'core_permille', 'permille', 'processor time of the program, of one core'],
    ({ process }) => process.corePermille,
  ),
  gauge([8, 'load_percent', 'percent', 'load average of a minute'], ({ machine }) => machine.loadPercent),
  gauge(
    [9, 'memory_free_bytes', 'bytes', 'memory free for whoever asks'],
    ({ machine }) => machine.memoryFreeBytes,
    16 * grainBytes,
  ),
  gauge(
    [10, 'disk_free_bytes', 'bytes', "free on the journal's disk"],
    ({ machine }) => machine.diskFreeBytes,
    16 * grainBytes,
  ),
  gauge(
    [11, 'temperature_celsius', 'celsius', 'the hottest sensor'],
    ({ machine }) => machine.temperatureCelsius,
  ),
  gauge([12, 'clock_offset_ms', 'ms', 'its wall clock less its best estimate of central time'], ({ at }) =>
    at.central ? at.wallMs - at.central.ms : null,
  ),
  gauge([13, 'conditions', '1', 'conditions it names'], ({ conditions }) => conditions.length),
  gauge([14, 'kiosks_paired', '1', 'kiosks that are paired'], ({ kiosks }) => kiosks?.paired ?? null),
  gauge([15, 'kiosks_seen', '1', 'kiosks heard within five minutes'], ({ kiosks }) => kiosks?.seen ?? null),
  gauge(
    [16, 'store_queue_max', '1', 'the most commands that waited for the store'],
    ({ store }) => store?.queueMax ?? null,
  ),
  gauge(
    [17, 'store_batch_max', '1', 'the most commands in one commit'],
    ({ store }) => store?.batchMax ?? null,
  ),
  gauge(
    [18, 'commit_ms_max', 'ms', 'the longest commit of the store'],
    ({ store }) => store?.commitMsMax ?? null,
  ),
  count([30, 'outages', '1', 'how often the link went'], ({ link }) => link.outages),
  count([31, 'entries', 'entries', 'entries written'], ({ journal }) => journal.lastSeq, true),
  count(
    [32, 'disk_written_bytes', 'bytes', 'written to the disk of the journal'],
    ({ machine }) => machine.diskWrittenBytes,
    true,
  ),
  count(
    [33, 'verdicts_authorised', '1', 'checkouts authorised'],
    ({ verdicts }) => verdicts?.authorised ?? null,
  ),
  count(
    [34, 'verdicts_approved_offline', '1', 'checkouts approved offline'],
    ({ verdicts }) => verdicts?.approvedOffline ?? null,
  ),
  count([35, 'verdicts_declined', '1', 'checkouts declined'], ({ verdicts }) => verdicts?.declined ?? null),
  count([36, 'verdicts_refused', '1', 'checkouts refused'], ({ verdicts }) => verdicts?.refused ?? null),
  count(
    [37, 'verdicts_pending', '1', 'checkouts that were sent on to central first'],
    ({ verdicts }) => verdicts?.pending ?? null,
  ),
  latency(
    [50, 'http_ms', 'ms', "from a kiosk's request to its answer"],
    (report) => report.latency?.http ?? null,
  ),
  latency([51, 'commit_ms', 'ms', 'a commit of the store'], (report) => report.latency?.commit ?? null),
  latency(
    [52, 'receipt_ms', 'ms', "from a commit to central's receipt"],
    (report) => report.latency?.receipt ?? null,
  ),
];

const byName = new Map(metrics.map((metric) => [metric.name, metric]));
export const metricNames = metrics.map(({ name }) => name);

export function metricNamed(name: string): Metric | null {
  return byName.get(name) ?? null;
}

/** Columns of one metric: as many as the counts of a latency, or the parts of a gauge. */
export const columnsPerMetric = 16;
/** Column 0: how many reports a coarser row was made of; a row of 30 s without it is of one. */
export const reportsColumn = 0;

export type GaugePart = 'min' | 'max' | 'mean' | 'last';
const parts: readonly GaugePart[] = ['min', 'max', 'mean', 'last'];

/** A row of 30 s has the value itself; coarser ones its parts. */
export function columnOf({ number }: Pick<Metric, 'number'>, part: GaugePart | number = 0): number {
  const offset = typeof part === 'number' ? part : parts.indexOf(part) + 1;
  return number * columnsPerMetric + offset;
}

const kinds = new Map(metrics.map(({ number, kind }) => [number, kind]));

/** Null: of a newer release. */
export function kindOfColumn(column: number): Metric['kind'] | null {
  return kinds.get(Math.floor(column / columnsPerMetric)) ?? null;
}

/** Every count there may be of a latency. */
export const latencyColumns = Array.from({ length: latencyCountsMax }, (_, i) => i);
