import { createServer } from 'node:http';
import { afterEach, expect, it } from 'vitest';
import { askHealth } from './health.ts';
import { listen } from './listen.ts';

const server = createServer();
let answer: [number, string] = [200, '{"status":"ready"}'];
server.on('request', ({ url }, response) => {
  const [status, body] = url === '/readyz' ? answer : [404, '{}'];
  response.writeHead(status).end(body);
});
afterEach(() => new Promise((resolve) => server.close(resolve)));
const well = ['ready', 'waiting_for_feed'];

it.each([
  [200, '{"status":"ready"}', { healthy: true, words: 'ready' }],
  [503, '{"status":"waiting_for_feed"}', { healthy: true, words: 'waiting_for_feed' }],
  [503, '{"status":503,"code":"busy"}', { healthy: false, words: 'HTTP 503' }],
  [500, '{"status":"broken"}', { healthy: false, words: 'broken' }],
])('judges by what the program answers: %i %s', async (status, body, health) => {
  answer = [status, body];
  const port = await listen(server, 0, '127.0.0.1');
  expect(await askHealth({ host: '127.0.0.1', port }, well)).toEqual(health);
});

it('asks a program that listens at all addresses at the one of this machine', async () => {
  answer = [200, '{"status":"ready"}'];
  const port = await listen(server, 0, '0.0.0.0');
  expect(await askHealth({ host: '0.0.0.0', port }, well)).toEqual({ healthy: true, words: 'ready' });
});

it('says that nobody listens, or that what answers is none of ours', async () => {
  answer = [200, 'hello'];
  const port = await listen(server, 0, '127.0.0.1');
  const at = `http://127.0.0.1:${port}/readyz`;
  const odd = await askHealth({ host: '127.0.0.1', port }, well);
  expect(odd).toEqual({ healthy: false, words: `no answer that can be read at ${at}` });
  await new Promise((resolve) => server.close(resolve));
  const none = await askHealth({ host: '127.0.0.1', port }, well);
  expect(none).toEqual({ healthy: false, words: `nobody listens at ${at}` });
});
