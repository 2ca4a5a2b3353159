// fleet.db: what boxes said is there at every step, over late words, restarts of central and the hours that are settled.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { HealthReport } from '../../../contract/health.ts';
import { manualClock } from '../../../kit/clock.ts';
import { silentLog } from '../../../kit/log.ts';
import { sampleReport } from '../../fixtures/health.ts';
import type { FleetFile } from '../port.ts';
import { type Metric, metricNamed } from '../series/metrics.ts';
import { fleetAtRest, fleetPath, openFleetFile } from './fleet-file.ts';

const hourMs = 3_600_000;
/** The beginning of an hour. */
const beginMs = 1_795_338_000_000;
const exposure = metricNamed('exposure_minor') as Metric;
const outages = metricNamed('outages') as Metric;

let folder: string;
let clock: ReturnType<typeof manualClock>;
let file: FleetFile;
const open = () => openFleetFile(folder, { clock, log: silentLog });

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-fleet-'));
  clock = manualClock(beginMs);
  file = open();
});
afterEach(() => {
  file.close();
  rmSync(folder, { recursive: true });
});

const reportAt = (atMs: number, change: Partial<HealthReport> = {}): HealthReport => ({
  ...sampleReport,
  at: { ...sampleReport.at, monotonicMs: atMs - beginMs + 1e9, central: { ms: atMs, uncertaintyMs: 10 } },
  upMs: atMs - beginMs + 1e8,
  conditions: [],
  ...change,
});
const owing = (totalMinor: number) => ({ exposure: { ...sampleReport.exposure, totalMinor } });

/** A report each half minute, of an exposure that grows by one. */
function say(from: number, count: number, id = 'leeds-1'): void {
  for (let n = from; n < from + count; n++) {
    file.take(id, [reportAt(beginMs + n * 30_000, owing(n))], clock.wallMs());
    clock.advance(30_000);
  }
}

/** Time passes in a few beats: only what is due then counts. */
function jump(ms: number): void {
  clock.setWall(clock.wallMs() + ms);
  clock.advance(3000);
}

const asked = (fromMs: number, toMs: number, metric = exposure, from: Pick<FleetFile, 'series'> = file) =>
  from.series('leeds-1', metric, { fromMs, toMs, nowMs: clock.wallMs() }) ?? expect.fail('nothing');

it('shows every half minute at once, and the same after a stop, to commands too', () => {
  say(0, 25);
  const points = () =>
    asked(beginMs, beginMs + hourMs).points.map((point) => ('last' in point ? point.last : null));
  const all = Array.from({ length: 25 }, (_, n) => n);
  expect(points()).toEqual(all);
  file.close();
  const atRest = fleetAtRest(folder);
  expect(asked(beginMs, beginMs + hourMs, exposure, atRest).points).toHaveLength(25);
  atRest.close();
  file = open();
  expect(points()).toEqual(all);
});

it('answers coarser steps of hours that are settled and of one that is not, in the same way', () => {
  say(0, 240);
  const before = [
    asked(beginMs, beginMs + 9 * hourMs),
    asked(beginMs - 90 * 24 * hourMs, beginMs + 9 * hourMs),
  ];
  jump(2 * hourMs);
  expect(rowsIn('due_hour')).toBe(0);
  const [middle, coarse] = before;
  expect(middle?.stepSeconds).toBe(300);
  expect(middle?.points.slice(0, 2)).toEqual([
    { atMs: beginMs, min: 0, max: 9, mean: 5, last: 9 },
    { atMs: beginMs + 300_000, min: 10, max: 19, mean: 15, last: 19 },
  ]);
  expect(coarse?.points[0]).toMatchObject({ min: 0 });
  expect([
    asked(beginMs, beginMs + 9 * hourMs),
    asked(beginMs - 90 * 24 * hourMs, beginMs + 9 * hourMs),
  ]).toEqual(before);
});

it('puts what an outage held back into its place, hours later, as if it had come in time', () => {
  say(0, 20);
  jump(5 * hourMs);
  const late = Array.from({ length: 100 }, (_, n) => reportAt(beginMs + (20 + n) * 30_000, owing(20 + n)));
  expect(file.take('leeds-1', late, clock.wallMs())).toEqual([]);
  file.close();
  file = open();
  jump(3 * 60_000);
  expect(rowsIn('due_hour')).toBe(0);
  expect(asked(beginMs, beginMs + hourMs).points).toHaveLength(120);
  expect(asked(beginMs, beginMs + 9 * hourMs).points.at(-1)).toMatchObject({ min: 110, max: 119 });
  expect(file.timeline('leeds-1', { fromMs: 0, toMs: clock.wallMs() })).toMatchObject([
    { kind: 'silence', sinceMs: beginMs + 19 * 30_000 },
    { kind: 'start' },
  ]);
});

