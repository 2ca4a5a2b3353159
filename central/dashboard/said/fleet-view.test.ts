import { describe, expect, it } from 'vitest';
import { countStates, fleetCsv, mergeRows, shownRows, wholeFleet } from './fleet-view.ts';
import type { FleetRow } from './row.ts';

const row = (id: string, more: Partial<FleetRow> = {}): FleetRow => ({
  id,
  site: null,
  state: 'selling_online',
  sinceMs: null,
  conditions: [],
  unreceived: 0,
  exposureMinor: null,
  currency: null,
  release: '1.0',
  lastProofMs: 5,
  certificateEndsMs: null,
  ...more,
});
const rows = [
  row('b', { site: 'Leeds', exposureMinor: 10, currency: 'GBP' }),
  row('a', { site: 'York', state: 'silent', exposureMinor: 900, currency: 'GBP', sinceMs: 0 }),
  row('c', { state: 'degraded', conditions: ['disk_filling'] }),
];
const ids = (shown: FleetRow[]) => shown.map(({ id }) => id).join('');

describe('the list of the fleet', () => {
  it('begins with what wants a look', () => {
    expect(ids(shownRows(rows, wholeFleet))).toBe('acb');
  });

  it.each([
    ['leeds', 'b'],
    ['YORK 1.0', 'a'],
    ['disk', 'c'],
    ['leeds york', ''],
  ])('finds by %j', (text, found) => {
    expect(ids(shownRows(rows, { ...wholeFleet, text }))).toBe(found);
  });

  it('shows only the states that are wanted, and sorts both ways', () => {
    expect(ids(shownRows(rows, { ...wholeFleet, states: ['silent', 'degraded'] }))).toBe('ac');
    expect(ids(shownRows(rows, { ...wholeFleet, sort: { by: 'exposure', down: true } }))).toBe('abc');
    expect(ids(shownRows(rows, { ...wholeFleet, sort: { by: 'id', down: false } }))).toBe('abc');
  });

  it('counts states, the most urgent first', () => {
    expect(countStates(rows).map(({ state, count }) => `${state} ${count}`)).toEqual([
      'silent 1',
      'degraded 1',
      'selling_online 1',
    ]);
  });

  it('takes in what changed and what is new', () => {
    const merged = mergeRows(rows, [row('a'), row('d')]);
    expect(ids(merged)).toBe('bacd');
    expect(merged[1]?.state).toBe('selling_online');
  });

  it('is written as a file that a spreadsheet runs nothing of', () => {
    const text = fleetCsv([row('a', { site: '=HYPERLINK("x")', state: 'silent', sinceMs: 0 })]);
    expect(text.split('\r\n')[1]).toBe(
      `a,"'=HYPERLINK(""x"")",silent,1970-01-01T00:00:00.000Z,,0,,,1.0,1970-01-01T00:00:00.005Z,`,
    );
  });
});
