// The door for kiosks: a real server before a real store thread. What it takes, what it refuses and how, and that what
// it refuses leaves no trace.
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Answer, DocumentPage, DocumentView, Problem, Status } from '../../contract/kiosk-api.ts';
import { limits } from '../../contract/limits.ts';
import { Quote } from '../../contract/quote.ts';
import { Slip } from '../../contract/slip.ts';
import type { Log } from '../../kit/log.ts';
import { StoreBusyError, type StoreClient, startStore } from '../store/client.ts';
import { feedId, firstFeed, pennies, plentyOfSpace, uuid } from '../store/temporary-store.ts';
import { type HttpServer, startHttp } from './server.ts';

const logged: unknown[] = [];
const keep = (fields: object, message: string) => logged.push({ ...fields, message });
const log: Log = { debug: keep, info: keep, warn: keep, error: keep };
const folder = mkdtempSync(join(tmpdir(), 'holdfast-http-'));
const options = { host: '127.0.0.1', port: 0, connectionsMax: 200, requestMsMax: 400 };
const identity = { applianceId: 'shop-1', release: '0.1.0' };

let store: StoreClient;
let server: HttpServer;
let origin: string;
/** Everything the process printed, beside the log. */
const printed: string[] = [];
const streams = [process.stdout, process.stderr].map((stream) => {
  const write = stream.write.bind(stream);
  return vi.spyOn(stream, 'write').mockImplementation(((chunk: string | Uint8Array, ...rest: []) => {
    printed.push(String(chunk));
    return write(chunk, ...rest);
  }) as typeof stream.write);
});
const consoles = (['log', 'info', 'warn', 'error'] as const).map((level) =>
  vi.spyOn(console, level).mockImplementation((...args) => {
    printed.push(args.join(' '));
  }),
);

beforeAll(async () => {
  const onGone = (error: Error) => expect.fail(error.message);
  store = await startStore({ folder, space: plentyOfSpace }, { commandsWaitingMax: 1000, onGone });
  await store.ask('feed', { feedId, firstPosition: 1, items: firstFeed });
  server = await startHttp(options, { store, identity, log });
  origin = `http://127.0.0.1:${server.port}`;
});
afterAll(async () => {
  await server.stop();
  await store.close();
  for (const watch of [...streams, ...consoles]) watch.mockRestore();
  rmSync(folder, { recursive: true });
});

const json = { 'Content-Type': 'application/json' };
const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(origin + path, {
    method: 'POST',
    headers: { ...json, 'Idempotency-Key': randomUUID(), ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body),
  });
