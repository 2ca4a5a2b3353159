// Kiosks at the door: a real server on loopback and over TLS, before a real store thread and a real file of kiosks.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Problem } from '../../contract/kiosk-api.ts';
import { type KioskScope, Pairing } from '../../contract/pairing.ts';
import { manualClock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { authorityInit } from '../../provisioning/commands/authority-init.ts';
import { kioskTlsCreate } from '../../provisioning/commands/kiosk-tls-create.ts';
import { pairingLimits } from '../kiosks/judge-pairing.ts';
import { type StoreClient, startStore } from '../store/client.ts';
import { type KioskDoor, openKioskDoor } from '../store/kiosks/door.ts';
import { type KioskRegistry, openKioskRegistry } from '../store/kiosks/registry.ts';
import { feedId, firstFeed, pennies, plentyOfSpace, uuid } from '../store/temporary-store.ts';
import { type LanCertificate, loadLanCertificate } from './lan-certificate.ts';
import { type HttpOptions, type HttpServer, startHttp } from './server.ts';

const base = mkdtempSync(join(tmpdir(), 'holdfast-http-kiosks-'));
const identity = { applianceId: 'shop-1', release: '0.1.0' };
const logged: unknown[] = [];
const keep = (fields: object, message: string) => logged.push({ ...fields, message });
const log: Log = { debug: keep, info: keep, warn: keep, error: keep };

let store: StoreClient;
let tls: LanCertificate;
let ca: Buffer;

let folder: string;
let clock: ReturnType<typeof manualClock>;
let registry: KioskRegistry;
let door: KioskDoor;
let server: HttpServer;

beforeAll(async () => {
  const onGone = (error: Error) => expect.fail(error.message);
  store = await startStore(
    { folder: join(base, 'journal'), space: plentyOfSpace },
    { commandsWaitingMax: 1000, onGone },
  );
  await store.ask('feed', { feedId, firstPosition: 1, items: firstFeed });
  const authorityFolder = join(base, 'authority');
  const nowMs = Date.now();
  await authorityInit({ folder: authorityFolder, centralHosts: ['central.example'], nowMs });
  const out = join(base, 'tls');
  await kioskTlsCreate({ authorityFolder, hosts: ['box-7.lan', '192.0.2.7', 'fd00::7'], out, nowMs });
  const files = { certificateFile: join(out, 'kiosk-tls.crt'), keyFile: join(out, 'kiosk-tls.key') };
  tls = loadLanCertificate(files, nowMs);
  ca = readFileSync(join(out, 'ca.crt'));
});
afterAll(async () => {
  await store.close();
  rmSync(base, { recursive: true });
});
beforeEach(async () => {
  folder = mkdtempSync(join(base, 'case-'));
  clock = manualClock();
  registry = openKioskRegistry(folder, clock);
  door = openKioskDoor(folder, clock);
  await start();
});
afterEach(async () => {
  await server.stop();
  registry.close();
  door.close();
  vi.restoreAllMocks();
});

/** Starts the server anew with other options. */
async function start(options: Partial<HttpOptions> = {}): Promise<void> {
  await server?.stop();
  server = await startHttp(
    {
      host: '127.0.0.1',
      port: 0,
      connectionsMax: 200,
      requestMsMax: 10_000,
      lan: { host: '127.0.0.1', port: 0, tls },
      ...options,
    },
    { store, identity, log, kiosks: { door, clock } },
  );
}

interface Answered {
  status: number;
  headers: IncomingHttpHeaders;
  text: string;
}

/** A request with exactly these headers: fetch lets nobody choose Host or Origin. */
function send(
  method: string,
  path: string,
  { body, lan = false, ...headers }: Record<string, unknown> & { body?: unknown; lan?: boolean } = {},
): Promise<Answered> {
  const given = {
    'Idempotency-Key': randomUUID(),
    ...(body !== undefined && { 'Content-Type': 'application/json' }),
  };
  const options = {
    host: '127.0.0.1',
    method,
    path,
    headers: { ...given, ...(headers as Record<string, string>) },
    agent: false as const,
  };
  return new Promise((resolve, reject) => {
    const request = lan
      ? httpsRequest({ ...options, port: server.lanPort, ca, servername: 'box-7.lan' })
      : httpRequest({ ...options, port: server.port });
    request.on('error', reject);
    request.on('response', async (response) => {
      let text = '';
      for await (const piece of response) text += piece;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
    });
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
const sale = () => ({ body: pennies(5) });
const problemOf = ({ text, status, headers }: Answered) => {
  const problem = Problem.parse(JSON.parse(text));
  expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(problem.status).toBe(status);
  return problem;
};
const codeOf = (answered: Answered) => problemOf(answered).code;

function offer(name = 'till-3', scopes: KioskScope[] = ['sell', 'read']): string {
  const offered = registry.offer({ name, scopes });
  return offered.kind === 'offered' ? offered.code : expect.fail(offered.kind);
}
const trade = (code: string, more: Record<string, string> = {}) =>
  send('POST', '/v1/pairings', { body: { code }, ...more });
async function pair(name?: string, scopes?: KioskScope[]): Promise<string> {
  const answered = await trade(offer(name, scopes));
  expect(answered.status, answered.text).toBe(201);
  return Pairing.parse(JSON.parse(answered.text)).token;
}

describe('pairing', () => {
  it('trades the code, as somebody typed it, for a token that sells', async () => {
    const code = offer().toLowerCase().replace('-', ' ');
    const answered = await trade(code, { lan: true } as never);
    expect(answered.status).toBe(201);
    expect(answered.headers['cache-control']).toBe('no-store');
    const { kiosk, token } = Pairing.parse(JSON.parse(answered.text));
    expect(kiosk).toEqual({ name: 'till-3', scopes: ['sell', 'read'] });
    expect((await send('POST', '/v1/checkouts', { ...sale(), ...bearer(token), lan: true })).status).toBe(
      201,
    );
  });

  it('gives the same token again to the kiosk whose connection broke, for a minute', async () => {
    const code = offer();
    const key = { 'Idempotency-Key': randomUUID() };
    const [first, second] = [await trade(code, key), await trade(code, key)];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.text).toBe(first.text);
    expect(codeOf(await trade(code))).toBe('pairing_code_invalid');
    expect(codeOf(await trade(`${code} `, key))).toBe('idempotency_conflict');
    clock.advance(60_000);
    expect(codeOf(await trade(code, key))).toBe('pairing_code_invalid');
  });

  it('gives no token again that was revoked meanwhile', async () => {
    const code = offer();
    const key = { 'Idempotency-Key': randomUUID() };
    await trade(code, key);
    registry.revoke('till-3');
    expect(codeOf(await trade(code, key))).toBe('pairing_code_invalid');
  });

  it('with one code at the same moment lets exactly one kiosk win', async () => {
    for (let round = 0; round < 5; round++) {
      const code = offer(`till-${round}`);
      const answers = await Promise.all([trade(code), trade(code), trade(code)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 403, 403]);
      // The losers count as wrong; a new code begins anew.
    }
    expect(registry.list().kiosks).toHaveLength(5);
  });

  it('with an expired code, or after a day’s step of the wall clock, is judged by the time that passed', async () => {
    const code = offer();
    clock.setWall(clock.wallMs() - 86_400_000);
    clock.advance(pairingLimits.codeMsMax - 1);
    expect((await trade(code)).status).toBe(201);
    const late = offer('till-4');
    clock.setWall(clock.wallMs() - 86_400_000);
    clock.advance(pairingLimits.codeMsMax);
    expect(codeOf(await trade(late))).toBe('pairing_code_invalid');
  });

  it('is locked by the fifth wrong try, says for how long, and is so after a restart', async () => {
    const code = offer();
    for (let n = 0; n < 5; n++) expect((await trade(`wrong ${n}`)).status).toBe(403);
    const locked = await trade(code);
    expect([locked.status, codeOf(locked), locked.headers['retry-after']]).toEqual([
      429,
      'pairing_locked',
      '300',
    ]);
    door.close();
    door = openKioskDoor(folder, clock);
    await start();
    clock.setWall(clock.wallMs() - 86_400_000);
    clock.advance(60_000);
    expect((await trade(code)).headers['retry-after']).toBe('240');
    clock.advance(240_000);
    expect((await trade(code)).status).toBe(201);
  });

  it.each<[unknown, string]>([
    [{}, 'body_invalid'],
    [{ code: '' }, 'body_invalid'],
    [{ code: 7 }, 'body_invalid'],
    [{ code: 'x'.repeat(65) }, 'body_invalid'],
    [{ code: 'K7QM-2XVN', name: 'boss' }, 'body_invalid'],
    [[], 'body_invalid'],
    [{ code: "'; DROP TABLE kiosk; --" }, 'pairing_code_invalid'],
    [{ code: '\u0000\u0000' }, 'pairing_code_invalid'],
    [{ code: '4929 1420 7773 8169' }, 'card_number_present'],
  ])('with %j is refused', async (body, code) => {
    expect(codeOf(await send('POST', '/v1/pairings', { body }))).toBe(code);
  });
});

describe('who may what', () => {
  const checkout = () => send('POST', '/v1/checkouts', sale());

  it('is open on loopback without a token, and to nobody without one over TLS', async () => {
    expect((await checkout()).status).toBe(201);
    for (const path of ['/v1/status', '/v1/checkouts', `/V1/checkouts/${uuid(1)}`, '/v1/status/']) {
      const refused = await send('GET', path, { lan: true });
      expect([refused.status, codeOf(refused)]).toEqual([401, 'kiosk_token_missing']);
      expect(refused.headers['www-authenticate']).toBe('Bearer realm="holdfast"');
    }
    const refused = await send('POST', '/v1/checkouts', { ...sale(), lan: true });
    expect(codeOf(refused)).toBe('kiosk_token_missing');
    expect((await send('GET', '/livez', { lan: true })).status).toBe(200);
  });

  it('asks for a token on loopback too when it is told to', async () => {
    await start({ kioskAuth: 'required' });
    expect(codeOf(await checkout())).toBe('kiosk_token_missing');
    const token = await pair();
    expect((await send('POST', '/v1/checkouts', { ...sale(), ...bearer(token) })).status).toBe(201);
  });

  it('is by scope, and the one that lacks is named', async () => {
    const refund = { body: { checkoutId: uuid(404), currency: 'GBP', totalMinor: 1, reason: 'x' } };
    const acts: [KioskScope, () => Parameters<typeof send>, number][] = [
      ['sell', () => ['POST', '/v1/checkouts', sale()], 201],
      ['sell', () => ['POST', `/v1/checkouts/${uuid(404)}/void`, { body: { reason: 'x' } }], 404],
      ['refund', () => ['POST', '/v1/refunds', refund], 404],
      ['refund', () => ['POST', '/V1/Refunds/', refund], 404],
      ['fulfil', () => ['POST', `/v1/checkouts/${uuid(404)}/fulfilment`, { body: { step: 'picked' } }], 404],
      ['read', () => ['GET', '/v1/status', {}], 200],
      ['read', () => ['HEAD', '/v1/status', {}], 200],
      ['read', () => ['GET', '/v1/checkouts', {}], 200],
    ];
    const scopes: KioskScope[] = ['sell', 'refund', 'fulfil', 'read'];
    for (const has of scopes) {
      const token = await pair(`only-${has}`, [has]);
      for (const [needed, act, status] of acts) {
        const [method, path, more] = act();
        const answered = await send(method, path, { ...more, ...bearer(token) });
        expect(answered.status, `${has}: ${method} ${path}`).toBe(has === needed ? status : 403);
        if (has === needed || method === 'HEAD') continue;
        expect(problemOf(answered)).toMatchObject({
          code: 'scope_missing',
          detail: expect.stringContaining(needed),
        });
        expect(answered.headers['www-authenticate']).toContain(`scope="${needed}"`);
      }
    }
  });

  it.each([
    'Bearer',
    'Bearer ',
    'Bearer x',
    'Basic dGlsbDpwYXNz',
    'hf_k_1',
    `Bearer ${'a'.repeat(5000)}`,
    'Bearer a b',
  ])('is nothing with the garbage %j, even where no token is asked for', async (Authorization) => {
    const refused = await send('GET', '/v1/status', { Authorization });
    expect([refused.status, codeOf(refused)]).toEqual([401, 'kiosk_token_invalid']);
    expect(refused.headers['www-authenticate']).toContain('error="invalid_token"');
  });

  it('ends with the next request after a revocation, while others go on', async () => {
    const [gone, stays] = [await pair('till-1'), await pair('till-2')];
    const sell = (token: string) => send('POST', '/v1/checkouts', { ...sale(), ...bearer(token) });
    let revoked = false;
    const selling = Array.from({ length: 60 }, async (_, n) => {
      const [mine, before] = [n % 2 === 0 ? gone : stays, revoked];
      if (n === 30) {
        registry.revoke('till-1');
        revoked = true;
      }
      const { status } = await sell(mine);
      // What was sent before may have gone either way; nothing is ever half done.
      if (mine === stays) expect(status).toBe(201);
      else expect(before ? [401] : [201, 401]).toContain(status);
    });
    await Promise.all(selling);
    expect(codeOf(await sell(gone))).toBe('kiosk_token_invalid');
    registry.rename('till-2', 'till-9');
    expect((await sell(stays)).status).toBe(201);
  });
});

describe('a stream of events', () => {
  const open = async (token: string) => {
    const response = await fetch(`http://127.0.0.1:${server.port}/v1/events`, { headers: bearer(token) });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader() ?? expect.fail();
    const heard = { text: '', ended: false };
    const listen = async () => {
      for (let piece = await reader.read(); !piece.done; piece = await reader.read())
        heard.text += piece.value;
    };
    void listen()
      .catch(() => {})
      .finally(() => {
        heard.ended = true;
      });
    await expect.poll(() => heard.text, { timeout: 3000 }).toContain('event: status');
    return heard;
  };

  it('ends when its kiosk is revoked, though nothing happens, and tells it nothing more', async () => {
    const [gone, stays] = [await open(await pair('till-1')), await open(await pair('till-2'))];
    registry.revoke('till-1');
    await send('POST', '/v1/checkouts', sale());
    await expect.poll(() => stays.text, { timeout: 3000 }).toContain('event: document');
    await expect.poll(() => gone.ended, { timeout: 3000 }).toBe(true);
    expect(gone.text).not.toContain('event: document');
    expect(stays.ended).toBe(false);

    registry.revoke('till-2');
    await expect.poll(() => stays.ended, { timeout: 3000 }).toBe(true);
  });
});

describe('the network', () => {
  it('is never spoken to without TLS 1.2', async () => {
    const old = httpsRequest({
      host: '127.0.0.1',
      port: server.lanPort,
      ca,
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
    });
    await expect(new Promise((_, reject) => old.on('error', reject).end())).rejects.toThrow();
    const plain = httpRequest({ host: '127.0.0.1', port: server.lanPort ?? 0, path: '/v1/status' });
    await expect(
      new Promise((resolve, reject) => plain.on('error', reject).on('response', resolve).end()),
    ).rejects.toThrow();
  });

  it('goes with loopback when its address is taken', async () => {
    const { port, lanPort } = server;
    const taken = startHttp(
      {
        host: '127.0.0.1',
        port: 0,
        connectionsMax: 9,
        requestMsMax: 1000,
        lan: { host: '127.0.0.1', port: lanPort ?? 0, tls },
      },
      { store, identity, log },
    );
    await expect(taken).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(server.port).toBe(port);
  });

  it.each([
    'localhost',
    'LOCALHOST:1',
    '127.0.0.1:8080',
    '[::1]:8080',
    'box-7.lan',
    'Box-7.LAN:8443',
    '192.0.2.7',
    '[fd00:0::7]:8443',
  ])('may call the appliance %s', async (Host) => {
    for (const lan of [false, true]) expect((await send('GET', '/livez', { Host, lan })).status).toBe(200);
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    'evil.example:8080',
    '192.0.2.8',
    '[fd00::8]',
    'a b',
    '[',
    'localhost:80:80',
    'central.example',
  ])('may not call it %j', async (Host) => {
    for (const path of ['/livez', '/v1/status', '/nothing']) {
      const refused = await send('GET', path, { Host });
      expect([refused.status, codeOf(refused)]).toEqual([421, 'host_unknown']);
    }
    expect((await send('POST', '/v1/checkouts', { ...sale(), Host })).status).toBe(421);
  });
});

it.each(['Host:', 'Host: \t', 'Host:  :80'])('a request with no more than %j is refused', async (line) => {
  const socket = connect(server.port, '127.0.0.1');
  socket.end(`GET /v1/status HTTP/1.1\r\n${line}\r\nConnection: close\r\n\r\n`);
  let received = '';
  for await (const piece of socket) received += piece;
  expect(received).toMatch(/^HTTP\/1\.1 4\d\d /);
});

describe('a page of another origin', () => {
  const origin = 'https://shop.example';
  const preflight = (Origin: string) =>
    send('OPTIONS', '/v1/checkouts', {
      Origin,
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,content-type,idempotency-key',
      lan: true,
    });
  beforeEach(() => start({ corsOrigins: [origin] }));

  it('that is listed may send what a kiosk sends, and read what it answers', async () => {
    const { status, headers, text } = await preflight(origin);
    expect([status, text]).toEqual([204, '']);
    expect(headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, HEAD, POST',
      'access-control-allow-headers':
        'Authorization, Content-Type, Idempotency-Key, Prefer, Last-Event-ID, Traceparent, X-Request-Id',
      'access-control-max-age': '600',
      vary: 'Origin',
    });
    expect(headers['access-control-allow-credentials']).toBeUndefined();
    // Problems too: a page must be able to read that its token is wrong.
    const refused = await send('GET', '/v1/status', { Origin: origin, lan: true });
    expect(refused.status).toBe(401);
    expect(refused.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': expect.stringContaining('Retry-After'),
      vary: 'Origin',
    });
  });

  it.each([
    'https://evil.example',
    'https://shop.example:8443',
    'http://shop.example',
    'https://shop.example.evil',
    'null',
    '*',
  ])('that is %s is told nothing', async (other) => {
    for (const { headers } of [await preflight(other), await send('GET', '/livez', { Origin: other })]) {
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(headers.vary).toBe('Origin');
    }
  });
});

describe('how often', () => {
  const look = (more: Record<string, unknown> = {}) => send('GET', '/v1/status', more);
  beforeEach(() => start({ ratePerMinute: 5 }));

  it('a kiosk may call is said with each answer, and counted for it alone', async () => {
    const [one, two] = [bearer(await pair('till-1')), bearer(await pair('till-2'))];
    for (let left = 4; left >= 0; left--) {
      const { status, headers } = await look(one);
      expect(status).toBe(200);
      expect(headers['ratelimit-policy']).toBe('"kiosk";q=5;w=60');
      expect(headers.ratelimit).toMatch(new RegExp(`^"kiosk";r=${left};t=(60|5\\d)$`));
    }
    const refused = await look(one);
    expect([refused.status, codeOf(refused)]).toEqual([429, 'rate_limited']);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50);
    expect(refused.headers.ratelimit).toMatch(/;r=0;/);
    expect((await look(two)).status).toBe(200);
    expect((await look()).headers.ratelimit).toBeUndefined();
  });

  it('an address without a token may call is counted too, and a kiosk there goes on', async () => {
    const token = bearer(await pair());
    const statuses = [];
    for (let n = 0; n < 7; n++) statuses.push((await look({ lan: true })).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
    expect((await look({ lan: true, ...token })).status).toBe(200);
  });

  it('a thousand wrong tokens come is no matter: five are looked at, and a kiosk sells meanwhile', async () => {
    const token = bearer(await pair());
    const statuses = new Map<number, number>();
    for (let n = 0; n < 1000; n++) {
      const { status } = await look(bearer(`hf_k_${randomUUID()}`));
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    expect([...statuses]).toEqual([
      [401, 5],
      [429, 995],
    ]);
    expect((await send('POST', '/v1/checkouts', { ...sale(), ...token })).status).toBe(201);
  });

  it('never says to come back in more than a minute, though the clock was set back a day', async () => {
    const token = bearer(await pair());
    await look(token);
    const now = Date.now();
    vi.spyOn(Date, 'now').mockReturnValue(now - 86_400_000);
    for (let n = 0; n < 5; n++) await look(token);
    expect((await look(token)).headers['retry-after']).toBe('60');
  });

  it('this machine may call without a token is limited only when it is told so', async () => {
    for (let n = 0; n < 20; n++) expect((await look()).status).toBe(200);
    await start({ loopbackRatePerMinute: 2 });
    expect([(await look()).status, (await look()).status, (await look()).status]).toEqual([200, 200, 429]);
  });
});

it('leaves codes and tokens in no log and no file', async () => {
  const code = offer();
  const key = { 'Idempotency-Key': randomUUID() };
  const { token } = Pairing.parse(JSON.parse((await trade(code, key)).text));
  const wrong = `hf_k_wrong${randomUUID()}`;
  await trade(code, key);
  await trade('WRON-GXYZ');
  await send('POST', '/v1/checkouts', { ...sale(), ...bearer(token), lan: true });
  await send('POST', '/v1/refunds', { body: {}, ...bearer(token) });
  await send('GET', '/v1/status', bearer(wrong));
  await send('GET', `/${token}`);
  const places = [folder, join(base, 'journal')].flatMap((at) =>
    readdirSync(at).map((name) => readFileSync(join(at, name), 'latin1')),
  );
  expect(places.length).toBeGreaterThan(3);
  for (const text of [...places, JSON.stringify(logged)]) {
    for (const secret of [code, code.replace('-', ''), token, token.slice(5), wrong, 'WRON']) {
      expect(text.includes(secret)).toBe(false);
    }
  }
  expect(logged).toContainEqual({ kiosk: 'till-3', scopes: ['sell', 'read'], message: 'paired a kiosk' });
  // What is logged of a refusal is who and where.
  expect(logged).toContainEqual(
    expect.objectContaining({ kiosk: 'till-3', code: 'scope_missing', route: '/v1/refunds' }),
  );
});
