// The technician's door: a real server on loopback and over TLS. Who comes in, who does not and how they are told, and that
// neither guessing nor another page nor a kiosk opens it.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Problem, Status } from '../../contract/kiosk-api.ts';
import { PairingOffer, TechnicianSession, TechnicianView } from '../../contract/technician-api.ts';
import { manualClock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { authorityInit } from '../../provisioning/commands/authority-init.ts';
import { kioskTlsCreate } from '../../provisioning/commands/kiosk-tls-create.ts';
import { type StoreClient, startStore } from '../store/client.ts';
import { type KioskDoor, openKioskDoor } from '../store/kiosks/door.ts';
import { feedId, firstFeed, plentyOfSpace } from '../store/temporary-store.ts';
import { createTechnicianDoor } from '../technician/door.ts';
import { createExaminer } from '../technician/examination.ts';
import { tryLimits } from '../technician/judge-try.ts';
import { removePin, writePin } from '../technician/pin-file.ts';
import { sessionLimits } from '../technician/sessions.ts';
import { type LanCertificate, loadLanCertificate } from './lan-certificate.ts';
import { type HttpOptions, type HttpServer, startHttp } from './server.ts';

const base = mkdtempSync(join(tmpdir(), 'holdfast-http-technician-'));
const identity = { applianceId: 'shop-1', release: '0.1.0' };
const pin = '830527';
const wrong = '915038';
const { freeTries, waitMsFirst } = tryLimits;
let logged: object[] = [];
const keep = (fields: object, message: string) => logged.push({ ...fields, message });
const log: Log = { debug: keep, info: keep, warn: keep, error: keep };

let store: StoreClient;
let tls: LanCertificate;
let ca: Buffer;
let folder: string;
let clock: ReturnType<typeof manualClock>;
let door: KioskDoor;
let server: HttpServer;

beforeAll(async () => {
  const onGone = (error: Error) => expect.fail(error.message);
  const journal = { folder: join(base, 'journal'), space: plentyOfSpace };
  store = await startStore(journal, { commandsWaitingMax: 1000, onGone });
  await store.ask('feed', { feedId, firstPosition: 1, items: firstFeed });
  const authorityFolder = join(base, 'authority');
  const nowMs = Date.now();
  await authorityInit({ folder: authorityFolder, centralHosts: ['central.example'], nowMs });
  const out = join(base, 'tls');
  await kioskTlsCreate({ authorityFolder, hosts: ['box-7.lan'], out, nowMs });
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
  logged = [];
  door = openKioskDoor(folder, clock);
  await writePin(folder, pin);
  await start();
});
afterEach(async () => {
  await server.stop();
  door.close();
});

/** The daemon starts, or starts again: what it has in memory is gone. */
async function start(options: Partial<HttpOptions> = {}): Promise<void> {
  await server?.stop();
  const at = { host: '127.0.0.1', port: 0, connectionsMax: 200, requestMsMax: 10_000 };
  const technician = {
    door: createTechnicianDoor(folder, clock, log),
    // Says what the doctor would, without looking at this machine.
    examiner: createExaminer('none.toml', clock, { command: process.execPath, args: ['-e', doctor, '--'] }),
    troubles: () => [],
    folder,
  };
  server = await startHttp(
    { ...at, lan: { host: '127.0.0.1', port: 0, tls }, site: 'leeds', ...options },
    { store, identity, log, kiosks: { door, clock }, technician },
  );
}
const doctor = `console.log(JSON.stringify({ healthy: true, checks: [{ code: 'memory', state: 'ok', words: process.argv.slice(1).join(' ') }] }))`;

interface Answered {
  status: number;
  headers: IncomingHttpHeaders;
  json: unknown;
}

type Sent = Record<string, unknown> & { lan?: boolean; agent?: Agent | false };

/** A request with exactly these headers: fetch lets nobody choose Origin or Cookie. */
function send(
  method: string,
  path: string,
  { body, lan = false, agent = false, ...headers }: Sent = {},
): Promise<Answered> {
  const type = body !== undefined && { 'Content-Type': 'application/json' };
  const options = {
    host: '127.0.0.1',
    method,
    path: path.startsWith('/') ? path : `/v1/technician/${path}`,
    headers: { ...type, ...(headers as Record<string, string>) },
    agent,
  };
  return new Promise((resolve, reject) => {
    const request = lan
      ? httpsRequest({ ...options, port: server.lanPort, ca, servername: 'box-7.lan' })
      : httpRequest({ ...options, port: server.port });
    request.on('error', (error: NodeJS.ErrnoException) => {
      // The server may close a connection that it kept, at the moment in which it is used again.
      const again = request.reusedSocket && error.code === 'ECONNRESET';
      if (again) resolve(send(method, path, { body, lan, agent, ...headers }));
      else reject(error);
    });
    request.on('response', async (response) => {
      let text = '';
      for await (const piece of response) text += piece;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, json: JSON.parse(text) });
    });
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}
const codeOf = ({ json, status }: Answered) => {
  const problem = Problem.parse(json);
  expect(problem.status).toBe(status);
  return problem.code;
};
const typed = (tried: string, more: Record<string, unknown> = {}) =>
  send('POST', 'session', { body: { pin: tried }, ...more });
const stateOf = async (more: Record<string, unknown> = {}) =>
  TechnicianSession.parse((await send('GET', 'session', more)).json);
const cookieOf = ({ headers }: Answered) => headers['set-cookie']?.[0]?.split(';')[0] ?? '';
async function signedIn(lan = false): Promise<{ Cookie: string; lan: boolean }> {
  const answered = await typed(pin, { lan });
  expect(answered.status).toBe(201);
  return { Cookie: cookieOf(answered), lan };
}
async function guessUntilLocked(): Promise<void> {
  for (let n = 0; n <= freeTries; n++) expect(codeOf(await typed(wrong))).toBe('pin_wrong');
}
const conditions = async () => {
  const response = await fetch(`http://127.0.0.1:${server.port}/v1/status`);
  return Status.parse(await response.json()).conditions.map(({ code }) => code);
};

describe('the PIN', () => {
  it('lets in whoever types it, by a cookie that no script reads and no other site has sent', async () => {
    expect(await stateOf()).toEqual({ state: 'signed_out', waitSeconds: 0 });
    const answered = await typed(pin, { lan: true });
    expect(answered.json).toEqual({ state: 'signed_in', waitSeconds: 0 });
    const [set = ''] = answered.headers['set-cookie'] ?? [];
    expect(set).toMatch(
      /^__Host-holdfast-technician=[\w-]{43}; path=\/; expires=[^;]+; samesite=strict; secure; httponly$/,
    );
    expect(answered.headers['cache-control']).toBe('no-store');
    const view = await send('GET', 'view', { Cookie: cookieOf(answered), lan: true });
    expect(view.status).toBe(200);
    expect(view.headers['cache-control']).toBe('no-store');
    const loopback = await typed(pin);
    expect(loopback.headers['set-cookie']?.[0]).toMatch(/^holdfast-technician=.*samesite=strict; httponly$/);
  });

  it('that nobody set lets nobody in, and everything else stays hidden', async () => {
    removePin(folder);
    expect(await stateOf()).toEqual({ state: 'no_pin', waitSeconds: 0 });
    expect(codeOf(await typed(pin))).toBe('pin_not_set');
    expect(codeOf(await send('GET', 'view'))).toBe('technician_signed_out');
  });

  it.each([
    ['', 'empty'],
    ['{', 'no JSON'],
    ['{"version":1,"salt":"a","hash":""}', 'an empty hash'],
    ['{"version":2}', 'another version'],
    ['{"version":1,"salt":"a","hash":"b","cost":1073741824}', 'a cost of its own'],
  ])('whose file is %j (%s) lets nobody in', async (text) => {
    const { Cookie } = await signedIn();
    writeFileSync(join(folder, 'technician-pin.json'), text);
    expect(await stateOf({ Cookie })).toEqual({ state: 'pin_damaged', waitSeconds: 0 });
    expect(codeOf(await typed(pin))).toBe('pin_not_set');
    expect(codeOf(await send('GET', 'view', { Cookie }))).toBe('technician_signed_out');
  });

  it('stands in no file and no log, and its files are their owner’s alone', async () => {
    await typed(wrong);
    await signedIn();
    for (const name of readdirSync(folder)) {
      expect(statSync(join(folder, name)).mode & 0o077, name).toBe(0);
      expect(readFileSync(join(folder, name), 'latin1'), name).not.toMatch(new RegExp(`${pin}|${wrong}`));
    }
    expect(JSON.stringify(logged)).not.toMatch(new RegExp(`${pin}|${wrong}`));
    expect(logged).toContainEqual(expect.objectContaining({ wrongTries: 1, from: '127.0.0.1' }));
  });

  it('that changes ends every session, and so does one that is taken away', async () => {
    const session = await signedIn();
    await writePin(folder, '2904715');
    expect(codeOf(await send('GET', 'view', session))).toBe('technician_signed_out');
    expect(codeOf(await typed(pin))).toBe('pin_wrong');
    // The same digits again are another setting.
    await writePin(folder, pin);
    expect(codeOf(await send('GET', 'view', session))).toBe('technician_signed_out');
    const again = await signedIn();
    removePin(folder);
    expect(codeOf(await send('GET', 'view', again))).toBe('technician_signed_out');
  });

  it.each(['', '12345', '1234567890123', '83052x', 830527, null])(
    'cannot be %j, which is not even tried',
    async (odd) => {
      expect(codeOf(await send('POST', 'session', { body: { pin: odd } }))).toBe('body_invalid');
      expect(readdirSync(folder)).not.toContain('technician-tries.json');
    },
  );
});

describe('guessing', () => {
  it('is told to wait from the fifth wrong PIN on, and then not even the right one is looked at', async () => {
    await guessUntilLocked();
    const locked = await typed(pin);
    expect(codeOf(locked)).toBe('pin_locked');
    expect(locked.headers['retry-after']).toBe(String(waitMsFirst / 1000));
    expect(await stateOf()).toEqual({ state: 'signed_out', waitSeconds: waitMsFirst / 1000 });
    clock.advance(waitMsFirst - 1);
    expect(codeOf(await typed(pin))).toBe('pin_locked');
    clock.advance(1);
    await signedIn();
    for (let n = 0; n < freeTries; n++) expect(codeOf(await typed(wrong))).toBe('pin_wrong');
    await signedIn();
  });

  it('takes a wait twice as long each time', async () => {
    await guessUntilLocked();
    clock.advance(waitMsFirst);
    const answered = await typed(wrong);
    expect(codeOf(answered)).toBe('pin_wrong');
    expect(answered.headers['retry-after']).toBe(String((2 * waitMsFirst) / 1000));
  });

  it('is not helped by a restart of the daemon, of the box, or by a clock that is set', async () => {
    await guessUntilLocked();
    clock.setWall(clock.wallMs() + 86_400_000);
    await start();
    expect(codeOf(await typed(pin))).toBe('pin_locked');
    const later = manualClock();
    Object.assign(clock, later, { bootId: '00000000-0000-4000-8000-000000000002' });
    await start();
    const locked = await typed(pin);
    expect(codeOf(locked)).toBe('pin_locked');
    expect(locked.headers['retry-after']).toBe(String(waitMsFirst / 1000));
  });

  it('two thousand times, from both sides and many at once, has five PINs looked at', async () => {
    const codes = new Map<string, number>();
    const agent = new Agent({ keepAlive: true, maxSockets: 50 });
    for (let round = 0; round < 20; round++) {
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, n) => {
          const lan = round === 0 && n % 2 === 0;
          return typed(String(915_000 + n), lan ? { lan } : { agent });
        }),
      );
      for (const answered of answers) {
        const code = codeOf(answered);
        codes.set(code, (codes.get(code) ?? 0) + 1);
      }
    }
    agent.destroy();
    expect(codes.get('pin_wrong')).toBe(freeTries + 1);
    expect([...codes.keys()].sort()).toEqual(['busy', 'pin_locked', 'pin_wrong']);
    const file = JSON.parse(readFileSync(join(folder, 'technician-tries.json'), 'utf8'));
    expect(file.wrongTries).toBe(freeTries + 1);
    expect(logged.filter((line) => 'wrongTries' in line)).toHaveLength(freeTries + 1);
  });

  it('is seen in the status until the right one comes, or another is set', async () => {
    for (let n = 0; n < freeTries; n++) await typed(wrong);
    expect(await conditions()).toEqual([]);
    await typed(wrong);
    expect(await conditions()).toEqual(['technician_pin_tried']);
    await start();
    expect(await conditions()).toEqual(['technician_pin_tried']);
    clock.advance(waitMsFirst);
    await signedIn();
    expect(await conditions()).toEqual([]);
    await guessUntilLocked();
    await writePin(folder, pin);
    expect(await conditions()).toEqual([]);
    await signedIn();
  });

  it('with a count that was spoilt waits all the same', async () => {
    writeFileSync(join(folder, 'technician-tries.json'), 'spoilt');
    expect(codeOf(await typed(pin))).toBe('pin_locked');
    clock.advance(waitMsFirst);
    await signedIn();
  });
});