/** The problem a response holds, which says itself what it is. */
const problemOf = async (response: Response) => {
  expect(response.headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
  const problem = Problem.parse(await response.json());
  expect(problem).toMatchObject({ status: response.status, type: `urn:holdfast:problem:${problem.code}` });
  expect(problem.requestId).toBe(response.headers.get('X-Request-Id'));
  return problem;
};
const sell = async (totalMinor = 5) =>
  Answer.parse(await (await post('/v1/checkouts', pennies(totalMinor))).json());
const status = async () => Status.parse(await (await fetch(`${origin}/v1/status`)).json());
const entries = async () => (await status()).journal.lastSeq;

describe('a slip', () => {
  const slipOf = (id: string, query = '', accept = '*/*') =>
    fetch(`${origin}/v1/checkouts/${id}/slip${query}`, { headers: { Accept: accept } });

  it('is data, or text where text is asked for, and a copy where the kiosk says so', async () => {
    const sold = await sell(7);
    const data = await slipOf(sold.id);
    expect(data.headers.get('Vary')).toMatch(/Accept/);
    expect(Slip.parse(await data.json())).toMatchObject({
      id: sold.id,
      applianceId: 'shop-1',
      slip: sold.slip,
      slipYear: sold.slipYear,
      copy: false,
      lines: [{ name: 'A penny sweet', quantity: 7, totalMinor: 7 }],
    });
    const text = await slipOf(sold.id, '?copy=true', 'text/plain');
    expect(text.headers.get('Content-Type')).toBe('text/plain; charset=utf-8');
    const words = await text.text();
    expect(words).toMatch(/^ +\*\*\* COPY \*\*\*\n/);
    expect(words).toContain(`Slip ${sold.slip} / ${sold.slipYear}`);
  });

  it('says that its checkout was voided since', async () => {
    const { id } = await sell();
    await post(`/v1/checkouts/${id}/void`, { reason: 'mistake' });
    expect(await (await slipOf(id)).json()).toMatchObject({ voided: true });
  });

  it('is there for a refund too, and for nothing that was not approved', async () => {
    const { id: checkoutId } = await sell();
    const refund = { checkoutId, currency: 'GBP', totalMinor: 2, reason: 'x' };
    const refunded = Answer.parse(await (await post('/v1/refunds', refund)).json());
    expect(Slip.parse(await (await slipOf(refunded.id)).json())).toMatchObject({
      kind: 'refund',
      checkoutId,
    });
    const refused = Answer.parse(
      await (await post('/v1/checkouts', { ...pennies(5), totalMinor: 6 })).json(),
    );
    const voided = Answer.parse(
      await (await post(`/v1/checkouts/${(await sell()).id}/void`, { reason: 'x' })).json(),
    );
    expect((await problemOf(await slipOf(refused.id))).code).toBe('slip_not_found');
    expect((await problemOf(await slipOf(voided.id))).code).toBe('slip_not_found');
    expect((await problemOf(await slipOf(randomUUID()))).code).toBe('document_not_found');
    expect((await problemOf(await slipOf(checkoutId, '?copy=yes'))).code).toBe('query_invalid');
  });
});

describe('a submission', () => {
  it('is answered with 201, where it is found, and what it has come to', async () => {
    const id = randomUUID();
    const response = await post('/v1/checkouts', pennies(250), { 'Idempotency-Key': id });
    expect(response.status).toBe(201);
    expect(response.headers.get('Location')).toBe(`/v1/checkouts/${id}`);
    const answer = Answer.parse(await response.json());
    expect(answer).toMatchObject({ id, kind: 'checkout', verdict: 'approved_offline', totalMinor: 250 });
    const view = await (await fetch(`${origin}/v1/checkouts/${id.toUpperCase()}`)).json();
    expect(DocumentView.parse(view)).toEqual({
      ...answer,
      received: false,
      outcome: null,
      voidedBy: null,
      refundedMinor: 0,
    });
  });

  it('that the rule refuses is an answer too', async () => {
    const response = await post('/v1/checkouts', { ...pennies(5), totalMinor: 6 });
    expect(response.status).toBe(201);
    expect(Answer.parse(await response.json()).reasons).toMatchObject([
      { code: 'total_mismatch', hint: /./ },
    ]);
  });

  it('is voided and refunded by its id', async () => {
    const [one, two] = [await sell(), await sell()];
    const voided = await post(`/v1/checkouts/${one.id}/void`, { reason: 'mistake' });
    const refunded = await post('/v1/refunds', {
      checkoutId: two.id,
      currency: 'GBP',
      totalMinor: 2,
      reason: 'x',
    });
    expect([voided.status, refunded.status]).toEqual([201, 201]);
    expect(await voided.json()).toMatchObject({
      kind: 'void',
      verdict: 'approved_offline',
      checkoutId: one.id,
    });
    expect(await refunded.json()).toMatchObject({ kind: 'refund', checkoutId: two.id, totalMinor: 2 });
  });

  it('without a checkout to point to may be a refund, by policy', async () => {
    const { mode: _, ...rest } = pennies(3);
    const lines = [{ sku: 'penny', quantity: 3, price: { priceMinor: 1 } }];
    const response = await post('/v1/refunds', { ...rest, lines, reason: 'no receipt' });
    expect(await response.json()).toMatchObject({
      kind: 'refund',
      verdict: 'approved_offline',
      totalMinor: 3,
    });
  });

  it('that points to nothing is a problem, and leaves no entry', async () => {
    const before = await entries();
    const voided = await post(`/v1/checkouts/${uuid(404)}/void`, { reason: 'x' });
    const body = { checkoutId: uuid(404), currency: 'GBP', totalMinor: 2, reason: 'x' };
    expect((await problemOf(voided)).code).toBe('checkout_not_found');
    expect((await problemOf(await post('/v1/checkouts/no-uuid/void', { reason: 'x' }))).code).toBe(
      'checkout_not_found',
    );
    expect((await problemOf(await post('/v1/refunds', body))).code).toBe('checkout_not_found');
    expect(await entries()).toBe(before);
  });
});

describe('a quote', () => {
  const quote = (body: unknown) =>
    fetch(`${origin}/v1/quotes`, { method: 'POST', headers: json, body: JSON.stringify(body) });

  it('prices a basket without a key, a total or a card, and leaves no entry', async () => {
    const before = await entries();
    const response = await quote({ lines: [{ gtin: '4006381333931', quantity: 2 }], currency: 'GBP' });
    expect(response.status).toBe(200);
    expect(Quote.parse(await response.json())).toMatchObject({
      verdict: 'approved_offline',
      totalMinor: 398,
      cardChecked: false,
      lines: [{ sku: 'pencil', totalMinor: 398, left: null }],
    });
    expect(await entries()).toBe(before);
  });

  it('says of a whole checkout what the checkout would be told', async () => {
    const response = await quote({ ...pennies(5), totalMinor: 6 });
    expect(Quote.parse(await response.json())).toMatchObject({
      verdict: 'refused',
      reasons: [{ code: 'total_mismatch', hint: /./ }],
      totalMinor: 5,
      cardChecked: true,
    });
  });

  it('names the field that is wrong, and holds no card number', async () => {
    const problem = await problemOf(await quote({ lines: [], currency: 'GBP' }));
    expect(problem).toMatchObject({ code: 'body_invalid', errors: [{ pointer: '/lines' }] });
    const reference = '4242 4242 4242 4242';
    expect((await problemOf(await quote({ ...pennies(5), reference }))).code).toBe('card_number_present');
  });
});

describe('the Idempotency-Key (I2)', () => {
  it('gives the first answer again, byte by byte, quoted or bare, in capitals or not', async () => {
    const id = randomUUID();
    const texts = [];
    for (const key of [id, `"${id}"`, id.toUpperCase(), ` ${id} `]) {
      const response = await post('/v1/checkouts', pennies(9), { 'Idempotency-Key': key });
      expect(response.status).toBe(201);
      texts.push(await response.text());
    }
    expect(new Set(texts).size).toBe(1);
  });

  it('used twice at the same moment on two connections takes one checkout', async () => {
    const before = await entries();
    const body = JSON.stringify(pennies(7));
    const request = [
      'POST /v1/checkouts HTTP/1.1',
      'Host: localhost',
      'Content-Type: application/json',
      `Idempotency-Key: ${randomUUID()}`,
      `Content-Length: ${body.length}`,
      'Connection: close',
      '',
      body,
    ].join('\r\n');
    const bodies = await Promise.all(
      Array.from(
        { length: 8 },
        async () => (await exchange((socket) => socket.write(request))).split('\r\n\r\n')[1],
      ),
    );
    expect(new Set(bodies).size).toBe(1);
    expect(Answer.parse(JSON.parse(bodies[0] ?? '')).verdict).toBe('approved_offline');
    expect(await entries()).toBe(before + 1);
  });

  it('with other bytes, or for another operation, is a conflict', async () => {
    const id = randomUUID();
    const key = { 'Idempotency-Key': id };
    const { id: sold } = await sell();
    await post('/v1/checkouts', pennies(9), key);
    const before = await entries();
    const others = [
      await post('/v1/checkouts', pennies(8), key),
      await post('/v1/checkouts', `${JSON.stringify(pennies(9))} `, key),
      await post(`/v1/checkouts/${sold}/void`, { reason: 'x' }, key),
    ];
    for (const response of others) {
      expect(response.status).toBe(422);
      expect((await problemOf(response)).code).toBe('idempotency_conflict');
    }
    expect(await entries()).toBe(before);
  });

  it.each([
    ['', 'idempotency_key_missing'],
    ['""', 'idempotency_key_invalid'],
    ['1', 'idempotency_key_invalid'],
    [`"${randomUUID()}`, 'idempotency_key_invalid'],
    [`${randomUUID()}, ${randomUUID()}`, 'idempotency_key_invalid'],
    ['x'.repeat(4000), 'idempotency_key_invalid'],
  ])('%o is refused', async (key, code) => {
    const response = await post('/v1/checkouts', pennies(1), { 'Idempotency-Key': key });
    expect(response.status).toBe(400);
    expect((await problemOf(response)).code).toBe(code);
  });

  it('is required of every POST', async () => {
    for (const path of ['/v1/checkouts', `/v1/checkouts/${uuid(1)}/void`, '/v1/refunds']) {
      const response = await fetch(origin + path, { method: 'POST', headers: json, body: '{}' });
      expect((await problemOf(response)).code).toBe('idempotency_key_missing');
    }
  });
});

describe('a body that cannot be meant', () => {
  const text = JSON.stringify(pennies(5));
  const deep = (open: string, close: string) =>
    open.repeat(30_000 / open.length) + close.repeat(30_000 / open.length);

  it.each<[string, string | Uint8Array, number, string]>([
    ['nothing', '', 400, 'body_not_json'],
    ['garbage', '\u0000\u0001garbage', 400, 'body_not_json'],
    ['a truncated body', text.slice(0, -1), 400, 'body_not_json'],
    ['two bodies', text + text, 400, 'body_not_json'],
    [
      'bytes that are no UTF-8',
      Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xff, 0x7d])]),
      400,
      'body_not_json',
    ],
    [
      'a string with a byte that is no UTF-8',
      Buffer.from(text.replace('tok_1', 'tok_\u00ff'), 'latin1'),
      400,
      'body_not_json',
    ],
    ['UTF-16', Buffer.from(text, 'utf16le'), 400, 'body_not_json'],
    ['a list', '[]', 400, 'body_invalid'],
    ['null', 'null', 400, 'body_invalid'],
    ['a text', '"checkout"', 400, 'body_invalid'],
    ['a deep list', deep('[', ']'), 400, 'body_invalid'],
    ['a deep object', `${'{"a":'.repeat(8000)}1${'}'.repeat(8000)}`, 400, 'body_invalid'],
    ['a deep list that does not end', '['.repeat(60_000), 400, 'body_not_json'],
    ['a body one byte too large', text.padEnd(limits.requestBytesMax + 1), 413, 'body_too_large'],
    ['a huge body', 'x'.repeat(5_000_000), 413, 'body_too_large'],
  ])('%s', async (_, body, expected, code) => {
    const before = await entries();
    const response = await post('/v1/checkouts', body);
    expect(response.status).toBe(expected);
    expect((await problemOf(response)).code).toBe(code);
    expect(await entries()).toBe(before);
  });

  it('of exactly the largest size is taken', async () => {
    const response = await post('/v1/checkouts', text.padEnd(limits.requestBytesMax));
    expect(response.status).toBe(201);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonx',
    'multipart/form-data; boundary=x',
    'application/problem+json',
  ])('%s is not JSON', async (type) => {
    const response = await post('/v1/checkouts', text, { 'Content-Type': type });
    expect(response.status).toBe(415);
    expect((await problemOf(response)).code).toBe('content_type_unsupported');
  });

  it('may name its charset', async () => {
    const response = await post('/v1/checkouts', text, { 'Content-Type': 'application/json; charset=utf-8' });
    expect(response.status).toBe(201);
  });

  const bent = (path: string, value: string) => text.replace(path, value);
  it.each<[string, string, string]>([
    ['a negative amount', bent('"totalMinor":5', '"totalMinor":-5'), '/totalMinor'],
    ['nothing to pay', bent('"totalMinor":5', '"totalMinor":0'), '/totalMinor'],
    ['a fraction', bent('"totalMinor":5', '"totalMinor":5.5'), '/totalMinor'],
    ['2^53', bent('"totalMinor":5', `"totalMinor":${2 ** 53}`), '/totalMinor'],
    [
      '2^53 + 1, which would be rounded',
      bent('"totalMinor":5', '"totalMinor":9007199254740993'),
      '/totalMinor',
    ],
    ['a number without end', bent('"totalMinor":5', '"totalMinor":1e400'), '/totalMinor'],
    ['a number as a text', bent('"totalMinor":5', '"totalMinor":"5"'), '/totalMinor'],
    ['a quantity of nothing', bent('"quantity":5', '"quantity":0'), '/lines/0/quantity'],
    ['a fraction of a quantity', bent('"quantity":5', '"quantity":0.5'), '/lines/0/quantity'],
    ['an unknown currency', bent('"GBP"', '"GBQ"'), '/currency'],
    ['a currency in small letters', bent('"GBP"', '"gbp"'), '/currency'],
    ['an unknown field', bent('{', '{"tip":1,'), '/tip'],
    ['an unknown field with an odd name', bent('{', '{"a/b~c":1,'), '/a~1b~0c'],
    ['an unknown field far in', bent('"token"', '"pan":"x","token"'), '/payment/pan'],
    ['an unknown mode', bent('offline_ok', 'whenever'), '/mode'],
    ['a prototype', bent('{', '{"__proto__":{"totalMinor":1},'), '/__proto__'],
    ['a control character', bent('tok_1', 'tok_\\u0007'), '/payment/token'],
    ['no lines', bent('[{"sku":"penny","quantity":5}]', '[]'), '/lines'],
  ])('%s is named by its field', async (_, body, pointer) => {
    const before = await entries();
    const response = await post('/v1/checkouts', body);
    expect(response.status).toBe(400);
    const problem = await problemOf(response);
    expect(problem.code).toBe('body_invalid');
    expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
    expect(problem.errors?.every(({ detail }) => detail.length > 0)).toBe(true);
    expect(await entries()).toBe(before);
  });

  it('with thousands of wrong fields is answered briefly', async () => {
    const fields = Array.from({ length: 5000 }, (_, i) => `"f${i}":1`).join(',');
    const response = await post('/v1/checkouts', `{${fields}}`);
    expect((await problemOf(response)).errors?.length).toBeLessThanOrEqual(20);
  });
});

