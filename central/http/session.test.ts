// Persons at the door, over real HTTP: what a session is good for, what ends it, and who is not let in.

import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../kit/log.ts';
import { byTester } from '../fixtures/by.ts';
import { wrongWith } from '../fixtures/described.ts';
import { openStoreAt, temporaryFolder } from '../fixtures/in-process-store.ts';
import { noEnrolment } from '../fixtures/no-enrolment.ts';
import { noFleet } from '../fixtures/no-fleet.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';
import { describedRoutes } from '../openapi/document.ts';
import { PayoutsConfig } from '../payouts/config.ts';
import { hashApiKey, newApiKey } from '../people/keys.ts';
import { PeopleConfig } from '../people/people-config.ts';
import { hashToken, newToken, sessionIdleMsMax, sessionMsMax } from '../people/persons.ts';
import { ReviewConfig } from '../people/review-config.ts';
import { type Role, roleMay, roles } from '../people/roles.ts';
import { totpCode } from '../people/totp.ts';
import type { Route } from './route.ts';
import { type HttpServer, openHttpServer } from './server.ts';

const password = 'tea before seven';
const clock = { nowMs: 1_795_000_000_000 };
const folder = temporaryFolder();
const store = openStoreAt(join(folder.path, 'central.db'));
const key = newApiKey();
let http: HttpServer;

beforeAll(async () => {
  store.ensureFirstKey(hashApiKey(key), clock.nowMs);
  http = await openHttpServer({
    host: '127.0.0.1',
    port: 0,
    trustedProxies: [],
    store: portOver(store),
    ignoredFrames: () => [],
    processors: () => [],
    reviews: ReviewConfig.parse(undefined),
    payouts: PayoutsConfig.parse(undefined),
    people: PeopleConfig.parse({ secondFactor: 'required' }),
    enrolment: noEnrolment,
    fleet: noFleet,
    nowMs: () => clock.nowMs,
    log: silentLog,
  });
});
afterAll(async () => {
  await http.close();
  store.close();
  folder.remove();
});
beforeEach(() => {
  // Counts of tries and codes of tests before are of another time.
  clock.nowMs += 2 * 3_600_000;
});

interface Answer {
  status: number;
  body: { code?: string; detail?: string; [field: string]: unknown };
  /** What the browser keeps from then on. */
  cookie: string | null;
  headers: Headers;
}
interface Request {
  method?: string;
  body?: object;
  cookie?: string;
  headers?: Record<string, string>;
}

const sameOrigin = { 'sec-fetch-site': 'same-origin' };

