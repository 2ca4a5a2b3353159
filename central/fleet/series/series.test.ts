// What is kept of reports over time: nothing is lost on the way into bytes, and a coarser step says what the finer ones said.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HealthReport } from '../../../contract/health.ts';
import { sampleReport } from '../../fixtures/health.ts';
import { decodeBlock, encodeBlock, mergeRows } from './block.ts';
import { downSample } from './down-sample.ts';
import { createGatherer } from './gather.ts';
import { columnOf, metricNamed, metrics } from './metrics.ts';
import { answerSeries, type Point } from './points.ts';
import { type Row, rowOf } from './row.ts';
import { chooseStep, levels, pointsMax } from './steps.ts';

const atMs = 1_795_341_600_000;
const named = (name: string) => metricNamed(name) ?? expect.fail(`no ${name}`);
const report = (change: Partial<HealthReport>): HealthReport => ({ ...sampleReport, ...change });
const columnIn = (row: Row, column: number) => new Map(pairs(row)).get(column);
const pairs = ({ values }: Row) =>
  Array.from({ length: values.length / 2 }, (_, i) => [values[2 * i], values[2 * i + 1]] as [number, number]);

describe('the metrics', () => {
  it('have a name and a number each', () => {
    expect(new Set(metrics.map(({ name }) => name)).size).toBe(metrics.length);
    expect(new Set(metrics.map(({ number }) => number)).size).toBe(metrics.length);
  });
});

describe('a row', () => {
  it('has what is so, in grains, and not what the box does not say', () => {
    const row = rowOf(atMs, report({ machine: { ...sampleReport.machine, temperatureCelsius: null } }), null);
    expect(columnIn(row, columnOf(named('resident_bytes')))).toBe(Math.round(101_711_872 / 65_536));
    expect(columnIn(row, columnOf(named('link_up')))).toBe(1);
    expect(columnIn(row, columnOf(named('temperature_celsius')))).toBeUndefined();
    expect(row.slot).toBe(atMs / 30_000);
  });

  it('counts what happened since the report before, and from nothing when the program began anew', () => {
    const verdicts = { authorised: 5, approvedOffline: 2, declined: 0, refused: 0, pending: 0 };
    const before = report({ verdicts, latency: { http: [3, 1], commit: [], receipt: [] } });
    const after = report({
      upMs: before.upMs + 30_000,
      verdicts: { ...verdicts, authorised: 9 },
      latency: { http: [4, 1, 2], commit: [], receipt: [] },
    });
    const row = rowOf(atMs, after, before);
    expect(columnIn(row, columnOf(named('verdicts_authorised')))).toBe(4);
    expect(columnIn(row, columnOf(named('verdicts_approved_offline')))).toBeUndefined();
    expect(columnIn(row, columnOf(named('http_ms'), 0))).toBe(1);
    expect(columnIn(row, columnOf(named('http_ms'), 1))).toBeUndefined();
    expect(columnIn(row, columnOf(named('http_ms'), 2))).toBe(2);
    const restarted = rowOf(atMs, { ...after, upMs: 5 }, before);
    expect(columnIn(restarted, columnOf(named('verdicts_authorised')))).toBe(9);
    expect(columnIn(restarted, columnOf(named('http_ms'), 0))).toBe(4);
    // Nobody knows since when it counted.
    expect(columnIn(rowOf(atMs, after, null), columnOf(named('verdicts_authorised')))).toBeUndefined();
  });

  it('takes a journal that began anew for nothing written, not for all of it', () => {
    const anew = report({ journal: { ...sampleReport.journal, lastSeq: 3 } });
    expect(columnIn(rowOf(atMs, anew, sampleReport), columnOf(named('entries')))).toBeUndefined();
  });

  it('bounds what a box may say, so that it comes back as it was stored', () => {
    const wild = report({ exposure: { ...sampleReport.exposure, totalMinor: Number.MAX_SAFE_INTEGER } });
    const rows = [
      rowOf(atMs, sampleReport, null),
      rowOf(atMs + 30_000, wild, null),
      rowOf(atMs + 60_000, sampleReport, null),
    ];
    expect(decodeBlock(encodeBlock(rows))).toEqual(rows);
    expect(columnIn(rows[1] as Row, columnOf(named('exposure_minor')))).toBe(1e15);
  });
});

const someRows = fc
  .uniqueArray(
    fc.record({
      slot: fc.integer({ min: 0, max: 3000 }),
      values: fc.dictionary(
        fc.constantFrom('16', '17', '64', '480', '800', '813'),
        fc.integer({ min: -1e15, max: 1e15 }),
      ),
    }),
    { selector: ({ slot }) => slot, maxLength: 130 },
  )
  .map((rows) =>
    rows
      .map(({ slot, values }) => ({
        slot,
        values: Object.entries(values).flatMap(([column, value]) => [Number(column), value]),
      }))
      .sort((a, b) => a.slot - b.slot),
  );

describe('a block', () => {
  it('gives back any rows', () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        expect(decodeBlock(encodeBlock(rows))).toEqual(rows);
      }),
    );
  });

  it('of an hour in which nothing changes takes two hundred bytes at most', () => {
    const rows = Array.from({ length: 120 }, (_, i) => rowOf(atMs + i * 30_000, sampleReport, sampleReport));
    expect(encodeBlock(rows).length).toBeLessThan(200);
  });

  it('that is cut or of another version is refused', () => {
    const bytes = encodeBlock([rowOf(atMs, sampleReport, null)]);
    expect(() => decodeBlock(bytes.subarray(0, -1))).toThrow();
    expect(() => decodeBlock(Buffer.concat([Buffer.from([9]), bytes]))).toThrow();
  });
});