describe('a connection that means no good', () => {
  const head = (length: number | 'chunked') =>
    [
      'POST /v1/checkouts HTTP/1.1',
      'Host: localhost',
      'Content-Type: application/json',
      `Idempotency-Key: ${randomUUID()}`,
      length === 'chunked' ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`,
      '',
      '',
    ].join('\r\n');

  // Side by side, for each waits until the server has had enough.
  it.concurrent.each<[string, (socket: Socket) => void]>([
    ['a body that drips', (socket) => drip(socket, head(1000))],
    ['a body that never comes', (socket) => socket.write(head(1000))],
    ['headers that drip', (socket) => drip(socket, 'POST /v1/checkouts HTTP/1.1\r\nX-A: ')],
    ['nothing at all', () => {}],
    ['chunks without end', (socket) => drip(socket, `${head('chunked')}1\r\n{\r\n`, '1\r\nx\r\n')],
    ['a huge body announced', (socket) => drip(socket, head(1e12))],
    ['no HTTP', (socket) => socket.write('\u0016\u0003\u0001 hello?\r\n\r\n')],
    [
      'headers without end',
      (socket) => drip(socket, 'GET / HTTP/1.1\r\n', `X-Long: ${'x'.repeat(4000)}\r\n`),
    ],
  ])('%s is ended within the time allowed, and the next is served', async (_, act) => {
    const received = await exchange(act);
    expect(received).not.toContain('HTTP/1.1 2');
    expect((await sell()).verdict).toBe('approved_offline');
  });

  it('that breaks off half-way does no harm, and nothing of it is printed', async () => {
    const before = await entries();
    await Promise.all(
      Array.from({ length: 20 }, async (_, i) => {
        const socket = connect(server.port, '127.0.0.1');
        await once(socket, 'connect');
        socket.write(`${head(500)}{"reference":"half a body ${i}`);
        await new Promise((resolve) => setTimeout(resolve, i));
        // A reset, as a plug pulled from the switch would have it.
        socket.resetAndDestroy();
        await once(socket, 'close');
      }),
    );
    expect((await sell()).verdict).toBe('approved_offline');
    expect(await entries()).toBe(before + 1);
    expect(JSON.stringify([printed, logged])).not.toContain('half a body');
    expect(printed.filter((text) => /at .*node:|Error:/.test(text))).toEqual([]);
  });

  it('that goes away before its answer has its checkout kept all the same', async () => {
    const id = randomUUID();
    const body = JSON.stringify(pennies(4));
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.end(head(body.length).replace(/Idempotency-Key: \S+/, `Idempotency-Key: ${id}`) + body);
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'close');
    const response = await post('/v1/checkouts', body, { 'Idempotency-Key': id });
    expect(response.status).toBe(201);
    expect(DocumentView.parse(await (await fetch(`${origin}/v1/checkouts/${id}`)).json()).totalMinor).toBe(4);
  });
});