describe('a session', () => {
  it('ends without a touch after a quarter of an hour, though the page goes on asking', async () => {
    const session = await signedIn();
    clock.advance(sessionLimits.idleMsMax - 1);
    expect((await send('GET', 'view', session)).status).toBe(200);
    clock.advance(1);
    expect(codeOf(await send('GET', 'view', session))).toBe('technician_signed_out');
  });

  it('lives on by what a person does', async () => {
    const session = await signedIn();
    clock.advance(sessionLimits.idleMsMax - 1);
    expect((await send('GET', 'view?acted=true', session)).status).toBe(200);
    clock.advance(sessionLimits.idleMsMax - 1);
    expect((await send('GET', 'view', session)).status).toBe(200);
  });

  it('is one for each phone, and signing out ends one’s own', async () => {
    const [one, other] = [await signedIn(), await signedIn(true)];
    const ended = await send('POST', 'session/end', one);
    expect(ended.json).toMatchObject({ state: 'signed_out' });
    expect(ended.headers['set-cookie']?.[0]).toMatch(/^holdfast-technician=; .*expires=Thu, 01 Jan 1970/);
    expect(codeOf(await send('GET', 'view', one))).toBe('technician_signed_out');
    expect((await send('GET', 'view', other)).status).toBe(200);
  });

  it('ends with the daemon', async () => {
    const session = await signedIn();
    await start();
    expect(codeOf(await send('GET', 'view', session))).toBe('technician_signed_out');
  });

  it.each([
    'holdfast-technician=',
    'holdfast-technician=nobody',
    `holdfast-technician=${'A'.repeat(43)}`,
    `holdfast-technician=${'x'.repeat(8000)}`,
    'holdfast-technician',
    ';;;=;,',
    'holdfast-technician=%00%ff; holdfast-technician="',
    '__proto__=1; holdfast-technician=__proto__',
  ])('is nobody’s by the cookie %.60s', async (Cookie) => {
    expect(codeOf(await send('GET', 'view', { Cookie }))).toBe('technician_signed_out');
    expect(await stateOf({ Cookie })).toMatchObject({ state: 'signed_out' });
  });
});

