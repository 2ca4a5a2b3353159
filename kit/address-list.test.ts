import { describe, expect, it } from 'vitest';
import { clientAddress, isAddressRange, isListed, subscriberOf } from './address-list.ts';

describe('a range', () => {
  it.each(['192.0.2.7', '192.0.2.0/24', '0.0.0.0/0', '2001:db8::/32', '::1', '::1/128'])('is %s', (text) => {
    expect(isAddressRange(text)).toBe(true);
  });
  it.each([
    '',
    'localhost',
    '192.0.2',
    '192.0.2.0/33',
    '::/129',
    '192.0.2.0/24/1',
    '192.0.2.0/',
    '/8',
    '1.2.3.4/-1',
  ])('is not %j', (text) => expect(isAddressRange(text)).toBe(false));
});

describe('an address', () => {
  it.each([
    ['192.0.2.7', true],
    ['192.0.3.7', false],
    ['::ffff:192.0.2.7', true],
    ['2001:db8:1::5', true],
    ['2001:db9::5', false],
    ['10.1.1.1', true],
    ['10.1.1.2', false],
    ['no address', false],
  ])('%s is on the list: %s', (address, listed) => {
    expect(isListed(['192.0.2.0/24', '2001:db8::/32', '10.1.1.1'], address)).toBe(listed);
  });

  it('is on no empty list', () => {
    expect(isListed([], '127.0.0.1')).toBe(false);
  });
});

describe('behind proxies', () => {
  const proxies = ['10.0.0.0/8'];
  it.each([
    ['a direct caller is believed to be itself', '203.0.113.5', '', '203.0.113.5'],
    ['a direct caller cannot say it is another', '203.0.113.5', '192.0.2.1', '203.0.113.5'],
    ['a proxy says who called it', '10.0.0.1', '203.0.113.5', '203.0.113.5'],
    ['what the caller wrote before is passed over', '10.0.0.1', '192.0.2.1, 203.0.113.5', '203.0.113.5'],
    ['through two proxies', '::ffff:10.0.0.1', '203.0.113.5, 10.0.0.2', '203.0.113.5'],
    ['a proxy that says nothing is the caller', '10.0.0.1', '', '10.0.0.1'],
    ['a hop that is no address ends the search', '10.0.0.1', 'unknown', '10.0.0.1'],
  ])('%s', (_, peer, forwarded, address) => {
    expect(clientAddress(peer, forwarded, proxies)).toBe(address);
  });
});

describe('a subscriber', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:db8::9', '2001:db8:0:0::/64'],
    ['2001:db8::5:6:7:8:9', '2001:db8:0:5::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['64:ff9b::192.0.2.7', '64:ff9b:0:0::/64'],
    ['no address', 'no address'],
  ])('of %s is %s', (address, subscriber) => {
    expect(subscriberOf(address)).toBe(subscriber);
  });
});
