// What may change while it serves, seen by requests over one connection that stands.
import { Agent, createServer, get } from 'node:http';
import Koa from 'koa';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { listen } from '../../kit/listen.ts';
import { createLive, type Live, type LiveOptions } from './live.ts';

const first: LiveOptions = { ratePerMinute: 2, loopbackRatePerMinute: null, corsOrigins: [], lan: null };
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let live: Live;
let port: number;
let server: ReturnType<typeof createServer>;

beforeEach(async () => {
  live = createLive(first);
  const app = new Koa();
  // What is thrown is answered by the server that uses it; here its code will do.
  app.use((ctx, next) =>
    next().catch((error: { code: string }) => {
      ctx.body = error.code;
    }),
  );
  app.use(live.cors);
  app.use(async (ctx) => {
    await live.rates.count(ctx, null, true);
    ctx.body = 'taken';
  });
  server = createServer(app.callback());
  port = await listen(server, 0, '127.0.0.1');
});
afterEach(() => {
  agent.destroy();
  server.close();
});

function ask(): Promise<{ said: string; origin: unknown }> {
  const headers = { Origin: 'https://till.example' };
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', agent, headers }, async (response) => {
      const said = (await response.setEncoding('utf8').toArray()).join('');
      resolve({ said, origin: response.headers['access-control-allow-origin'] });
    }).on('error', reject);
  });
}
const say = async () => (await ask()).said;

it('goes on counting under the same limit, and begins anew under another', async () => {
  expect([await say(), await say(), await say()]).toEqual(['taken', 'taken', 'rate_limited']);
  live.take({ ...first, corsOrigins: ['https://till.example'] });
  expect(await say()).toBe('rate_limited');
  live.take({ ...first, ratePerMinute: 3 });
  expect(await say()).toBe('taken');
});

it('lets a page of an origin in, and out again', async () => {
  expect((await ask()).origin).toBeUndefined();
  live.take({ ...first, corsOrigins: ['https://till.example'] });
  expect((await ask()).origin).toBe('https://till.example');
  live.take({ ...first, ratePerMinute: null });
  expect((await ask()).origin).toBeUndefined();
});