describe('another page', () => {
  it.each([
    [{ 'Sec-Fetch-Site': 'cross-site' }],
    [{ 'Sec-Fetch-Site': 'same-site' }],
    [{ Origin: 'https://evil.example' }],
    [{ Origin: 'null' }],
    [{ Origin: 'https://127.0.0.1' }],
  ])('with %j has nothing done by the technician’s cookie', async (headers) => {
    const session = await signedIn();
    const requests: [string, string, object | undefined][] = [
      ['GET', 'session', undefined],
      ['POST', 'session', { pin }],
      ['POST', 'session/end', {}],
      ['GET', 'view', undefined],
      ['POST', 'examination', {}],
      ['POST', 'pairings', { name: 'till-1', scopes: ['sell'] }],
    ];
    for (const [method, path, body] of requests) {
      const answered = await send(method, path, { ...session, ...headers, ...(body && { body }) });
      expect(codeOf(answered), `${method} ${path}`).toBe('origin_refused');
    }
    expect((await send('GET', 'view', session)).status).toBe(200);
  });

  it('that kiosks may be called from has no part in it either', async () => {
    const Origin = 'https://shop.example';
    await start({ corsOrigins: [Origin] });
    const answered = await send('GET', 'view', { ...(await signedIn()), Origin });
    expect(codeOf(answered)).toBe('origin_refused');
    expect(answered.headers['access-control-allow-credentials']).toBeUndefined();
  });

  it('is not the appliance’s own, under either of its addresses', async () => {
    const own = { Origin: `http://127.0.0.1:${server.port}`, Host: `127.0.0.1:${server.port}` };
    expect((await typed(pin, { ...own, 'Sec-Fetch-Site': 'same-origin' })).status).toBe(201);
    const host = `box-7.lan:${server.lanPort}`;
    expect((await typed(pin, { lan: true, Origin: `https://${host}`, Host: host })).status).toBe(201);
  });
});

