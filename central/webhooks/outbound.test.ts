import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { EndpointUrl, newEndpointSecret, signBody } from './outbound.ts';

it.each([
  'https://shop.example/a?b=c',
  'https://10.0.0.1:8443/',
  'http://127.0.0.1:9000/',
  'http://[::1]/',
  'http://localhost/x',
])('takes %s', (url) => {
  expect(EndpointUrl.safeParse(url).success).toBe(true);
});

it.each([
  ['http://shop.example/', 'use https'],
  ['http://127.0.0.1.example/', 'use https'],
  ['https://user:secret@shop.example/', 'user and password'],
  ['https://shop.example/#part', 'fragment'],
  ['ftp://shop.example/', 'use https'],
  ['shop.example', 'use a whole URL'],
])('refuses %s and says what to do', (url, words) => {
  const parsed = EndpointUrl.safeParse(url);
  expect(parsed.error?.issues[0]?.message).toContain(words);
});

it('signs the time and the exact bytes by each secret', () => {
  const body = Buffer.from('{"é":1}');
  const by = (secret: string) =>
    createHmac('sha256', secret).update('1795000000.').update(body).digest('hex');
  expect(signBody(body, ['new', 'old'], 1_795_000_000_999)).toBe(
    `t=1795000000,v1=${by('new')},v1=${by('old')}`,
  );
});

it('makes secrets that nobody guesses', () => {
  const secrets = Array.from({ length: 100 }, newEndpointSecret);
  expect(new Set(secrets).size).toBe(100);
  expect(secrets.every((secret) => /^hf_whsec_[\w-]{43}$/.test(secret))).toBe(true);
});
