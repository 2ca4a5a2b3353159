// A fulfilment at the door: a real server before a real store thread.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Answer, DocumentPage, DocumentView, Problem } from '../../contract/kiosk-api.ts';
import { Slip } from '../../contract/slip.ts';
import { silentLog } from '../../kit/log.ts';
import { type StoreClient, startStore } from '../store/client.ts';
import { feedId, firstFeed, pennies, plentyOfSpace, policyItem } from '../store/temporary-store.ts';
import { type HttpServer, startHttp } from './server.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-fulfilment-'));
let store: StoreClient;
let server: HttpServer;
let origin: string;

beforeAll(async () => {
  const onGone = (error: Error) => expect.fail(error.message);
  store = await startStore({ folder, space: plentyOfSpace }, { commandsWaitingMax: 100, onGone });
  const items = [policyItem(1, { stock: { taken: 'at_hand_over' } }), ...firstFeed.slice(1)];
  await store.ask('feed', { feedId, firstPosition: 1, items });
  const options = { host: '127.0.0.1', port: 0, connectionsMax: 20, requestMsMax: 2000 };
  const identity = { applianceId: 'shop-1', release: '0.1.0' };
  server = await startHttp(options, { store, identity, log: silentLog });
  origin = `http://127.0.0.1:${server.port}`;
});
afterAll(async () => {
  await server.stop();
  await store.close();
  rmSync(folder, { recursive: true });
});

const post = (path: string, body: unknown, key: string = randomUUID()) =>
  fetch(origin + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': key },
    body: JSON.stringify(body),
  });
const get = async (path: string) => (await fetch(origin + path)).json();
const sell = async (): Promise<string> => {
  const lines = [
    { sku: 'penny', quantity: 5 },
    { sku: 'pencil', quantity: 2 },
  ];
  const sold = Answer.parse(await (await post('/v1/checkouts', pennies(403, { lines }))).json());
  expect(sold.verdict).toBe('approved_offline');
  return sold.id;
};
const step = (id: string, body: unknown, key?: string) => post(`/v1/checkouts/${id}/fulfilment`, body, key);
const stepped = async (id: string, body: unknown) => Answer.parse(await (await step(id, body)).json());