describe('kiosks and technicians', () => {
  it('have each their own door: no token opens the page, and the page’s cookie sells nothing', async () => {
    const session = await signedIn(true);
    const offered = PairingOffer.parse(
      (
        await send('POST', 'pairings', {
          ...session,
          body: { name: 'till-1', scopes: ['sell', 'refund', 'fulfil', 'read'] },
        })
      ).json,
    );
    const paired = door.pair(offered.code);
    const token = paired.kind === 'paired' ? paired.token : expect.fail(paired.kind);
    const bearer = { Authorization: `Bearer ${token}`, lan: true };
    expect(codeOf(await send('GET', 'view', bearer))).toBe('technician_signed_out');
    expect(codeOf(await send('POST', 'examination', { ...bearer, body: {} }))).toBe('technician_signed_out');
    expect(codeOf(await send('GET', '/v1/status', session))).toBe('kiosk_token_missing');
    expect(codeOf(await send('GET', '/v1/checkouts', session))).toBe('kiosk_token_missing');
  });

  it('are told of each other: who was paired, and when a kiosk was last seen', async () => {
    const session = await signedIn();
    const make = async (name: string) =>
      PairingOffer.parse(
        (await send('POST', 'pairings', { ...session, body: { name, scopes: ['sell', 'read'] } })).json,
      );
    const [one, other] = [await make('till-2'), await make('till-1')];
    expect(one).toMatchObject({
      name: 'till-2',
      validSeconds: 600,
      code: expect.stringMatching(/^\w{4}-\w{4}$/),
    });
    expect(new Set(one.qr.map((row) => row.length))).toEqual(new Set([one.qr.length]));
    const tokens = [one, other]
      .map(({ code }) => door.pair(code))
      .map((paired) => ('token' in paired ? paired.token : ''));
    const seen = async () => TechnicianView.parse((await send('GET', 'view', session)).json).kiosks;
    expect(await seen()).toEqual([
      { name: 'till-1', scopes: ['sell', 'read'], lastSeenMs: null },
      { name: 'till-2', scopes: ['sell', 'read'], lastSeenMs: null },
    ]);
    clock.advance(5000);
    await fetch(`http://127.0.0.1:${server.port}/v1/status`, {
      headers: { Authorization: `Bearer ${tokens[0]}` },
    });
    expect(await seen()).toMatchObject([{ lastSeenMs: null }, { lastSeenMs: clock.wallMs() }]);
    expect(
      codeOf(await send('POST', 'pairings', { ...session, body: { name: 'till-1', scopes: ['read'] } })),
    ).toBe('kiosk_name_taken');
  });

  it('are not both shut out by a damaged kiosks.db: the page says so, and shows the rest', async () => {
    const session = await signedIn();
    door.close();
    for (const part of ['-wal', '-shm']) rmSync(join(folder, `kiosks.db${part}`), { force: true });
    writeFileSync(join(folder, 'kiosks.db'), 'this is no database, and long enough to be seen as none');
    const body = { name: 'till-1', scopes: ['read'] };
    expect(codeOf(await send('POST', 'pairings', { ...session, body }))).toBe('kiosks_unreadable');
    // The door of the running daemon, with the file spoilt under it.
    door = Object.assign(door, {
      seen: () => {
        throw Object.assign(new Error('database disk image is malformed'), { code: 'SQLITE_CORRUPT' });
      },
      condition: () => null,
      close: () => {},
    });
    const view = TechnicianView.parse((await send('GET', 'view', session)).json);
    expect(view.kiosks).toBeNull();
    expect(view.status.applianceId).toBe('shop-1');
  });
});

