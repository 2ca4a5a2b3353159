// What people try at the operators' page who should not get in, and what happens when two who may act at the same moment: over real
// HTTP, of a real central.
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashApiKey, newApiKey } from '../../central/people/keys.ts';
import { bringBoxes } from './boxes.ts';
import { password } from './person.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld('Leeds');
});
afterAll(() => world.close());
beforeEach(() => {
  // Tries and codes of the tests before are of another time.
  world.pass(2 * 3_600_000);
});

interface Answer {
  status: number;
  body: { code?: string; detail?: string } & Record<string, unknown>;
  cookie: string | null;
  headers: Headers;
}

async function ask(
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const answer = await fetch(world.url + path, {
    method,
    redirect: 'manual',
    headers: {
      'sec-fetch-site': 'same-origin',
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const said = await answer.text();
  const cookie = answer.headers.get('set-cookie')?.split(';')[0] ?? null;
  const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
  return { status: answer.status, body: isJson ? JSON.parse(said) : {}, cookie, headers: answer.headers };
}
const post = (path: string, body: object, headers = {}) => ask('POST', path, body, headers);
const signIn = (name: string, code: string, typed = password) =>
  post('/v1/session', { name, password: typed, code });

/** Whoever has used their link. @returns what the app shows now */
async function person(name: string): Promise<{ code: () => string; cookie: string }> {
  const token = tokenOf(world.invite(name, 'finance'));
  const { app } = (await post('/v1/session/links', { token })).body as unknown as { app: { secret: string } };
  const code = () => world.codeOf(app.secret);
  const used = await post('/v1/session/links/use', { token, password, code: code() });
  expect(used.status).toBe(201);
  world.pass(60_000);
  return { code, cookie: used.cookie ?? '' };
}
const tokenOf = (link: string) => link.split('/').at(-1) ?? '';
const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status).sort();

describe('whoever should not get in', () => {
  it('is not let in by another spelling of a name, and has no tries more by it', async () => {
    const { code } = await person('ann');
    for (const name of ['ANN', 'Ann', ' ann', 'ann ', 'ann\u0000', 'ａｎｎ', 'a\u200bnn', 'аnn']) {
      expect((await signIn(name, code())).body.code, JSON.stringify(name)).toBe('sign_in_refused');
    }
    world.pass(60_000);
    for (let n = 0; n < 5; n++) await signIn('ann', code(), 'wrong');
    for (const name of ['ANN', 'ann\t', 'ａnn']) expect((await signIn(name, code())).status).not.toBe(201);
    expect((await signIn('ann', code())).body.code, 'also the right one waits').toBe('sign_in_later');
    world.pass(30_000);
    expect((await signIn('ann', code())).status).toBe(201);
  });

  it('has no more tries by asking many times at once', async () => {
    const { code } = await person('amy');
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, n) => signIn('amy', code(), `wrong ${n}`)),
    );
    expect(answers.filter(({ body }) => body.code === 'sign_in_refused')).toHaveLength(5);
    expect(answers.filter(({ body }) => body.code === 'sign_in_later')).toHaveLength(7);
  });

  it('has one session by one code, however many use it at the same moment', async () => {
    const { code } = await person('bea');
    // Asked once: half a minute later the app shows another, which is good.
    const shown = code();
    const answers = await Promise.all([1, 2, 3].map(() => signIn('bea', shown)));
    expect(statuses(answers)).toEqual([201, 401, 401]);
    expect((await signIn('bea', shown)).status, 'nor later').toBe(401);
  });

  it('is one person by one link, however many open it at the same moment', async () => {
    const token = tokenOf(world.invite('cat', 'viewer'));
    const { app } = (await post('/v1/session/links', { token })).body as unknown as {
      app: { secret: string };
    };
    const code = world.codeOf(app.secret);
    const use = (n: number) => post('/v1/session/links/use', { token, password: `${password} ${n}`, code });
    const answers = await Promise.all([1, 2, 3].map(use));
    expect(statuses(answers).map((status) => status === 201)).toEqual([true, false, false]);
    const cookies = answers.flatMap(({ cookie }) => cookie ?? []);
    expect(cookies, 'nobody else has a session').toHaveLength(1);
    expect((await post('/v1/session/links', { token })).body.code).toBe('link_ended');
  });

  it('has nothing of a session that was there before its password was changed', async () => {
    const { code, cookie } = await person('dot');
    const other = (await signIn('dot', code())).cookie ?? '';
    const change = { password, newPassword: 'coffee after seven' };
    expect((await ask('PUT', '/v1/session/password', change, { cookie })).status).toBe(200);
    expect((await ask('GET', '/v1/session', undefined, { cookie: other })).status).toBe(401);
    expect((await ask('GET', '/v1/fleet', undefined, { cookie: other })).status).toBe(401);
    expect((await ask('GET', '/v1/session', undefined, { cookie })).status, 'who changed it stays').toBe(200);
    world.pass(60_000);
    expect((await signIn('dot', code())).status, 'by the old one').toBe(401);
  });

  it('has no cookie that a script or another site could use, and leaves none behind', async () => {
    const { code } = await person('eve');
    const { headers } = await signIn('eve', code());
    expect(headers.get('set-cookie')).toMatch(
      /^__Host-holdfast=[\w-]{43}; Path=\/; Secure; HttpOnly; SameSite=Strict; Max-Age=\d+$/,
    );
    expect(headers.get('cache-control')).toContain('no-store');
  });

  it('cannot put the page, nor an answer, into a frame of theirs', async () => {
    for (const path of ['/', '/v1/session', '/openapi.json']) {
      const { headers } = await ask('GET', path);
      expect(headers.get('content-security-policy'), path).toContain("frame-ancestors 'none'");
      expect(headers.get('x-content-type-options'), path).toBe('nosniff');
    }
  });

  it('cannot have a link or an answer point to a host of theirs', async () => {
    const key = adminKey('root');
    const evil = { ...key, host: 'evil.example', 'x-forwarded-host': 'evil.example' };
    const invited = await raw('POST', '/v1/persons', evil, { name: 'zed', role: 'viewer' });
    expect(invited.status).toBe(201);
    expect(invited.text).not.toContain('evil.example');
    for (const path of [
      '//evil.example/',
      '//evil.example/%2e%2e',
      '/\\evil.example',
      '/?next=//evil.example',
    ]) {
      const { status, location } = await raw('GET', path, { host: 'evil.example' });
      expect(location, path).toBeUndefined();
      expect(status, path).toBeLessThan(500);
      expect([301, 302, 303, 307, 308], path).not.toContain(status);
    }
  });

  it('of another site does nothing with a session, whatever their request looks like', async () => {
    const { cookie } = await person('flo');
    const end = (headers: Record<string, string>) =>
      raw('POST', '/v1/session/end', { cookie, ...headers }, {});
    for (const headers of [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: world.url },
      { origin: 'null' },
      { origin: 'https://evil.example' },
      { origin: 'https://evil.example', host: 'central.example' },
      {},
    ])
      expect((await end(headers)).status, JSON.stringify(headers)).toBe(403);
    expect((await ask('GET', '/v1/session', undefined, { cookie })).status, 'still there').toBe(200);
  });
});

