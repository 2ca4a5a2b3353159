// Who may read /metrics, and that requests of kiosks are counted by what they took.

import { createServer, type Server } from 'node:http';
import Koa from 'koa';
import { afterEach, expect, it } from 'vitest';
import { listen } from '../../kit/listen.ts';
import { serveMetrics, timeRequests } from './metrics.ts';
import { answerProblem, ProblemError } from './problems.ts';

let server: Server | undefined;
afterEach(() => void server?.close());

async function serve(from: string, addresses: string[]) {
  const took: { failed: boolean }[] = [];
  const app = new Koa();
  app.use(timeRequests((_, failed) => took.push({ failed })));
  app.use(async (ctx, next) => {
    Object.defineProperty(ctx.request, 'ip', { value: from });
    try {
      await next();
    } catch (error) {
      if (error instanceof ProblemError) answerProblem(ctx, error.code);
    }
  });
  app.use(serveMetrics({ text: async () => 'a 1\n', addresses }));
  app.use((ctx) => {
    if (ctx.method === 'PUT') throw new ProblemError('busy');
    ctx.body = 'something else';
  });
  server = createServer(app.callback());
  const port = await listen(server, 0, '127.0.0.1');
  return { took, ask: (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init) };
}

it.each([
  ['127.0.0.1', [], 200],
  ['::1', [], 200],
  ['::ffff:127.0.0.1', [], 200],
  ['10.1.2.3', [], 404],
  ['10.1.2.3', ['10.1.0.0/16'], 200],
  ['10.2.2.3', ['10.1.0.0/16'], 404],
])('answers %s where %j may read with %i', async (from, addresses, status) => {
  const { ask } = await serve(from, addresses);
  expect((await ask('/metrics')).status).toBe(status);
});

it('answers in the type that Prometheus reads, and takes no other method', async () => {
  const { ask } = await serve('127.0.0.1', []);
  const answer = await ask('/metrics');
  expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(await answer.text()).toBe('a 1\n');
  expect((await ask('/metrics', { method: 'POST' })).status).toBe(405);
  expect(await (await ask('/other')).text()).toBe('something else');
});

it('counts what kiosks ask and what it failed on, and neither probes nor streams', async () => {
  const { ask, took } = await serve('127.0.0.1', []);
  for (const path of ['/v1/checkouts', '/v1/status', '/v1/events', '/livez', '/metrics']) await ask(path);
  await ask('/v1/checkouts', { method: 'PUT' });
  expect(took.map(({ failed }) => failed)).toEqual([false, false, true]);
});