async function ask(
  path: string,
  { method = 'GET', body, cookie, headers = sameOrigin }: Request = {},
): Promise<Answer> {
  const answer = await fetch(`http://127.0.0.1:${http.port}${path}`, {
    method,
    headers: {
      ...headers,
      ...(cookie && { cookie: `other=1; ${cookie}` }),
      ...(body && { 'content-type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const cookieSet = answer.headers.get('set-cookie')?.split(';')[0] ?? null;
  const said = (await answer.json()) as Answer['body'];
  const route = routes.find((one) => one.method === method && pathPattern(one.path).test(path));
  if (route && answer.status !== 405) {
    expect(wrongWith(route, answer, said), `${route.id} ${JSON.stringify(said)}`).toEqual([]);
    if (answer.ok) answered.add(route.id);
  }
  return { status: answer.status, body: said, cookie: cookieSet, headers: answer.headers };
}
const routes = describedRoutes();
/** By their ids, with a good answer. */
const answered = new Set<string>();
const pathPattern = (path: string) => new RegExp(`^${path.replace(/:\w+/g, '[^/?]+')}$`);
const post = (path: string, body: object, more: Request = {}) => ask(path, { method: 'POST', body, ...more });

/** A new person who has used the link. */
async function person(name: string, role: Role): Promise<{ cookie: string; code: () => string }> {
  const token = newToken();
  const invited = { name, role, linkHash: hashToken(token), untilMs: clock.nowMs + 1000 };
  expect(store.transaction(() => store.invitePerson(invited, byTester(clock.nowMs))).kind).toBe('invited');
  const look = await post('/v1/session/links', { token });
  const secret = unbase32((look.body as { app: { secret: string } }).app.secret);
  const code = () => totpCode(secret, Math.floor(clock.nowMs / 30_000));
  const used = await post('/v1/session/links/use', { token, password, code: code() });
  expect(used.status).toBe(201);
  clock.nowMs += 60_000;
  return { cookie: used.cookie ?? '', code };
}

function unbase32(text: string): Buffer {
  const bits = [...text].map((letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  );
  return Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

describe('a session', () => {
  it('begins with another id each time, and the one the browser had before ends', async () => {
    const { cookie, code } = await person('ann', 'finance');
    const again = await post('/v1/session', { name: 'ann', password, code: code() }, { cookie });
    expect(again.status).toBe(201);
    expect(again.cookie).not.toBe(cookie);
    expect((await ask('/v1/session', { cookie })).status).toBe(401);
    expect((await ask('/v1/session', { cookie: again.cookie ?? '' })).body).toMatchObject({
      person: { name: 'ann', role: 'finance' },
    });
  });

  it('is not the one that somebody put into the browser before', async () => {
    const planted = `__Host-holdfast=${newToken()}`;
    const { code } = await person('fay', 'viewer');
    const signedIn = await post('/v1/session', { name: 'fay', password, code: code() }, { cookie: planted });
    expect(signedIn.cookie).not.toBe(planted);
    expect((await ask('/v1/session', { cookie: planted })).status).toBe(401);
  });

  it('is in a cookie that no script reads and no other site sends, and nowhere in the database', async () => {
    const { cookie, code } = await person('bob', 'viewer');
    const { headers } = await post('/v1/session', { name: 'bob', password, code: code() }, { cookie });
    expect(headers.get('set-cookie')).toMatch(
      /^__Host-holdfast=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=43200$/,
    );
    expect(JSON.stringify(store.persons(clock.nowMs))).not.toContain(cookie.split('=')[1]);
  });

  it('ends when nobody does anything, at its time, and when its person signs out', async () => {
    const { cookie } = await person('cat', 'viewer');
    const at = (ms: number, headers = sameOrigin) => {
      clock.nowMs += ms;
      return ask('/v1/session', { cookie, headers });
    };
    expect((await at(sessionIdleMsMax - 60_001)).status).toBe(200);
    const byItself = { ...sameOrigin, 'holdfast-by-itself': 'true' };
    expect((await at(sessionIdleMsMax - 120_000, byItself)).status).toBe(200);
    expect((await at(120_000)).status, 'a page that only looks keeps nobody signed in').toBe(401);

    const other = await person('cid', 'viewer');
    for (let ms = 0; ms < sessionMsMax - sessionIdleMsMax / 2; ms += sessionIdleMsMax / 2) {
      clock.nowMs += sessionIdleMsMax / 2;
      expect((await ask('/v1/session', { cookie: other.cookie })).status).toBe(200);
    }
    clock.nowMs += sessionIdleMsMax / 2 - 30_000;
    expect((await ask('/v1/session', { cookie: other.cookie })).status, 'whatever is done').toBe(401);

    const third = await person('cis', 'viewer');
    const out = await post('/v1/session/end', {}, { cookie: third.cookie });
    expect(out.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await ask('/v1/session', { cookie: third.cookie })).status).toBe(401);
  });

  it('ends with its person, by a new link, and when an admin ends it', async () => {
    const admin = await person('dan', 'admin');
    const gone = async (name: string, path: string, body: object) => {
      const { cookie } = await person(name, 'viewer');
      expect((await ask('/v1/fleet', { cookie })).status).toBe(200);
      const ended = await post(`/v1/persons/${name}/${path}`, body, { cookie: admin.cookie });
      expect(ended.status, JSON.stringify(ended.body)).toBeLessThan(300);
      return (await ask('/v1/fleet', { cookie })).status;
    };
    expect(await gone('eve', 'end', { reason: 'left' })).toBe(401);
    expect(await gone('eva', 'link', {})).toBe(401);
    expect(await gone('evi', 'sessions/end', {})).toBe(401);
    expect((await post('/v1/session', { name: 'eva', password, code: '000000' })).body.code).toBe(
      'sign_in_refused',
    );
  });

  it('may do from the next request on what its person’s new role may', async () => {
    const admin = await person('gus', 'admin');
    const { cookie } = await person('gil', 'viewer');
    expect((await ask('/v1/keys', { cookie })).status).toBe(403);
    await ask('/v1/persons/gil/role', { method: 'PUT', body: { role: 'admin' }, cookie: admin.cookie });
    expect((await ask('/v1/keys', { cookie })).status).toBe(200);
  });

  it.each([
    ['a page of our own', { 'sec-fetch-site': 'same-origin' }, 200],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['a sister host', { 'sec-fetch-site': 'same-site' }, 403],
    ['nobody says who', {}, 403],
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['no origin', { origin: 'null' }, 403],
  ])('changes something for a page of our own alone: %s', async (who, headers, status) => {
    const name = `h${who.replace(/\W/g, '')}`.slice(0, 20);
    const { cookie } = await person(name.toLowerCase(), 'viewer');
    const answer = await post('/v1/session/end', {}, { cookie, headers: headers as Record<string, string> });
    expect([answer.status, answer.body.code]).toEqual([status, status === 403 ? 'cross_site' : undefined]);
  });

  it('takes an older browser’s Origin when it is our own', async () => {
    const { cookie } = await person('ivy', 'viewer');
    const headers = { origin: `http://127.0.0.1:${http.port}` };
    expect((await post('/v1/session/end', {}, { cookie, headers })).status).toBe(200);
  });
});

describe('signing in', () => {
  it('says the same of a wrong name, a wrong password and a wrong code', async () => {
    const { code } = await person('jo', 'viewer');
    const said = await Promise.all(
      [
        { name: 'nobody', password, code: code() },
        { name: 'jo', password: 'coffee after seven', code: code() },
        { name: 'jo', password, code: '000000' },
        { name: 'jo', password },
      ].map(async (body) => (await post('/v1/session', body)).body),
    );
    expect(new Set(said.map((body) => JSON.stringify(body))).size).toBe(1);
    expect(said[0]).toMatchObject({ code: 'sign_in_refused' });
  });

  it('takes a code once', async () => {
    const { code } = await person('kim', 'viewer');
    const body = { name: 'kim', password, code: code() };
    expect((await post('/v1/session', body)).status).toBe(201);
    expect((await post('/v1/session', body)).status).toBe(401);
  });

  it('waits after five wrong ones, with the right one too, and says how long', async () => {
    const { code } = await person('lea', 'viewer');
    for (let n = 0; n < 5; n++)
      await post('/v1/session', { name: 'lea', password: `wrong ${n}`, code: '000000' });
    const right = () => post('/v1/session', { name: 'lea', password, code: code() });
    const waits = await right();
    expect([waits.status, waits.body.code, waits.headers.get('retry-after')]).toEqual([
      429,
      'sign_in_later',
      '30',
    ]);
    clock.nowMs += 30_000;
    expect((await right()).status).toBe(201);
  });

  it('wants an app where the configuration does, and a password that is not short', async () => {
    const token = newToken();
    const invited = {
      name: 'mo',
      role: 'viewer' as const,
      linkHash: hashToken(token),
      untilMs: clock.nowMs + 1000,
    };
    store.transaction(() => store.invitePerson(invited, byTester(clock.nowMs)));
    const use = (body: object) => post('/v1/session/links/use', { token, ...body });
    expect((await use({ password })).body.code).toBe('code_wrong');
    expect((await use({ password: 'short', code: '123456' })).body.detail).toContain(
      'at least 12 characters',
    );
    expect((await use({ password, code: '000000' })).body.code).toBe('code_wrong');
    clock.nowMs += 1000;
    expect((await post('/v1/session/links', { token })).body.code).toBe('link_ended');
  });

  it('from another site is refused: nobody is signed in as somebody else', async () => {
    const headers = { 'sec-fetch-site': 'cross-site' };
    const answer = await post('/v1/session', { name: 'ann', password }, { headers });
    expect(answer.body.code).toBe('cross_site');
  });
});

describe('persons', () => {
  it('are never left without an admin by one of them', async () => {
    const admin = await person('nat', 'admin');
    for (const one of store.persons(clock.nowMs)) {
      if (one.role === 'admin' && one.name !== 'nat' && one.state !== 'ended') {
        await post(`/v1/persons/${one.name}/end`, { reason: 'test' }, { cookie: admin.cookie });
      }
    }
    const asked: [string, string, object][] = [
      ['POST', 'end', { reason: 'me' }],
      ['POST', 'link', {}],
      ['PUT', 'role', { role: 'viewer' }],
    ];
    for (const [method, path, body] of asked) {
      const answer = await ask(`/v1/persons/nat/${path}`, { method, body, cookie: admin.cookie });
      expect(answer.body.code, path).toBe('last_admin_person');
    }
  });

  it('are one person with their key and their shell', async () => {
    const { cookie } = await person('ola', 'admin');
    const made = await post('/v1/keys', { name: 'ola-laptop', role: 'viewer', owner: 'ola' }, { cookie });
    expect(made.body).toMatchObject({ key: { createdBy: 'ola (admin)' } });
    const { items } = store.auditRecords({
      action: 'key.create',
      about: 'key ola-laptop',
      cursor: null,
      limit: 1,
    });
    expect(items).toMatchObject([
      { actor: { kind: 'person', name: 'ola', role: 'admin', from: '127.0.0.1' } },
    ]);
  });
});

describe('what is one’s own', () => {
  it('is looked after by oneself: sessions, password and app', async () => {
    const { cookie, code } = await person('una', 'support');
    const other = await post('/v1/session', { name: 'una', password, code: code() });
    const sessions = (await ask('/v1/session/all', { cookie })).body.items as {
      number: number;
      own: boolean;
    }[];
    expect(sessions.map(({ own }) => own)).toEqual([false, true]);
    const end = `/v1/session/all/${sessions[0]?.number}/end`;
    expect((await post(end, {}, { cookie })).status).toBe(200);
    expect((await post(end, {}, { cookie })).status).toBe(404);
    expect((await ask('/v1/session', { cookie: other.cookie ?? '' })).status).toBe(401);

    const change = (body: object) => ask('/v1/session/password', { method: 'PUT', body, cookie });
    expect((await change({ password: 'not this one', newPassword: 'coffee after seven' })).status).toBe(401);
    expect((await change({ password, newPassword: 'coffee after seven' })).status).toBe(200);

    const factor = '/v1/session/second-factor';
    expect((await post(factor, { password }, { cookie })).status, 'the old password').toBe(401);
    const offered = await post(factor, { password: 'coffee after seven' }, { cookie });
    const secret = unbase32(String(offered.body.secret));
    const confirm = (typed: string) => post(`${factor}/confirmation`, { code: typed }, { cookie });
    expect((await confirm('000000')).body.code).toBe('code_wrong');
    const newCode = () => totpCode(secret, Math.floor(clock.nowMs / 30_000));
    expect((await confirm(newCode())).status).toBe(200);
    clock.nowMs += 60_000;
    const again = (typed: string) =>
      post('/v1/session', { name: 'una', password: 'coffee after seven', code: typed });
    expect((await again(code())).status, 'the old app').toBe(401);
    expect((await again(newCode())).status).toBe(201);
  });

  it('is nobody’s session but one’s own', async () => {
    const [val, wes] = [await person('val', 'admin'), await person('wes', 'viewer')];
    const [own] = (await ask('/v1/session/all', { cookie: val.cookie })).body.items as { number: number }[];
    expect((await post(`/v1/session/all/${own?.number}/end`, {}, { cookie: wes.cookie })).status).toBe(404);
    expect((await ask('/v1/session', { cookie: val.cookie })).status).toBe(200);
  });

  it('is invited over HTTP too, by a link that is said once', async () => {
    const { cookie } = await person('xia', 'admin');
    const made = await post('/v1/persons', { name: 'yve', role: 'finance' }, { cookie });
    expect(made.body.link).toMatch(/\/#\/welcome\/[\w-]{43}$/);
    expect((await post('/v1/persons', { name: 'yve', role: 'viewer' }, { cookie })).body.code).toBe(
      'person_known',
    );
    const { items } = (await ask('/v1/persons', { cookie })).body as {
      items: { name: string; state: string }[];
    };
    expect(items.find(({ name }) => name === 'yve')?.state).toBe('invited');
    const { items: audited } = store.auditRecords({
      action: 'person.invite',
      about: 'person yve',
      cursor: null,
      limit: 1,
    });
    expect(JSON.stringify(audited)).not.toContain(String(made.body.link).slice(-43));
  });
});

describe('every route, for every role', () => {
  const cookies = new Map<Role, string>();
  const keys = new Map<Role, string>();
  beforeAll(async () => {
    for (const role of roles) {
      const secret = newApiKey();
      const wide = { owner: null, scopes: null, addresses: null, expiresMs: null };
      store.createKey({ name: `k-${role}`, role, ...wide, hash: hashApiKey(secret) }, byTester(clock.nowMs));
      keys.set(role, secret);
    }
  });
  beforeEach(async () => {
    for (const role of roles) {
      const name = `t-${role}-${clock.nowMs}`;
      cookies.set(role, (await person(name, role)).cookie);
    }
  });

  async function expectFor(role: Role, { id, method, action }: Route, path: string): Promise<void> {
    if (action === 'open') return;
    for (const by of ['session', 'key'] as const) {
      const { status, body } = await ask(
        path,
        by === 'session'
          ? { method, cookie: cookies.get(role) ?? '' }
          : { method, headers: { authorization: `Bearer ${keys.get(role)}` } },
      );
      const how = `${id} as ${role} by ${by}: ${JSON.stringify(body)}`;
      if (!roleMay(role, action)) expect([status, body.code], how).toEqual([403, 'action_not_allowed']);
      else if (action === 'session.own' && by === 'key') expect([400, 403, 404, 415], how).toContain(status);
      else expect([401, 403, 500], how).not.toContain(status);
    }
  }

  it('lets in whom the table of roles lets in, by key and by session, and nobody else', async () => {
    const open: string[] = [];
    for (const route of describedRoutes()) {
      const { action, method, id } = route;
      const path = route.path.replace(/:\w+/g, 'x');
      if (action === 'open') {
        open.push(id);
        continue;
      }
      const nobody = await ask(path, { method });
      expect([nobody.status, nobody.body.code], id).toEqual([401, 'unauthorised']);
      // Their sessions end by it, one after the other.
      if (id === 'signOut') continue;
      for (const role of roles) await expectFor(role, route, path);
    }
    expect(open.sort(), 'nothing else is open').toEqual(['lookAtLink', 'signIn', 'useLink']);
  });
});

it('has every route of persons and sessions answer as described', () => {
  const ours = routes.filter(({ path }) => /^\/v1\/(session|persons)/.test(path)).map(({ id }) => id);
  expect(ours.filter((id) => !answered.has(id))).toEqual([]);
});
