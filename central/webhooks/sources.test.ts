import { expect, it } from 'vitest';
import { AddressRange, addressOf, addressSet } from './sources.ts';

it.each(['192.0.2.7', '192.0.2.0/24', '2001:db8::/32', '::1'])('takes %s as a range', (text) => {
  expect(AddressRange.safeParse(text).success).toBe(true);
});

it.each(['', 'localhost', '192.0.2.0/33', '192.0.2.0/', '192.0.2.0/24/2', '2001:db8::/129', '192.0.2.0/-1'])(
  'refuses %j as a range',
  (text) => {
    expect(AddressRange.safeParse(text).success).toBe(false);
  },
);

it('knows an address by its range, also when it comes over an IPv6 socket', () => {
  const set = addressSet(['192.0.2.0/24', '2001:db8::/32']);
  expect(['192.0.2.9', '::ffff:192.0.2.9', '2001:db8::9'].map(set.has)).toEqual([true, true, true]);
  expect(['192.0.3.9', '::ffff:192.0.3.9', '2001:db9::9', 'nonsense', ''].map(set.has)).toEqual(
    Array(5).fill(false),
  );
});

it('believes what a proxy of ours added, and nothing that the asker wrote', () => {
  const proxies = addressSet(['127.0.0.1']);
  const spoofed = '198.51.100.1, 203.0.113.5';
  expect(addressOf('127.0.0.1', spoofed, proxies)).toBe('203.0.113.5');
  expect(addressOf('203.0.113.5', '198.51.100.1', proxies)).toBe('203.0.113.5');
  expect(addressOf('127.0.0.1', '', proxies)).toBe('127.0.0.1');
  expect(addressOf('::ffff:127.0.0.1', 'unknown', proxies)).toBe('127.0.0.1');
});
