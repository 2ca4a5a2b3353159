import { mkdtempSync, readdirSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Checkout, createKioskClient, type KioskOptions } from './client.ts';
import { fileStorage } from './file-storage.ts';
import { type KioskStorage, memoryStorage, type WebStorage, webStorage } from './storage.ts';

interface Received {
  method: string;
  url: string;
  key: string;
  contentType: string | undefined;
  body: string;
}
type Behaviour = (request: Received, response: ServerResponse) => void;

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** A real HTTP server that behaves as told, request by request; the last behaviour stays. */
async function appliance(...behaviours: Behaviour[]) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const seen = await read(request);
    received.push(seen);
    const behave = behaviours[Math.min(received.length, behaviours.length) - 1];
    behave?.(seen, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stops.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { received, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    key: String(request.headers['idempotency-key'] ?? ''),
    contentType: request.headers['content-type'],
    body: Buffer.concat(chunks).toString(),
  };
}

function json(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

function answerTo(id: string, verdict = 'approved_offline') {
  const reasons =
    verdict === 'refused' ? [{ code: 'product_unknown', hint: 'Not in the catalogue.', line: 0 }] : [];
  return {
    id,
    kind: 'checkout',
    seq: 1,
    verdict,
    decidedBy: 'appliance',
    reasons,
    currency: 'GBP',
    totalMinor: 450,
  };
}

const approve: Behaviour = ({ key }, response) => json(response, 201, answerTo(key));
const refuse: Behaviour = ({ key }, response) => json(response, 201, answerTo(key, 'refused'));
const dropConnection: Behaviour = (_, response) => response.destroy();
const fail =
  (status: number, headers: Record<string, string> = {}): Behaviour =>
  (_, response) =>
    json(response, status, { type: 'about:blank', title: 'no', status, code: 'busy' }, headers);
const say =
  (status: number, text: string): Behaviour =>
  (_, response) => {
    response.writeHead(status);
    response.end(text);
  };

const quick = { attemptMsMax: 500, totalMsMax: 3000, delayMsBase: 10, delayMsMax: 50, retryAfterMsMax: 400 };
const hasty = { ...quick, totalMsMax: 300 };

const sale: Checkout = {
  lines: [{ sku: 'A1', quantity: 1 }],
  currency: 'GBP',
  totalMinor: 450,
  payment: { token: 'tok_1', fingerprint: 'fp_1', scheme: 'visa', last4: '4242' },
};

function kiosk(baseUrl: string, options: Partial<KioskOptions> = {}) {
  // Nobody waits for central here: the limits above are then the only ones.
  return createKioskClient({ baseUrl, retry: quick, onlineWaitSeconds: 0, ...options });
}

describe('a checkout', () => {
  it('goes out with a UUIDv7 as its key and comes back approved', async () => {
    const { received, baseUrl } = await appliance(approve);
    const submission = await kiosk(`${baseUrl}/`).checkout(sale);
    expect(submission.kind).toBe('approved');
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({
      method: 'POST',
      url: '/v1/checkouts',
      key: submission.id,
      contentType: 'application/json',
      body: JSON.stringify(sale),
    });
    expect(submission.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('that is refused is a value with its reasons', async () => {
    const { baseUrl } = await appliance(refuse);
    const submission = await kiosk(baseUrl).checkout(sale);
    expect(submission).toMatchObject({ kind: 'refused', answer: { reasons: [{ code: 'product_unknown' }] } });
  });

  it('that is not understood is a value with the problem, is not retried and not kept', async () => {
    const problem = { type: 'about:blank', title: 'Invalid body', status: 400, code: 'invalid_body' };
    const { received, baseUrl } = await appliance((_, response) => json(response, 400, problem));
    const client = kiosk(baseUrl);
    expect(await client.checkout(sale)).toMatchObject({ kind: 'invalid', problem: { code: 'invalid_body' } });
    expect(received).toHaveLength(1);
    expect(await client.unanswered()).toEqual([]);
  });

  it('is sent again with the same key and bytes when the connection drops after it was accepted', async () => {
    const { received, baseUrl } = await appliance(dropConnection, dropConnection, approve);
    const submission = await kiosk(baseUrl).checkout(sale);
    expect(submission.kind).toBe('approved');
    expect(new Set(received.map(({ key }) => key))).toEqual(new Set([submission.id]));
    expect(new Set(received.map(({ body }) => body)).size).toBe(1);
    expect(received).toHaveLength(3);
  });

  it('is sent again when the answer is late, and when half of it arrives', async () => {
    const late: Behaviour = () => {};
    const half: Behaviour = ({ key }, response) => {
      const text = JSON.stringify(answerTo(key));
      response.writeHead(201, { 'content-length': String(text.length) });
      response.write(text.slice(0, 20), () => response.destroy());
    };
    const { received, baseUrl } = await appliance(late, half, approve);
    expect((await kiosk(baseUrl).checkout(sale)).kind).toBe('approved');
    expect(received).toHaveLength(3);
  });

  it.each([429, 500, 502, 503, 504, 507])('is sent again after a %i', async (status) => {
    const { received, baseUrl } = await appliance(fail(status), approve);
    expect((await kiosk(baseUrl).checkout(sale)).kind).toBe('approved');
    expect(received).toHaveLength(2);
  });

  it('waits as long as Retry-After asks, up to a bound', async () => {
    const { baseUrl } = await appliance(fail(503, { 'retry-after': '3600' }), approve);
    const start = performance.now();
    expect((await kiosk(baseUrl).checkout(sale)).kind).toBe('approved');
    expect(performance.now() - start).toBeGreaterThanOrEqual(quick.retryAfterMsMax - 1);
  });

  it.each([
    ['garbage', say(201, '<html>Welcome to the shop Wi-Fi</html>')],
    [
      'a redirect',
      (_: Received, response: ServerResponse) => response.writeHead(302, { location: '/' }).end(),
    ],
    [
      'the answer to another checkout',
      (_: Received, response: ServerResponse) => json(response, 201, answerTo('x')),
    ],
    [
      'an unknown verdict',
      ({ key }: Received, response: ServerResponse) => json(response, 201, answerTo(key, 'maybe')),
    ],
    ['a page of a proxy', say(404, 'no such host')],
  ])('does not take %s for an answer', async (_, behave) => {
    const { baseUrl } = await appliance(behave, approve);
    expect((await kiosk(baseUrl).checkout(sale)).kind).toBe('approved');
  });

  it.each([
    [507, 'journal_full'],
    [503, 'busy'],
    [429, 'busy'],
    [500, 'failed'],
    [504, 'unreachable'],
  ])('is unavailable when the appliance goes on saying %i', async (status, reason) => {
    const { baseUrl } = await appliance(fail(status));
    const client = kiosk(baseUrl, { retry: hasty });
    const submission = await client.checkout(sale);
    expect(submission).toMatchObject({ kind: 'unavailable', reason });
    expect(await client.unanswered()).toEqual([submission.id]);
  });

  it.each([401, 403])(
    'is kept when it may have been accepted before the appliance turned the kiosk away with %i',
    async (status) => {
      let admits = true;
      const { received, baseUrl } = await appliance((_, response) => {
        if (!admits)
          return json(response, status, { type: '', title: '', status, code: 'kiosk_token_invalid' });
        // Accepted, and the kiosk never hears of it.
        admits = false;
        response.destroy();
      });
      const client = kiosk(baseUrl, { retry: hasty });
      const submission = await client.checkout(sale);
      expect(submission).toMatchObject({ kind: 'unavailable', reason: 'not_admitted' });
      expect(await client.unanswered()).toEqual([submission.id]);
      expect(await client.resume()).toEqual([submission]);
      expect(new Set(received.map(({ key }) => key))).toEqual(new Set([submission.id]));
    },
  );

  it('is invalid, and not kept, when the appliance turned the kiosk away from the first', async () => {
    const { baseUrl } = await appliance((_, response) =>
      json(response, 401, { type: '', title: '', status: 401, code: 'kiosk_token_missing' }),
    );
    const client = kiosk(baseUrl, { retry: hasty });
    expect(await client.checkout(sale)).toMatchObject({ kind: 'invalid', problem: { status: 401 } });
    expect(await client.unanswered()).toEqual([]);
  });

  it('is unavailable when nobody is there', async () => {
    const client = kiosk('http://127.0.0.1:1', { retry: hasty });
    expect(await client.checkout(sale)).toMatchObject({ kind: 'unavailable', reason: 'unreachable' });
  });

  it('is unavailable by timeout when nobody answers, within the overall bound', async () => {
    const { baseUrl } = await appliance(() => {});
    const start = performance.now();
    expect(await kiosk(baseUrl, { retry: hasty }).checkout(sale)).toMatchObject({ reason: 'timeout' });
    expect(performance.now() - start).toBeLessThan(quick.totalMsMax);
  });

  it('stops waiting at once when told to, and stays kept', async () => {
    const { baseUrl } = await appliance(() => {});
    const stop = new AbortController();
    const client = kiosk(baseUrl, {
      signal: stop.signal,
      retry: { attemptMsMax: 20_000, totalMsMax: 20_000 },
    });
    setTimeout(() => stop.abort(), 50);
    const submission = await client.checkout(sale);
    expect(submission).toMatchObject({ kind: 'unavailable', reason: 'stopped' });
    expect(await client.unanswered()).toEqual([submission.id]);
  });

  it('is not sent when it cannot be kept', async () => {
    const { received, baseUrl } = await appliance(approve);
    const full: KioskStorage = { ...memoryStorage(), put: () => Promise.reject(new Error('quota exceeded')) };
    const submission = await kiosk(baseUrl, { storage: full }).checkout(sale);
    expect(submission).toMatchObject({ kind: 'unavailable', reason: 'storage_failed' });
    expect(received).toHaveLength(0);
  });
});

describe('after a reload', () => {
  const storages: [string, () => () => KioskStorage][] = [
    [
      'localStorage',
      () => {
        const items = webItems();
        return () => webStorage(items);
      },
    ],
    [
      'a file storage',
      () => {
        const folder = join(mkdtempSync(join(tmpdir(), 'kiosk-')), 'unanswered');
        return () => fileStorage(folder);
      },
    ],
  ];

  it.each(storages)('%s gives back what is unanswered, and it is sent again as it was', async (_, make) => {
    const reopen = make();
    let healthy = false;
    const { received, baseUrl } = await appliance((request, response) =>
      (healthy ? approve : fail(503))(request, response),
    );
    const before = kiosk(baseUrl, { storage: reopen(), retry: hasty });
    const first = await before.checkout({ ...sale, reference: 'first' });
    expect(first.kind).toBe('unavailable');

    healthy = true;
    const after = kiosk(baseUrl, { storage: reopen() });
    expect(await after.unanswered()).toEqual([first.id]);
    const resumed = await after.resume();
    expect(resumed).toMatchObject([{ kind: 'approved', id: first.id }]);
    expect(received.at(-1)).toEqual(received[0]);
    expect(await after.unanswered()).toEqual([]);
    expect(await kiosk(baseUrl, { storage: reopen() }).resume()).toEqual([]);
  });

  it('resumes the oldest first, and does not wait for each one when nobody is there', async () => {
    const client = kiosk('http://127.0.0.1:1', { retry: hasty });
    const first = await client.checkout(sale);
    const second = await client.checkout(sale);
    const start = performance.now();
    const resumed = await client.resume();
    expect(resumed.map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(performance.now() - start).toBeLessThan(2 * hasty.totalMsMax);
  });

  it('does not send what is still on its way', async () => {
    let release = () => {};
    const { received, baseUrl } = await appliance(({ key }, response) => {
      release = () => json(response, 201, answerTo(key));
    });
    const client = kiosk(baseUrl);
    const pending = client.checkout(sale);
    await expect.poll(() => received.length).toBe(1);
    expect(await client.resume()).toEqual([]);
    release();
    expect((await pending).kind).toBe('approved');
    expect(received).toHaveLength(1);
  });

  it('forgets what it is told to forget', async () => {
    const client = kiosk('http://127.0.0.1:1', { retry: hasty });
    const { id } = await client.checkout(sale);
    await client.forget(id);
    expect(await client.unanswered()).toEqual([]);
  });

  it('keeps files for their owner only, and passes over damaged ones', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kiosk-'));
    const storage = fileStorage(folder);
    await storage.put({ id: 'b', path: '/v1/checkouts', body: '{}' });
    await storage.put({ id: 'a', path: '/v1/checkouts', body: '{}' });
    expect(readdirSync(folder).sort()).toEqual(['a.json', 'b.json']);
    expect(statSync(join(folder, 'a.json')).mode & 0o777).toBe(0o600);
    const { writeFileSync } = await import('node:fs');
    writeFileSync(join(folder, 'c.json'), '{"id":');
    expect((await storage.all()).map(({ id }) => id)).toEqual(['a', 'b']);
    expect(await fileStorage(join(folder, 'not-made-yet')).all()).toEqual([]);
  });
});

describe('other documents', () => {
  it('a void, a refund and a fulfilment go to their own paths', async () => {
    const { received, baseUrl } = await appliance(approve);
    const client = kiosk(baseUrl);
    await client.void('00000000-0000-7000-8000-000000000001', { reason: 'changed her mind' });
    await client.refund({ checkoutId: 'c', currency: 'GBP', totalMinor: 1, reason: 'broken' });
    await client.fulfil('00000000-0000-7000-8000-000000000001', { step: 'handed_over' });
    expect(received.map(({ url }) => url)).toEqual([
      '/v1/checkouts/00000000-0000-7000-8000-000000000001/void',
      '/v1/refunds',
      '/v1/checkouts/00000000-0000-7000-8000-000000000001/fulfilment',
    ]);
  });

  it('reads a document, a page and the status, and says when there is no such document', async () => {
    const view = {
      ...answerTo('d1'),
      received: true,
      outcome: { kind: 'booked', atMs: 1 },
      voidedBy: null,
      refundedMinor: 0,
    };
    const missing = { type: 'about:blank', title: 'Not found', status: 404, code: 'not_found' };
    const { received, baseUrl } = await appliance(({ url }, response) => {
      if (url === '/v1/checkouts/d1') json(response, 200, view);
      else if (url.startsWith('/v1/checkouts?')) json(response, 200, { items: [view], nextCursor: null });
      else json(response, 404, missing);
    });
    const client = kiosk(baseUrl);
    expect(await client.get('d1')).toMatchObject({ kind: 'found', value: { outcome: { kind: 'booked' } } });
    expect(await client.list({ cursor: 'c', limit: 5 })).toMatchObject({ value: { items: [{ id: 'd1' }] } });
    expect(await client.get('../d2')).toMatchObject({ kind: 'invalid', problem: { status: 404 } });
    expect(received.map(({ url }) => url)).toEqual([
      '/v1/checkouts/d1',
      '/v1/checkouts?cursor=c&limit=5',
      '/v1/checkouts/..%2Fd2',
    ]);
    expect(await kiosk('http://127.0.0.1:1', { retry: hasty }).status()).toEqual({
      kind: 'unavailable',
      reason: 'unreachable',
    });
  });

  it('a wrong base URL is an error of the program and throws', () => {
    expect(() => kiosk('appliance:8080')).toThrow(TypeError);
  });
});

/** The Web Storage standard in memory. */
function webItems(): WebStorage {
  const items = new Map<string, string>([['of somebody else', '1']]);
  return {
    get length() {
      return items.size;
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}
