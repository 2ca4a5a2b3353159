import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type MerchantSystem, openMerchantSystem } from './fixtures/receiver.ts';
import { isAllowedAddress, post } from './post.ts';

let merchant: MerchantSystem;
beforeEach(async () => {
  merchant = await openMerchantSystem();
});
afterEach(() => merchant.close());

const send = (url = merchant.url, postMsMax = 5000) =>
  post({ url, headers: { 'x-one': '1' }, body: Buffer.from('{"a":1}'), privateAddresses: false, postMsMax });

describe('a request to an endpoint', () => {
  it('carries the exact bytes and tells how it was answered, in its first bytes', async () => {
    merchant.answer((response) => response.writeHead(202).end('x'.repeat(5000)));
    expect(await send()).toEqual({ status: 202, error: null, answer: 'x'.repeat(1024) });
    expect(merchant.delivered).toMatchObject([{ body: '{"a":1}', headers: { 'x-one': '1' } }]);
  });

  it('does not follow a redirect', async () => {
    merchant.answer((response) => response.writeHead(307, { location: '/elsewhere' }).end());
    expect(await send()).toMatchObject({ status: 307 });
    expect(merchant.delivered).toHaveLength(1);
  });

  it('ends within its time, also when the answer drips', async () => {
    merchant.answer(() => {});
    expect(await send(undefined, 100)).toMatchObject({ error: 'timed_out' });
    merchant.answer((response) => {
      response.writeHead(200);
      const drip = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(drip));
    });
    expect(await send(undefined, 200)).toMatchObject({ status: null, error: 'timed_out' });
  });

  it('says in the words of the system when nobody listens or the connection breaks', async () => {
    merchant.answer((response) => response.destroy());
    expect(await send()).toMatchObject({ error: 'ECONNRESET' });
    await merchant.close();
    expect(await send()).toMatchObject({ error: 'ECONNREFUSED' });
    merchant = await openMerchantSystem();
  });

  it('goes to no private address, whether it is written out or a name means it', async () => {
    for (const url of [
      'https://10.0.0.1/',
      'https://[fe80::1]/',
      'https://localhost/',
      'https://127.0.0.1/',
    ]) {
      expect(await send(url)).toMatchObject({ error: 'address_refused' });
    }
    expect(merchant.delivered).toEqual([]);
  });
});

it.each([
  ['http:', '127.0.0.1', false, true],
  ['http:', '::1', false, true],
  ['http:', '192.168.1.7', true, false],
  ['https:', '192.168.1.7', false, false],
  ['https:', '192.168.1.7', true, true],
  ['https:', '169.254.169.254', false, false],
  ['https:', '::ffff:10.0.0.1', false, false],
  ['https:', 'fd00::1', false, false],
  ['https:', '203.0.113.9', false, true],
  ['https:', '2001:4860::1', false, true],
])('by %s to %s with private addresses %s: %s', (protocol, address, privateAddresses, allowed) => {
  expect(isAllowedAddress(protocol, address, privateAddresses)).toBe(allowed);
});