describe('a card number (I11)', () => {
  const number = '4929 1420 7773 8169'; // not among those that other tests use
  const forms = [
    number,
    number.replaceAll(' ', '-'),
    number.replaceAll(' ', ''),
    [...number.replaceAll(' ', '')].join(' '),
  ];
  const sample = pennies(5, { reference: 'r' });
  const bodies = forms.flatMap((form) => [
    { ...sample, lines: [{ sku: form, quantity: 5 }] },
    { ...sample, lines: [{ gtin: form, quantity: 5 }] },
    {
      ...sample,
      lines: [
        { sku: 'penny', quantity: 5, price: { priceMinor: 1 }, priceOverride: { by: form, reason: 'x' } },
      ],
    },
    {
      ...sample,
      lines: [
        { sku: 'penny', quantity: 5, price: { priceMinor: 1 }, priceOverride: { by: 'x', reason: form } },
      ],
    },
    { ...sample, currency: form },
    { ...sample, payment: { ...sample.payment, token: form } },
    { ...sample, payment: { ...sample.payment, token: `tok_${form}` } },
    { ...sample, payment: { ...sample.payment, fingerprint: form } },
    { ...sample, payment: { ...sample.payment, scheme: form } },
    { ...sample, payment: { ...sample.payment, last4: form } },
    { ...sample, mode: form },
    { ...sample, reference: `card ${form} please` },
    { ...sample, note: form },
    { ...sample, [form]: 1 },
  ]);

  it('in any field or header is refused and counted, and found nowhere on the disk or in the logs', async () => {
    const before = await status();
    let refused = 0;
    const expectRefused = async (response: Response) => {
      expect(response.status).toBe(422);
      expect(await problemOf(response)).toMatchObject({ code: 'card_number_present' });
      refused++;
    };
    for (const body of bodies) await expectRefused(await post('/v1/checkouts', body));
    for (const form of forms) {
      await expectRefused(await post('/v1/checkouts', sample, { 'X-Request-Id': form }));
      await expectRefused(await fetch(`${origin}/v1/checkouts`, { headers: { 'X-Request-Id': form } }));
      await expectRefused(await post(`/v1/checkouts/${uuid(1)}/void`, { reason: form }));
      await expectRefused(
        await post('/v1/refunds', { checkoutId: uuid(1), currency: 'GBP', totalMinor: 1, reason: form }),
      );
      await expectRefused(await post('/v1/refunds', `{"reason":"${form}", oh no`));
      // Where it cannot be meant at all it is refused for that, and left behind just the same.
      expect((await post('/v1/checkouts', sample, { 'Idempotency-Key': form })).status).toBe(400);
      expect((await post('/v1/checkouts', form, { 'Content-Type': 'text/plain' })).status).toBe(415);
      expect((await fetch(`${origin}/v1/checkouts/${encodeURIComponent(form)}`)).status).toBe(404);
      await fetch(`${origin}/v1/checkouts?cursor=${encodeURIComponent(form)}`);
      expect((await fetch(`${origin}/${encodeURIComponent(form)}`)).status).toBe(404);
    }
    const after = await status();
    expect(after.cardNumbersRefused).toBe(before.cardNumbersRefused + refused);
    expect(after.journal.lastSeq).toBe(before.journal.lastSeq);
    // Something honest after it, so that every buffer has gone to the disk.
    await sell();
    const digits = number.replaceAll(' ', '');
    const disk = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'latin1'));
    expect(disk.length).toBeGreaterThan(1);
    for (const text of [...disk, JSON.stringify(logged), printed.join('')]) {
      expect(text.replace(/(?<=\d)[ -](?=\d)/g, '').includes(digits)).toBe(false);
    }
    expect(JSON.stringify(logged)).toContain('card_number_present');
  });

  it('is not seen in an honest checkout full of numbers', async () => {
    const response = await post(
      '/v1/checkouts',
      { ...pennies(199, { reference: '20261122-0001' }), lines: [{ gtin: '4006381333931', quantity: 1 }] },
      { 'X-Request-Id': '0199f3c4-0b21-7a10-8c3d-6e5f4a3b2c1d' },
    );
    expect(response.status).toBe(201);
    expect(response.headers.get('X-Request-Id')).toBe('0199f3c4-0b21-7a10-8c3d-6e5f4a3b2c1d');
  });
});

