import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Status } from '../contract/kiosk-api.ts';
import { bannerOf, moneyText } from './banner.ts';

const online = Status.parse(
  JSON.parse(readFileSync(new URL('../contract/samples/status.json', import.meta.url), 'utf8')),
);
const hourMs = 3_600_000;

function offline(timeLeftMs: number | null, moneyLeftMinor: number | null): Status {
  return {
    ...online,
    link: { kind: 'offline', sinceMs: 5000 },
    offline: { sinceMs: 4000, timeLeftMs, moneyLeftMinor },
  };
}

it('has nothing to say while there is a link', () => {
  expect(bannerOf(online)).toEqual({ kind: 'online' });
});

it('says since when there is no link, and what is left', () => {
  expect(bannerOf(offline(2 * hourMs, 1_000_000))).toEqual({
    kind: 'offline',
    sinceMs: 4000,
    timeLeftMs: 2 * hourMs,
    moneyLeftMinor: 1_000_000,
    currency: 'GBP',
    exhausted: false,
    words: 'No link. Sales go on and are settled later. Left: 2 h 0 min and £10,000.00.',
  });
});

it.each([
  [90_000, null, 'No link. Sales go on and are settled later. Left: 1 min.'],
  [59_999, null, 'No link. Sales go on and are settled later. Left: less than a minute.'],
  [null, 250, 'No link. Sales go on and are settled later. Left: £2.50.'],
  [null, null, 'No link. Sales go on and are settled later.'],
])('with %s ms and %s of money left says: %s', (timeLeftMs, moneyLeftMinor, words) => {
  expect(bannerOf(offline(timeLeftMs, moneyLeftMinor))).toMatchObject({ exhausted: false, words });
});

it('lets the time run down between two statuses, and never below nothing', () => {
  expect(bannerOf(offline(hourMs, null), 600_000)).toMatchObject({ timeLeftMs: 3_000_000, exhausted: false });
  expect(bannerOf(offline(hourMs, null), 2 * hourMs)).toMatchObject({ timeLeftMs: 0, exhausted: true });
});

it.each([
  [0, null],
  [null, 0],
])('says that a limit is reached when %s ms and %s of money are left', (timeLeftMs, moneyLeftMinor) => {
  const banner = bannerOf(offline(timeLeftMs, moneyLeftMinor));
  expect(banner).toMatchObject({ exhausted: true, words: expect.stringContaining('limit') });
});

it('counts a link that is being made, or was refused, as none', () => {
  for (const kind of ['connecting', 'refused'] as const) {
    const status: Status = { ...online, link: { kind, sinceMs: 7000 } };
    expect(bannerOf(status)).toMatchObject({ kind: 'offline', sinceMs: 7000 });
  }
});

it('tells an appliance that does not answer from a link that is cut', () => {
  expect(bannerOf(null)).toMatchObject({ kind: 'unreachable' });
});

it('writes money with the decimals of its currency', () => {
  expect([moneyText(1234, 'GBP'), moneyText(1234, 'JPY')]).toEqual(['£12.34', 'JP¥1,234']);
});
