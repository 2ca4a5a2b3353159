// A kiosk at the door while central is asked: the wait, its end, those who hang up and those who ask twice; and the
// stream of events over real sockets before a real store thread.
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FeedItem } from '../../contract/feed.ts';
import { Answer } from '../../contract/kiosk-api.ts';
import { Policy } from '../../contract/policy.ts';
import { silentLog } from '../../kit/log.ts';
import { type StoreClient, startStore } from '../store/client.ts';
import { feedId, firstFeed, pennies, plentyOfSpace, policy, uuid } from '../store/temporary-store.ts';
import { type HttpServer, startHttp } from './server.ts';

let folder: string;
let store: StoreClient;
let server: HttpServer;
let origin: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-online-'));
  const onGone = (error: Error) => expect.fail(error.message);
  store = await startStore({ folder, space: plentyOfSpace }, { commandsWaitingMax: 1000, onGone });
  await feed(...firstFeed, {
    kind: 'policy',
    version: 2,
    policy: Policy.parse({ ...policy, online: { waitMs: 300 } }),
  });
  await store.ask('link', { link: { kind: 'online', sinceMs: 0 }, conditions: [] });
  const options = { host: '127.0.0.1', port: 0, connectionsMax: 200, requestMsMax: 2000 };
  server = await startHttp(options, {
    store,
    identity: { applianceId: 'shop-1', release: '0.1.0' },
    log: silentLog,
  });
  origin = `http://127.0.0.1:${server.port}`;
});
afterEach(async () => {
  await server.stop();
  await store.close();
  rmSync(folder, { recursive: true });
});

async function feed(...items: FeedItem[]): Promise<void> {
  const { appliedThrough } = await store.ask('position', {});
  await store.ask('feed', { feedId, firstPosition: appliedThrough + 1, items });
}
const authorised = (n: number): FeedItem => ({
  kind: 'outcome',
  id: uuid(n),
  outcome: 'authorised',
  atMs: 1,
});
const sell = (n: number, headers: Record<string, string> = {}, signal?: AbortSignal) =>
  fetch(`${origin}/v1/checkouts`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': uuid(n), ...headers },
    body: JSON.stringify(pennies(5, { mode: 'prefer_online' })),
    ...(signal && { signal }),
  });
const pendingEntry = (seq: number) => expect.poll(() => store.lastSeq).toBe(seq);

describe('a checkout while central is asked', () => {
  it('is answered the moment central decides', async () => {
    const sale = sell(1, { Prefer: 'wait=20' });
    await pendingEntry(1);
    // So long the box changes to no other release.
    expect(server.inFlight()).toBe(1);
    await feed(authorised(1));
    const response = await sale;
    expect(server.inFlight()).toBe(0);
    expect([response.status, response.headers.get('Preference-Applied')]).toEqual([201, 'wait=20']);
    expect(Answer.parse(await response.json())).toMatchObject({
      verdict: 'authorised',
      decidedBy: 'central',
    });
  });

  it('is decided by the appliance when the time is up, by the policy’s or the kiosk’s own', async () => {
    const begun = performance.now();
    const [policys, own] = await Promise.all([sell(1), sell(2, { Prefer: 'wait=0' })]);
    expect(performance.now() - begun).toBeGreaterThan(290);
    expect(policys.headers.get('Preference-Applied')).toBeNull();
    for (const response of [policys, own]) {
      expect(await response.json()).toMatchObject({
        verdict: 'approved_offline',
        reasons: [{ code: 'central_late' }],
      });
    }
  });

  it('asked for twice at once is decided once, and both are told the same bytes', async () => {
    const twice = [sell(1, { Prefer: 'wait=20' }), sell(1)];
    const texts = await Promise.all(twice.map(async (sale) => (await sale).text()));
    expect(new Set(texts).size).toBe(1);
    expect(store.lastSeq).toBe(2);
    expect(await (await sell(1)).text()).toBe(texts[0]);
  });

  it('whose kiosk hung up is left undecided for its retry', async () => {
    const leaving = new AbortController();
    const gone = sell(1, {}, leaving.signal).catch(() => 'gone');
    await pendingEntry(1);
    leaving.abort();
    expect(await gone).toBe('gone');
    await sleep(500);
    expect(store.lastSeq).toBe(1);
    await feed(authorised(1));
    expect(await (await sell(1)).json()).toMatchObject({ verdict: 'authorised' });
  });
});