it('counts outages by what each report adds, whatever was thinned between', () => {
  const online = { kind: 'online' as const, forMs: 5 };
  file.take('leeds-1', [reportAt(beginMs, { link: { ...online, outages: 2 } })], beginMs);
  file.take('leeds-1', [reportAt(beginMs + 600_000, { link: { ...online, outages: 7 } })], beginMs + 600_000);
  expect(asked(beginMs, beginMs + hourMs, outages).points).toEqual([
    { atMs: beginMs, count: 0 },
    { atMs: beginMs + 600_000, count: 5 },
  ]);
});

it('says why it takes no place for a report, and knows a repeated one for what it is', () => {
  const one = reportAt(beginMs);
  expect(file.take('leeds-1', [one, one], beginMs)).toEqual(['report_repeated']);
  expect(file.take('leeds-1', [one], beginMs + 200_000)).toEqual(['report_repeated']);
  expect(file.of('leeds-1')?.heardMs).toBe(beginMs);
  expect(file.take('leeds-1', [reportAt(beginMs + hourMs)], beginMs + 1)).toEqual(['report_from_the_future']);
  // It was heard all the same.
  expect(file.of('leeds-1')?.heardMs).toBe(beginMs + 1);
});

it('keeps half minutes for two days, five minutes for sixty, and hours for two years', () => {
  say(0, 240);
  jump(12 * hourMs);
  const steps = () => {
    const db = new Database(fleetPath(folder), { readonly: true });
    const found = db.prepare('SELECT DISTINCT step_seconds FROM block ORDER BY 1').pluck().all();
    db.close();
    return found;
  };
  expect(steps()).toEqual([30, 300, 3600]);
  jump(72 * hourMs);
  expect(steps()).toEqual([300, 3600]);
  jump(60 * 24 * hourMs);
  expect(steps()).toEqual([3600]);
  jump(732 * 24 * hourMs);
  expect(steps()).toEqual([]);
});

it('hears boxes while its file takes nothing', () => {
  const other = new Database(fleetPath(folder));
  other.exec('BEGIN IMMEDIATE');
  file.take('leeds-1', [reportAt(beginMs, owing(7))], beginMs);
  clock.advance(2000);
  expect(file.of('leeds-1')?.report.exposure.totalMinor).toBe(7);
  other.exec('ROLLBACK');
  other.close();
  clock.advance(28_000);
  say(1, 1);
  expect(asked(beginMs, beginMs + hourMs).points).toHaveLength(2);
});

function rowsIn(table: 'due_hour'): number {
  const db = new Database(fleetPath(folder), { readonly: true });
  const count = Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get());
  db.close();
  return count;
}

it('keeps what a doctor found beside the reports: the newest of each box, and over a restart', () => {
  const doctor = (id: string) => ({ id, atMs: 1, checks: [], leftOut: 0, failure: 'it was ended' });
  const [first, second] = ['0199f3c8-6c1a-7d32-8f0e-000000000001', '0199f3c8-6c1a-7d32-8f0e-000000000002'];
  file.take('leeds-1', [reportAt(beginMs, { doctor: doctor(first) })], beginMs);
  expect(file.doctorOf('leeds-1'), 'before it is written').toMatchObject({ heardMs: beginMs });
  file.take('leeds-1', [reportAt(beginMs + 30_000, { doctor: doctor(second) })], beginMs + 30_000);
  file.take('leeds-1', [reportAt(beginMs + 60_000)], beginMs + 60_000);
  expect(file.of('leeds-1')?.report, 'the newest report is what the box is now').not.toHaveProperty('doctor');
  file.close();
  file = open();
  const kept = { result: doctor(second), heardMs: beginMs + 30_000 };
  expect(file.doctorOf('leeds-1')).toEqual(kept);
  expect(file.doctorOf('york-1')).toBeNull();
  const beside = fleetAtRest(folder);
  expect(beside.doctorOf('leeds-1')).toEqual(kept);
  beside.close();
});