describe('a fulfilment', () => {
  it('is picked short, refunded and handed over, and the checkout shows each', async () => {
    const id = await sell();
    expect(DocumentView.parse(await get(`/v1/checkouts/${id}`)).fulfilment).toBe('expected');
    const response = await step(id, { step: 'short_picked', lines: [{ line: 1, quantity: 2 }] });
    expect(response.status).toBe(201);
    const short = Answer.parse(await response.json());
    expect(response.headers.get('Location')).toBe(`/v1/checkouts/${short.id}`);
    expect(short).toMatchObject({ kind: 'fulfilment', checkoutId: id, refund: { totalMinor: 5 } });
    expect(DocumentView.parse(await get(`/v1/checkouts/${id}`))).toMatchObject({
      fulfilment: 'short_picked',
      refundedMinor: 5,
      givenBack: [{ line: 0, quantity: 5, totalMinor: 5 }],
    });
    expect(Slip.parse(await get(`/v1/checkouts/${short.refund?.id}/slip`))).toMatchObject({
      kind: 'refund',
      lines: [{ name: 'A penny sweet', quantity: 5, totalMinor: 5 }],
    });
    await stepped(id, { step: 'handed_over' });
    expect(DocumentView.parse(await get(`/v1/checkouts/${id}`)).fulfilment).toBe('handed_over');
    const { items } = DocumentPage.parse(await get('/v1/checkouts?limit=4'));
    expect(items.map(({ kind }) => kind)).toEqual(['fulfilment', 'refund', 'fulfilment', 'checkout']);
  });

  it('sent twice under one key is one step; under the same key with another body it is a conflict', async () => {
    const id = await sell();
    const key = randomUUID();
    const abandoned = { step: 'abandoned', reason: 'not collected' };
    const first = await (await step(id, abandoned, key)).text();
    expect(await (await step(id, abandoned, key)).text()).toBe(first);
    const other = await step(id, { step: 'picked' }, key);
    expect(Problem.parse(await other.json()).code).toBe('idempotency_conflict');
    expect(DocumentView.parse(await get(`/v1/checkouts/${id}`)).refundedMinor).toBe(403);
  });

  it('that may not follow is an answer with its reason', async () => {
    const id = await sell();
    expect((await stepped(id, { step: 'handed_over' })).reasons).toMatchObject([
      { code: 'not_picked', hint: /./ },
    ]);
    const more = { step: 'short_picked', lines: [{ line: 1, quantity: 3 }] };
    expect((await stepped(id, more)).reasons).toMatchObject([
      { code: 'picked_more_than_sold', line: 1, left: 2 },
    ]);
  });

  it.each<[string, unknown, string]>([
    ['an unknown step', { step: 'lost' }, '/step'],
    ['no lines where some are needed', { step: 'short_picked' }, '/lines'],
    [
      'a line named twice',
      {
        step: 'short_picked',
        lines: [
          { line: 0, quantity: 1 },
          { line: 0, quantity: 2 },
        ],
      },
      '/lines',
    ],
    ['no reason to give up', { step: 'abandoned' }, '/reason'],
    ['lines where none belong', { step: 'picked', lines: [] }, '/lines'],
  ])('with %s is refused, and the field is named', async (_, body, pointer) => {
    const problem = Problem.parse(await (await step(randomUUID(), body)).json());
    expect(problem).toMatchObject({ code: 'body_invalid' });
    expect(problem.errors?.map((error) => error.pointer)).toEqual([pointer]);
  });

  it('of what is not there leaves no entry', async () => {
    const before = store.lastSeq;
    for (const id of [randomUUID(), 'no-uuid']) {
      expect(Problem.parse(await (await step(id, { step: 'picked' })).json()).code).toBe(
        'checkout_not_found',
      );
    }
    expect(store.lastSeq).toBe(before);
  });
});

describe('a refund of a checkout', () => {
  const refund = (body: object) => post('/v1/refunds', { reason: 'damaged', ...body });

  it('is of lines, or of all that is left', async () => {
    const checkoutId = await sell();
    const ofLine = Answer.parse(
      await (await refund({ checkoutId, lines: [{ line: 1, quantity: 1 }] })).json(),
    );
    expect(ofLine).toMatchObject({ totalMinor: 199, currency: 'GBP', givenBack: [{ line: 1, quantity: 1 }] });
    const inFull = Answer.parse(await (await refund({ checkoutId })).json());
    expect(inFull).toMatchObject({
      totalMinor: 204,
      givenBack: [
        { line: 0, quantity: 5 },
        { line: 1, quantity: 1 },
      ],
    });
    expect(Answer.parse(await (await refund({ checkoutId })).json()).reasons).toMatchObject([
      { code: 'refund_of_nothing' },
    ]);
  });

  it.each<[string, object, string]>([
    [
      'both lines and an amount',
      { lines: [{ line: 0, quantity: 1 }], totalMinor: 1, currency: 'GBP' },
      '/totalMinor',
    ],
    ['an amount of no currency', { totalMinor: 1 }, '/currency'],
    [
      'a line named twice',
      {
        lines: [
          { line: 0, quantity: 1 },
          { line: 0, quantity: 1 },
        ],
      },
      '/lines',
    ],
    ['none of a line', { lines: [{ line: 0, quantity: 0 }] }, '/lines/0/quantity'],
  ])('of %s is refused, and the field is named', async (_, body, pointer) => {
    const problem = Problem.parse(await (await refund({ checkoutId: randomUUID(), ...body })).json());
    expect(problem.errors?.map((error) => error.pointer)).toEqual([pointer]);
  });
});