it('a stop does not wait for central: the kiosk is asked to come again, and is told then', async () => {
  const sale = sell(1, { Prefer: 'wait=20' });
  await pendingEntry(1);
  const stopped = server.stop();
  const response = await sale;
  expect([response.status, response.headers.get('Retry-After')]).toEqual([503, '1']);
  await stopped;
  expect(store.lastSeq).toBe(1);
});

interface Told {
  event: string;
  id: string;
  data: Record<string, unknown>;
}

/** Reads until so many events have been told. */
async function listen(count: number, headers: Record<string, string> = {}): Promise<Told[]> {
  const response = await fetch(`${origin}/v1/events`, { headers });
  expect(response.headers.get('Content-Type')).toBe('text/event-stream');
  let text = '';
  const told = () =>
    [...text.matchAll(/(?:id: (.*)\n)?event: (.*)\ndata: (.*)\n\n/g)].map(
      ([, id = '', event = '', data = '']) => ({ event, id, data: JSON.parse(data) }),
    );
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader() ?? expect.fail();
  while (told().length < count) {
    const piece = await reader.read();
    if (piece.done) break;
    text += piece.value;
  }
  await reader.cancel();
  return told();
}

describe('the events', () => {
  it('tell the status at once and then what happens, in order', async () => {
    const listening = listen(4);
    await sleep(100);
    const sale = sell(1);
    await pendingEntry(1);
    await feed(authorised(1));
    const { decisionSeq, ...answer } = (await (await sale).json()) as Answer;
    const told = await listening;
    const pieces = told.filter(({ event }) => event !== 'status');
    expect(told[0]).toMatchObject({ event: 'status', data: { link: { kind: 'online' } } });
    expect(pieces.find(({ event }) => event === 'decision')?.data).toEqual({ ...answer, decisionSeq });
    expect(pieces.at(-1)).toMatchObject({ event: 'outcome', data: { id: uuid(1) } });
  });

  it('go on after the last one that was seen, and miss nothing in between', async () => {
    for (let n = 1; n <= 5; n++) await sell(n, { Prefer: 'wait=0' });
    const { journalId } = await store.ask('position', {});
    const all = (await listen(11, { 'Last-Event-ID': `${journalId}.0.0` })).filter(({ id }) => id !== '');
    expect(all.map(({ event }) => event)).toEqual(Array(5).fill(['document', 'decision']).flat());
    const rest = await listen(8, { 'Last-Event-ID': all[2]?.id ?? '' });
    expect(rest.filter(({ id }) => id !== '')).toEqual(all.slice(3));
  });

  it('tell a change of the link', async () => {
    const listening = listen(2);
    await sleep(100);
    await store.ask('link', { link: { kind: 'offline', sinceMs: 7 }, conditions: [] });
    expect((await listening)[1]).toMatchObject({ event: 'status', data: { link: { kind: 'offline' } } });
  });

  it('say that they begin anew for a reader of another journal', async () => {
    const [first] = await listen(1, { 'Last-Event-ID': `${uuid(9)}.3.1` });
    expect(first?.event).toBe('restart');
  });

  it('are for a bounded number of readers, and end with the server', async () => {
    const leaving = new AbortController();
    const open = () => fetch(`${origin}/v1/events`, { signal: leaving.signal });
    const readers = await Promise.all(Array.from({ length: 64 }, open));
    expect(readers.every(({ status }) => status === 200)).toBe(true);
    expect((await open()).status).toBe(503);
    leaving.abort();
    await expect.poll(async () => (await fetch(`${origin}/v1/events`)).status).toBe(200);
  });

  it('do not let a reader that takes nothing hold up anybody', async () => {
    const socket = connect(server.port, '127.0.0.1');
    socket.pause();
    const { journalId } = await store.ask('position', {});
    socket.write(`GET /v1/events HTTP/1.1\r\nHost: a\r\nLast-Event-ID: ${journalId}.0.0\r\n\r\n`);
    for (let n = 1; n <= 40; n++) await sell(n, { Prefer: 'wait=0' });
    expect((await listen(3, { 'Last-Event-ID': `${journalId}.0.0` })).length).toBeGreaterThanOrEqual(3);
    socket.destroy();
  });
});