describe('reading back', () => {
  it('goes page by page, the newest first, each document once', async () => {
    const sold = [];
    for (let n = 0; n < 5; n++) sold.unshift((await sell()).id);
    const seen: string[] = [];
    for (let cursor = ''; seen.length < 5; ) {
      const page = DocumentPage.parse(await (await fetch(`${origin}/v1/checkouts?limit=2${cursor}`)).json());
      seen.push(...page.items.map(({ id }) => id));
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(seen.slice(0, 5)).toEqual(sold);
  });

  it('ends with a page that has no next', async () => {
    const page = DocumentPage.parse(await (await fetch(`${origin}/v1/checkouts?cursor=2`)).json());
    expect(page.nextCursor).toBeNull();
    expect(page.items).toHaveLength(1);
  });

  it.each([
    'limit=0',
    'limit=101',
    'limit=-1',
    'limit=1.5',
    'limit=x',
    'limit=1&limit=2',
    'cursor=0',
    'cursor=',
    'cursor=9e9',
  ])('with %s is a problem', async (query) => {
    const response = await fetch(`${origin}/v1/checkouts?${query}`);
    expect(response.status).toBe(400);
    expect((await problemOf(response)).code).toBe('query_invalid');
  });

  it('of what is not there is a problem', async () => {
    for (const id of [uuid(404), 'no-uuid', '%E0%A4%A', '..%2f..%2fetc%2fpasswd']) {
      const response = await fetch(`${origin}/v1/checkouts/${id}`);
      expect([response.status, (await problemOf(response)).code]).toEqual([404, 'document_not_found']);
    }
  });
});

describe('a path or method that there is not', () => {
  it.each(['/v1', '/v1/nothing', '/v1/checkouts/a/b/c', '/V1/CHECKOUTS/x/y', '/%00', '/livez/x'])(
    '%s',
    async (path) => {
      const response = await fetch(origin + path);
      expect([response.status, (await problemOf(response)).code]).toEqual([404, 'not_found']);
    },
  );

  it.each([
    ['DELETE', '/v1/checkouts', 'GET'],
    ['PUT', `/v1/checkouts/${uuid(1)}`, 'GET'],
    ['GET', '/v1/refunds', 'POST'],
    ['POST', '/v1/status', 'GET'],
    ['PROPFIND', '/v1/checkouts', 'POST'],
  ])('%s %s', async (method, path, allowed) => {
    const response = await fetch(origin + path, { method });
    expect((await problemOf(response)).code).toBe('method_not_allowed');
    expect(response.headers.get('Allow')).toContain(allowed);
  });
});

describe('the request id', () => {
  it('of the kiosk is echoed when it is one, and replaced when it is not', async () => {
    const idOf = async (given: string) =>
      (await fetch(`${origin}/livez`, { headers: { 'X-Request-Id': given } })).headers.get('X-Request-Id');
    expect(await idOf('kiosk-3_request-17')).toBe('kiosk-3_request-17');
    for (const odd of ['', 'a b', 'a"b', 'x'.repeat(65), 'grüße']) {
      expect(await idOf(odd)).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});

describe('how the appliance is', () => {
  it('is said by its status, alive and ready', async () => {
    expect(await status()).toMatchObject({
      ...identity,
      catalogue: { version: 1, products: 2 },
      policy: { version: 1 },
      link: { kind: 'offline' },
      conditions: [],
    });
    expect((await fetch(`${origin}/livez`)).status).toBe(200);
    expect((await fetch(`${origin}/readyz`)).status).toBe(200);
  });

  it('is not ready before its first catalogue, and says so to kiosks', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'holdfast-http-'));
    const onGone = (error: Error) => expect.fail(error.message);
    const emptyStore = await startStore(
      { folder: empty, space: plentyOfSpace },
      { commandsWaitingMax: 9, onGone },
    );
    await withServer(emptyStore, async (at) => {
      expect((await fetch(`${at}/livez`)).status).toBe(200);
      expect((await fetch(`${at}/readyz`)).status).toBe(503);
      const headers = { ...json, 'Idempotency-Key': randomUUID() };
      const response = await fetch(`${at}/v1/checkouts`, {
        method: 'POST',
        headers,
        body: JSON.stringify(pennies(1)),
      });
      expect(response.status).toBe(503);
      expect(response.headers.get('Retry-After')).toBe('5');
      expect((await problemOf(response)).code).toBe('catalogue_missing');
    });
    await emptyStore.close();
    rmSync(empty, { recursive: true });
  });

  it('is busy when the store is, full when the disk is, and says nothing of what broke inside', async () => {
    const told = async (ask: () => Promise<unknown>) => {
      let outcome: [number, string | null, string] | null = null;
      await withServer({ ask, onDecided() {}, onChanged() {} } as unknown as StoreClient, async (at) => {
        const headers = { ...json, 'Idempotency-Key': randomUUID() };
        const response = await fetch(`${at}/v1/checkouts`, {
          method: 'POST',
          headers,
          body: JSON.stringify(pennies(1)),
        });
        const retryAfter = response.headers.get('Retry-After');
        const text = await response.clone().text();
        expect(text).not.toContain('secret');
        outcome = [response.status, retryAfter, (await problemOf(response)).code];
      });
      return outcome;
    };
    expect(await told(() => Promise.reject(new StoreBusyError()))).toEqual([503, '1', 'busy']);
    expect(await told(() => Promise.reject(new Error('secret')))).toEqual([500, null, 'internal_error']);
    expect(await told(async () => ({ kind: 'unaccepted', code: 'journal_full' }))).toEqual([
      507,
      '30',
      'journal_full',
    ]);
  });
});

describe('the end', () => {
  it('lets what runs finish, takes nothing new, and closes what is idle', async () => {
    let release: (answer: unknown) => void = () => {};
    const slow = {
      ask: () =>
        new Promise((resolve) => {
          release = resolve;
        }),
      onDecided() {},
      onChanged() {},
    } as unknown as StoreClient;
    const ending = await startHttp({ ...options, requestMsMax: 10_000 }, { store: slow, identity, log });
    const at = `http://127.0.0.1:${ending.port}`;
    await (await fetch(`${at}/livez`)).text();
    const running = fetch(`${at}/v1/checkouts/${uuid(1)}`);
    await vi.waitFor(() => expect(release.length).toBe(1));
    const stopped = ending.stop();
    await expect(fetch(`${at}/livez`)).rejects.toThrow();
    release(null);
    expect((await running).status).toBe(404);
    await stopped;
  });

  it('is told when the address cannot be had', async () => {
    const taken = startHttp({ ...options, port: server.port }, { store, identity, log });
    await expect(taken).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

/** What comes back on a connection of its own until it is closed. */
async function exchange(act: (socket: Socket) => void): Promise<string> {
  const socket = connect(server.port, '127.0.0.1');
  let received = '';
  socket.on('data', (data) => {
    received += data;
  });
  socket.on('error', () => {});
  await once(socket, 'connect');
  act(socket);
  await new Promise((resolve) => socket.once('close', resolve));
  return received;
}

/** A piece every 20 ms until the other side has had enough. */
function drip(socket: Socket, start: string, piece = 'x'): void {
  socket.write(start);
  const timer = setInterval(() => socket.write(piece), 20);
  socket.once('close', () => clearInterval(timer));
}

async function withServer(behind: StoreClient, use: (at: string) => Promise<void>): Promise<void> {
  const other = await startHttp(options, { store: behind, identity, log });
  await use(`http://127.0.0.1:${other.port}`);
  await other.stop();
}