describe('the view', () => {
  it('says who the box is, how it stands, and for how long its certificate for the network holds', async () => {
    const view = TechnicianView.parse((await send('GET', 'view', await signedIn())).json);
    expect(view).toMatchObject({
      nowMs: clock.wallMs(),
      site: 'leeds',
      headline: 'selling, link down, 0 unreceived',
      status: { applianceId: 'shop-1', release: '0.1.0' },
      unreceived: { documents: 0, totalMinor: 0, oldestMs: null, more: false },
      lanCertificate: { daysLeft: 396 },
      kiosks: [],
      troubles: [],
      examination: { kind: 'never' },
    });
    expect(Object.keys(view.status)).not.toContain('siteMs');
  });

  it('has the doctor look once for all who ask, with this box’s configuration', async () => {
    const [one, other] = [await signedIn(), await signedIn(true)];
    const begun = await send('POST', 'examination', { ...one, body: {} });
    expect(begun).toMatchObject({ status: 202, json: { kind: 'running', sinceMs: clock.wallMs() } });
    clock.advance(1000);
    expect((await send('POST', 'examination', { ...other, body: {} })).json).toEqual(begun.json);
    const found = async (session: object) =>
      TechnicianView.parse((await send('GET', 'view', { ...session })).json).examination;
    await expect.poll(() => found(other), { timeout: 10_000 }).toMatchObject({ kind: 'done' });
    expect(await found(one)).toEqual({
      kind: 'done',
      atMs: clock.wallMs(),
      checks: [{ code: 'memory', state: 'ok', words: 'doctor --json --config none.toml' }],
    });
  });
});
