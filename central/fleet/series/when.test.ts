// When a report was made, and what began and ended by it: by central's clock, whatever the box's own says.
import { describe, expect, it } from 'vitest';
import type { HealthReport } from '../../../contract/health.ts';
import { sampleReport } from '../../fixtures/health.ts';
import { isRepeated, placeReport } from './place.ts';
import { changesBy } from './timeline.ts';

const heardMs = 1_795_341_700_000;
const dayMs = 86_400_000;
const at = (monotonicMs: number, central: number | null, wallMs = 0): HealthReport => ({
  ...sampleReport,
  at: {
    ...{ bootId: sampleReport.at.bootId, monotonicMs, wallMs },
    ...(central !== null && { central: { ms: central, uncertaintyMs: 40 } }),
  },
});

describe('a report', () => {
  it.each([
    ['of an outage lies where the box knew it to be', at(5, heardMs - 7200_000), [], heardMs - 7200_000],
    ['whose estimate is a little ahead lies at the moment it is heard', at(5, heardMs + 20_000), [], heardMs],
    [
      'from before central was heard counts back from one after it',
      at(1000, null),
      [at(61_000, heardMs - 5)],
      heardMs - 60_005,
    ],
    [
      'of a boot that never heard central goes by its wall clock',
      at(5, null, heardMs - 9000),
      [],
      heardMs - 9000,
    ],
  ])('%s', (_, report, later, atMs) => {
    expect(placeReport(report, later, heardMs)).toEqual({ kind: 'placed', atMs });
  });

  it.each([
    ['from the future', at(5, heardMs + 3_600_000), 'report_from_the_future'],
    ['older than anything is kept for', at(5, heardMs - 61 * dayMs), 'report_too_old'],
    ['of a clock that says 1970', at(5, null, 1000), 'report_time_unknown'],
    ['of a clock that says 2040', at(5, null, 2_208_988_800_000), 'report_time_unknown'],
  ])('%s has no place', (_, report, reason) => {
    expect(placeReport(report, [], heardMs)).toEqual({ kind: 'misplaced', reason });
  });

  it('is not counted back from one of another boot', () => {
    const other = at(61_000, heardMs);
    const later = [{ ...other, at: { ...other.at, bootId: '00000000-0000-4000-8000-000000000009' } }];
    expect(placeReport(at(1000, null, 5), later, heardMs).kind).toBe('misplaced');
  });

  it('that was said before proves nothing', () => {
    expect(isRepeated(at(7, null), at(7, null))).toBe(true);
    expect(isRepeated(at(6, null), at(7, null))).toBe(true);
    expect(isRepeated(at(8, null), at(7, null))).toBe(false);
    expect(isRepeated(at(8, null), null)).toBe(false);
  });
});

describe('the timeline', () => {
  const quiet: HealthReport = { ...sampleReport, conditions: [] };
  const low: HealthReport = { ...quiet, conditions: [{ code: 'stock_low', forMs: 5000 }] };
  const offline: HealthReport = { ...quiet, link: { kind: 'offline', forMs: 60_000, outages: 1 } };
  const before = { report: quiet, heardMs: heardMs - 30_000 };
  const by = (report: HealthReport, open: [string, number][] = [], was: typeof before | null = before) =>
    changesBy(new Map(open), { report, atMs: heardMs }, was, heardMs);

  it('has a condition from when the box says it began until a report without it', () => {
    const event = { kind: 'condition', code: 'stock_low', sinceMs: heardMs - 5000, untilMs: null };
    expect(by(low)).toEqual([{ kind: 'began', event }]);
    expect(by(low, [['condition stock_low', heardMs - 5000]])).toEqual([]);
    expect(by(quiet, [['condition stock_low', 7]])).toEqual([
      { kind: 'ended', of: { kind: 'condition', code: 'stock_low' }, untilMs: heardMs },
    ]);
  });

  it('has a condition twice that ended and began again between two reports', () => {
    const changes = by(low, [['condition stock_low', heardMs - 500_000]]);
    expect(changes.map(({ kind }) => kind)).toEqual(['ended', 'began']);
  });

  it('has an outage until the link says since when it is back', () => {
    expect(by(offline)).toMatchObject([
      { kind: 'began', event: { kind: 'outage', sinceMs: heardMs - 60_000 } },
    ]);
    const back: HealthReport = { ...quiet, link: { kind: 'online', forMs: 9000, outages: 1 } };
    expect(by(back, [['outage ', heardMs - 90_000]])).toEqual([
      { kind: 'ended', of: { kind: 'outage', code: '' }, untilMs: heardMs - 9000 },
    ]);
  });

  it('has every start of the program, and the silence between two words', () => {
    const started: HealthReport = { ...quiet, upMs: 4000, release: '0.2.0' };
    expect(by(started)).toMatchObject([{ event: { kind: 'start', code: '0.2.0', sinceMs: heardMs - 4000 } }]);
    expect(by(quiet, [], null)).toMatchObject([{ event: { kind: 'start' } }]);
    expect(by(quiet, [], { report: quiet, heardMs: heardMs - 500_000 })).toEqual([
      { kind: 'began', event: { kind: 'silence', code: '', sinceMs: heardMs - 500_000, untilMs: heardMs } },
    ]);
  });
});