describe('down-sampling', () => {
  const [gauge, count] = [columnOf({ number: 1 }), columnOf({ number: 30 })];
  const rows: Row[] = [5, 1, 9, 3].map((value, i) => ({ slot: i, values: [gauge, value, count, i] }));

  it('keeps least, most, mean and last of what is so, and the sum of what happened', () => {
    const [row] = downSample(rows, 10);
    expect(row?.values).toEqual([
      ...[0, 4, gauge + 1, 1, gauge + 2, 9, gauge + 3, Math.round(18 / 4), gauge + 4, 3],
      ...[count, 0 + 1 + 2 + 3],
    ]);
  });

  it('in two steps says what one step says, but for the rounding of the mean', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 240 }),
        (values) => {
          const fine = values.map((value, slot) => ({ slot, values: [gauge, value] }));
          const once = downSample(fine, 120);
          const twice = downSample(downSample(fine, 10), 12);
          for (const [i, row] of once.entries()) {
            const [a, b] = [new Map(pairs(row)), new Map(pairs(twice[i] as Row))];
            for (const part of [0, gauge + 1, gauge + 2, gauge + 4]) expect(b.get(part)).toBe(a.get(part));
            expect(Math.abs((b.get(gauge + 3) ?? 0) - (a.get(gauge + 3) ?? 0))).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });
});

describe('the gatherer', () => {
  it('gives a box’s five minutes when they are over, and those of a box that fell silent', () => {
    const gatherer = createGatherer();
    for (let slot = 0; slot < 11; slot++) gatherer.add(10, { slot, values: [] });
    expect(gatherer.take(11).map(({ rows }) => rows.length)).toEqual([10]);
    expect(gatherer.take(19)).toEqual([]);
    expect(gatherer.take(30).map(({ rows }) => rows.length)).toEqual([1]);
  });

  it('makes one of two reports of half a minute, without losing what happened', () => {
    const gatherer = createGatherer();
    gatherer.add(1, { slot: 5, values: [columnOf({ number: 1 }), 7, columnOf({ number: 30 }), 2] });
    gatherer.add(1, { slot: 5, values: [columnOf({ number: 1 }), 8, columnOf({ number: 30 }), 3] });
    expect(gatherer.waiting(1)).toEqual([{ slot: 5, values: [16, 8, 480, 5] }]);
  });
});

describe('an answer', () => {
  const hourMs = 3_600_000;

  it.each([
    ['an hour', hourMs, 0, 30],
    ['eight hours', 8 * hourMs, 0, 30],
    ['nine hours', 9 * hourMs, 0, 300],
    ['an hour of three days ago', hourMs, 72 * hourMs, 300],
    ['a week', 168 * hourMs, 0, 3600],
    ['an hour of half a year ago', hourMs, 4380 * hourMs, 3600],
    ['two years', 17_520 * hourMs, 0, 24 * 3600],
  ])('about %s is given at the finest step that is kept and fits', (_, lengthMs, agoMs, stepSeconds) => {
    const toMs = atMs - agoMs;
    const { level, factor } = chooseStep(toMs - lengthMs, toMs, atMs);
    expect(level.stepSeconds * factor).toBe(stepSeconds);
    expect(lengthMs / 1000 / stepSeconds).toBeLessThanOrEqual(pointsMax);
  });

  it('never has more points than it may, whatever is asked', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2e12 }),
        fc.integer({ min: 1, max: 4e12 }),
        (fromMs, lengthMs) => {
          const { level, factor } = chooseStep(fromMs, fromMs + lengthMs, 2e12);
          const stepMs = level.stepSeconds * factor * 1000;
          expect(Math.ceil((fromMs + lengthMs) / stepMs) - Math.floor(fromMs / stepMs)).toBeLessThanOrEqual(
            pointsMax + 1,
          );
        },
      ),
    );
  });

  it('has the same gauge at the finest step and at a coarser one, and no point where nothing was said', () => {
    const metric = named('resident_bytes');
    const rows = [0, 1, 3].map((i) => rowOf(atMs + i * 30_000, sampleReport, null));
    const answer = (toMs: number) =>
      answerSeries(metric, { fromMs: atMs, toMs, nowMs: atMs + hourMs }, (level) =>
        level === levels[0] ? rows : downSample(rows, level.stepSeconds / 30),
      );
    const value = Math.round(101_711_872 / 65_536) * 65_536;
    const point: Point = { atMs, min: value, max: value, mean: value, last: value };
    expect(answer(atMs + hourMs)).toMatchObject({ stepSeconds: 30 });
    expect(answer(atMs + hourMs).points.map((one) => one.atMs - atMs)).toEqual([0, 30_000, 90_000]);
    expect(answer(atMs + 9 * hourMs).points).toEqual([point]);
  });

  it('of a latency names the bound under which half and nearly all lie', () => {
    const latency = { http: [90, 9, 0, 0, 1], commit: [], receipt: [] };
    const row = rowOf(atMs, report({ latency }), report({ latency: undefined }));
    const [point] = answerSeries(named('http_ms'), { fromMs: atMs, toMs: atMs + 60_000, nowMs: atMs }, () => [
      row,
    ]).points;
    expect(point).toMatchObject({ p50Ms: 1, p99Ms: 2 });
  });
});

describe('rows of several blocks', () => {
  it('are one list, in which the later block holds', () => {
    expect(
      mergeRows(
        [{ slot: 2, values: [1, 1] }],
        [
          { slot: 1, values: [] },
          { slot: 2, values: [1, 2] },
        ],
      ),
    ).toEqual([
      { slot: 1, values: [] },
      { slot: 2, values: [1, 2] },
    ]);
  });
});
