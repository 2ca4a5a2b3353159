// The stream of whoever looks at the page, over real HTTP: what is told, what is told again, who is sent away.
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createViewers, type Viewers, viewerLimits } from './viewers.ts';

let viewers: Viewers;
let server: Server;
let url: string;
let watched: string[];
const readers: AbortController[] = [];

beforeEach(async () => {
  watched = [];
  viewers = createViewers(() => {
    watched.push('on');
    return () => void watched.push('off');
  });
  server = createServer((request, response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    if (!viewers.add(response, String(request.headers['last-event-id'] ?? ''), async () => true))
      response.end('full');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  for (const reader of readers.splice(0)) reader.abort();
  viewers.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** A viewer, and all it has read until now. */
async function look(
  lastEventId?: string,
): Promise<{ text: () => string; ids: () => string[]; leave(): void }> {
  const reader = new AbortController();
  readers.push(reader);
  const headers = lastEventId === undefined ? {} : { 'last-event-id': lastEventId };
  const { body } = await fetch(url, { headers, signal: reader.signal });
  let read = '';
  const take = async () => {
    for await (const piece of body ?? []) read += Buffer.from(piece).toString();
  };
  take().catch(() => {});
  await expect.poll(() => read).toContain('\n\n');
  return {
    text: () => read,
    ids: () => [...read.matchAll(/^id: (.*)$/gm)].map(([, id = '']) => id),
    leave: () => reader.abort(),
  };
}

describe('viewers', () => {
  it('are told to read anew first, and then what changes', async () => {
    const before = viewers.position();
    const one = await look();
    expect(one.ids(), 'what was read before nobody told of').toEqual([viewers.position()]);
    expect(one.ids()).not.toEqual([before]);
    expect(one.text()).toMatch(/event: anew\ndata: \{\}\n\n$/);
    viewers.tell('fleet', { rows: [{ id: 'a\nb' }] });
    await expect.poll(one.text).toContain('event: fleet\ndata: {"rows":[{"id":"a\\nb"}]}\n\n');
  });

  it('that come back are told what they missed, once, and nothing to read anew', async () => {
    const [stays, one] = [await look(), await look()];
    viewers.tell('fleet', 1);
    await expect.poll(() => one.ids().length).toBe(2);
    one.leave();
    viewers.tell('fleet', 2);
    viewers.tell('fleet', 3);
    const back = await look(one.ids().at(-1));
    expect(back.text()).not.toContain('anew');
    expect([...back.text().matchAll(/^data: (.*)$/gm)].map(([, data]) => data)).toEqual(['2', '3']);
    await expect.poll(() => stays.ids().length).toBe(4);
  });

  it.each([
    ['of another life', 'ffffffff-1'],
    ['of no form', 'x'],
    ['of nobody', 'ffffffff-'],
  ])('with an id %s read anew', async (_, id) => {
    expect((await look(id)).text()).toContain('anew');
  });

  it('that were away for more than is kept read anew', async () => {
    const [stays, one] = [await look(), await look()];
    one.leave();
    for (let n = 0; n <= viewerLimits.keptMax; n++) viewers.tell('fleet', n);
    expect((await look(one.ids()[0])).text()).toContain('anew');
    stays.leave();
  });

  it('are watched for only while there are some', async () => {
    const [one, other] = [await look(), await look()];
    expect(watched).toEqual(['on']);
    one.leave();
    other.leave();
    await expect.poll(() => watched).toEqual(['on', 'off']);
    const again = await look(one.ids()[0]);
    expect(again.text(), 'nobody knows what changed meanwhile').toContain('anew');
  });

  it('are fifty at once, all told the same', async () => {
    const all = await Promise.all(Array.from({ length: 50 }, () => look()));
    viewers.tell('fleet', 'x'.repeat(50_000));
    for (const one of all) await expect.poll(() => one.text().length).toBeGreaterThan(50_000);
    expect(viewers.count()).toBe(50);
  });

  it('that read nothing are sent away instead of kept in memory', async () => {
    const reader = new AbortController();
    readers.push(reader);
    await fetch(url, { signal: reader.signal });
    const text = 'x'.repeat(512 * 1024);
    for (let n = 0; n < 200 && viewers.count() > 0; n++) {
      viewers.tell('fleet', text);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => viewers.count()).toBe(0);
  });
});
