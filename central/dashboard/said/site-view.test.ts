import { expect, it } from 'vitest';
import type { FleetRow } from './row.ts';
import { sitesOf } from './site-view.ts';

const row = (id: string, more: Partial<FleetRow> = {}): FleetRow => ({
  id,
  site: 'Leeds',
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
const pounds = (exposureMinor: number) => ({ exposureMinor, currency: 'GBP' });

it('sums what a site has at stake by currency, at least where one of it is silent', () => {
  const [leeds] = sitesOf([
    row('a', pounds(100)),
    row('b', { ...pounds(50), state: 'silent' }),
    row('c', { exposureMinor: 7, currency: 'EUR' }),
    row('d', { ...pounds(9000), state: 'retired' }),
  ]);
  expect(leeds?.exposure).toEqual([
    { currency: 'GBP', minor: 150, isAtLeast: true },
    { currency: 'EUR', minor: 7, isAtLeast: false },
  ]);
});

it('begins with the site that wants a look, and ends with one that has no box yet', () => {
  const sites = sitesOf(
    [row('a', { site: 'Bath' }), row('b', { site: 'York', state: 'silent' }), row('c', { site: null })],
    ['Ayr', 'Bath'],
  );
  expect(sites.map(({ name }) => name)).toEqual(['York', 'Bath', 'Ayr']);
});

it('counts the boxes of each condition', () => {
  const [leeds] = sitesOf([
    row('a', { conditions: ['disk_filling'] }),
    row('b', { conditions: ['clock_wrong', 'disk_filling'] }),
  ]);
  expect(leeds?.conditions).toEqual([
    { code: 'disk_filling', boxes: 2 },
    { code: 'clock_wrong', boxes: 1 },
  ]);
});