describe('two who act at the same moment', () => {
  let ann: Record<string, string>;
  let ben: Record<string, string>;
  beforeAll(() => {
    [ann, ben] = [adminKey('ann-key'), adminKey('ben-key')];
  });
  const both = (path: string, body: object): Promise<Answer[]> =>
    Promise.all([post(path, body, ann), post(path, body, ben)]);
  /** One has done it, the other is told in words what has become of it, and the log has it once. */
  const once = ([first, second]: readonly Answer[], words: RegExp, action: string) => {
    const [done, told] = (first?.status ?? 0) < 300 ? [first, second] : [second, first];
    expect(done?.status, JSON.stringify(done?.body)).toBeLessThan(300);
    expect(told?.status, JSON.stringify(told?.body)).toBe(409);
    expect(told?.body.detail).toMatch(words);
    expect(world.audited(action)).toHaveLength(1);
  };

  it('settle an exception once', async () => {
    const accept = { kind: 'accept', note: 'the bank keeps 5 of every payout' };
    once(await both('/v1/exceptions/2/actions', accept), /settled/, 'exception.accept');
  });

  it('decide a review once, and are two persons where two are needed', async () => {
    const answers = await both('/v1/reviews/1/decisions', { decision: 'approve', note: 'known customer' });
    expect(statuses(answers), 'one proposes, the other confirms').toEqual([200, 200]);
    expect(world.audited('review.decide')).toHaveLength(1);
    const late = await post('/v1/reviews/1/decisions', { decision: 'decline', note: 'no' }, ann);
    expect([late.status, late.body.detail]).toEqual([409, expect.stringMatching(/decided/i)]);
  });

  it('approve a payout once, and pay it once', async () => {
    once(await both('/v1/payouts/1/steps', { kind: 'approved' }), /approved/, 'payout.approved');
    once(await both('/v1/payouts/1/steps', { kind: 'paid', reference: 'BACS-7' }), /paid/, 'payout.paid');
  });

  it('revoke a box once', async () => {
    once(
      await both('/v1/appliances/york-1/revocation', { reason: 'stolen' }),
      /was revoked before/,
      'appliance.revoke',
    );
  });

  it('take up an alert once, and the second reads who has it and why', async () => {
    bringBoxes(world, 'Derby', 4, 1, 15 * 60_000);
    await world.watch();
    const { items } = (await ask('GET', '/v1/alerts?site=Derby', undefined, ann)).body as {
      items?: { number: number }[];
    };
    const path = `/v1/alerts/${items?.[0]?.number}/acknowledgement`;
    once(
      await both(path, { note: 'calling the site' }),
      /taken up by .*-key.*calling the site/,
      'alert.acknowledge',
    );
  });

  it('ask a box’s doctor once, and wait for the same', async () => {
    const answers = await both('/v1/appliances/hull-1/doctor', {});
    expect(statuses(answers)).toEqual([202, 202]);
    expect(answers[0]?.body.id).toBe(answers[1]?.body.id);
    expect(world.audited('doctor.ask')).toHaveLength(1);
  });
});

function adminKey(name: string): Record<string, string> {
  const secret = newApiKey();
  const { store, by } = world.inside;
  const unbound = { scopes: null, addresses: null, expiresMs: null };
  const key = {
    name: `${name}-${randomBytes(2).toString('hex')}`,
    role: 'admin' as const,
    owner: name,
    ...unbound,
  };
  store.transaction(() => store.createKey({ ...key, hash: hashApiKey(secret) }, by()));
  return { authorization: `Bearer ${secret}` };
}

/** As no browser lets anybody: with any Host and Origin. */
function raw(
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: object,
): Promise<{ status: number; location: string | undefined; text: string }> {
  const { hostname, port } = new URL(world.url);
  const type = body && { 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers: { ...type, ...headers } }, (answer) => {
      let text = '';
      answer.on('data', (data) => {
        text += data;
      });
      answer.on('end', () =>
        resolve({ status: answer.statusCode ?? 0, location: answer.headers.location, text }),
      );
    });
    sent.on('error', reject);
    sent.end(body && JSON.stringify(body));
  });
}
