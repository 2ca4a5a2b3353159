// The SDK before a real appliance that wants a token: pairing, quotes, events, and a page that is loaded anew in the
// middle of a checkout, with what a browser keeps in localStorage.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type HttpServer, startHttp } from '../../daemon/http/server.ts';
import { type StoreClient, startStore } from '../../daemon/store/client.ts';
import { type KioskDoor, openKioskDoor } from '../../daemon/store/kiosks/door.ts';
import { type KioskRegistry, openKioskRegistry } from '../../daemon/store/kiosks/registry.ts';
import { feedId, firstFeed, plentyOfSpace } from '../../daemon/store/temporary-store.ts';
import { type Checkout, createKioskClient } from '../../kiosk/client.ts';
import { pair, unfinishedPairing } from '../../kiosk/pair.ts';
import { type WebStorage, webStorage } from '../../kiosk/storage.ts';
import { newId } from '../../kiosk/uuid.ts';
import { systemClock } from '../../kit/clock.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-kiosk-sdk-'));
const silent = { debug() {}, info() {}, warn() {}, error() {} };
let store: StoreClient;
let registry: KioskRegistry;
let door: KioskDoor;
let server: HttpServer;
let baseUrl: string;

const sale: Checkout = {
  lines: [{ sku: 'pencil', quantity: 2 }],
  currency: 'GBP',
  totalMinor: 398,
  payment: { token: 'tok_1', fingerprint: 'f1', scheme: 'visa', last4: '4242' },
  mode: 'offline_ok',
};

beforeAll(async () => {
  const onGone = (error: Error) => expect.fail(error.message);
  store = await startStore(
    { folder: join(folder, 'journal'), space: plentyOfSpace },
    { commandsWaitingMax: 100, onGone },
  );
  await store.ask('feed', { feedId, firstPosition: 1, items: firstFeed });
  const clock = systemClock();
  registry = openKioskRegistry(folder, clock);
  door = openKioskDoor(folder, clock);
  server = await startHttp(
    { host: '127.0.0.1', port: 0, connectionsMax: 50, requestMsMax: 10_000, kioskAuth: 'required' },
    { store, identity: { applianceId: 'shop-1', release: '0.1.0' }, log: silent, kiosks: { door, clock } },
  );
  baseUrl = `http://127.0.0.1:${server.port}`;
});
afterAll(async () => {
  await server.stop();
  registry.close();
  door.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

async function tokenOf(name: string): Promise<string> {
  const offered = registry.offer({ name, scopes: ['sell', 'read'] });
  if (offered.kind !== 'offered') return expect.fail(offered.kind);
  const paired = await pair({ baseUrl, code: offered.code });
  if (paired.kind !== 'paired') return expect.fail(JSON.stringify(paired));
  expect(paired.kiosk).toEqual({ name, scopes: ['sell', 'read'] });
  return paired.token;
}

it('pairs by the code and then sells, asks prices and hears events with its token', async () => {
  const stop = new AbortController();
  const kiosk = createKioskClient({ baseUrl, token: await tokenOf('till-1'), signal: stop.signal });
  const quote = await kiosk.quote({ lines: [{ gtin: '4006381333931', quantity: 2 }], currency: 'GBP' });
  expect(quote).toMatchObject({ kind: 'found', value: { verdict: 'approved_offline', totalMinor: 398 } });
  const events = kiosk.events();
  expect((await events.next()).value).toMatchObject({ kind: 'status', status: { applianceId: 'shop-1' } });
  const sold = await kiosk.checkout(sale);
  expect(sold).toMatchObject({ kind: 'approved', answer: { totalMinor: 398 } });
  expect((await events.next()).value).toMatchObject({ kind: 'document', answer: { id: sold.id } });
  stop.abort();
  await events.return();
});

it('is told what is wrong when the code is, or when it has no token', async () => {
  const wrong = await pair({ baseUrl, code: 'AAAA-AAAA' });
  expect(wrong).toMatchObject({ kind: 'refused', problem: { code: 'pairing_code_invalid' } });
  const nobody = await createKioskClient({ baseUrl }).checkout(sale);
  expect(nobody).toMatchObject({ kind: 'invalid', problem: { code: 'kiosk_token_missing' } });
});

it('sells once though the page was loaded anew before the answer came', async () => {
  const token = await tokenOf('till-2');
  const browser = localStorageOf();
  const bodies: string[] = [];
  const reload = new AbortController();
  // The appliance has it, and the page is gone before it hears so.
  const goneBeforeTheAnswer: typeof fetch = async (input, init) => {
    bodies.push(String(init?.body));
    await fetch(input, init);
    reload.abort();
    throw new TypeError('the page is gone');
  };
  const before = createKioskClient({
    baseUrl,
    token,
    storage: webStorage(browser),
    signal: reload.signal,
    fetch: goneBeforeTheAnswer,
  });
  const lost = await before.checkout(sale);
  expect(lost).toMatchObject({ kind: 'unavailable', reason: 'stopped' });
  const lastSeq = (await store.ask('status', {})).journal.lastSeq;
  expect(JSON.stringify(browser.texts()), 'the token is kept with no request').not.toContain(token);

  const again: typeof fetch = (input, init) => {
    bodies.push(String(init?.body));
    return fetch(input, init);
  };
  const after = createKioskClient({ baseUrl, token, storage: webStorage(browser), fetch: again });
  expect(await after.resume()).toMatchObject([{ kind: 'approved', id: lost.id }]);
  expect(bodies[1], 'the very same bytes').toBe(bodies[0]);
  expect(await after.unanswered()).toEqual([]);
  expect((await store.ask('status', {})).journal.lastSeq, 'nothing more was written').toBe(lastSeq);
});

it('gets its token though the page was loaded anew after the code was taken', async () => {
  const offered = registry.offer({ name: 'till-3', scopes: ['sell', 'read'] });
  if (offered.kind !== 'offered') return expect.fail(offered.kind);
  const { code } = offered;
  const browser = localStorageOf();
  const reload = new AbortController();
  const goneBeforeTheAnswer: typeof fetch = async (input, init) => {
    await fetch(input, init);
    reload.abort();
    throw new TypeError('the page is gone');
  };
  const gone = { storage: webStorage(browser), signal: reload.signal, fetch: goneBeforeTheAnswer };
  expect(await pair({ baseUrl, code, ...gone })).toMatchObject({ kind: 'unavailable' });

  const storage = webStorage(browser);
  expect(await unfinishedPairing(storage)).toBe(code);
  const client = createKioskClient({ baseUrl, storage });
  expect(await client.unanswered(), 'a pairing is no document').toEqual([]);
  expect(await client.resume()).toEqual([]);
  let keptBefore = -1;
  const keep = () => {
    keptBefore = browser.length;
  };
  const paired = await pair({ baseUrl, code, storage, keep });
  expect(paired).toMatchObject({ kind: 'paired', kiosk: { name: 'till-3' } });
  expect(keptBefore, 'kept until the token is').toBe(1);
  expect(browser.length).toBe(0);
  expect(await unfinishedPairing(storage)).toBeNull();
  expect(await pair({ baseUrl, code, storage }), 'the code is used').toMatchObject({ kind: 'refused' });
});

it('forgets a pairing that was given up when another code is typed', async () => {
  const storage = webStorage(localStorageOf());
  const nobody = { attemptMsMax: 100, totalMsMax: 100 };
  await pair({ baseUrl: 'http://127.0.0.1:1', code: 'AAAA-AAAA', storage, retry: nobody });
  await pair({ baseUrl: 'http://127.0.0.1:1', code: 'BBBB-BBBB', storage, retry: nobody });
  expect(await storage.all()).toMatchObject([{ body: '{"code":"BBBB-BBBB"}' }]);
});

it('reads the slip as data and as text, and says itself what is a copy', async () => {
  const kiosk = createKioskClient({ baseUrl, token: await tokenOf('till-4') });
  const { id } = await kiosk.checkout(sale);
  expect(await kiosk.slip(id)).toMatchObject({ kind: 'found', value: { id, copy: false, totalMinor: 398 } });
  expect(await kiosk.slip(id, { copy: true })).toMatchObject({ value: { copy: true } });
  const text = await kiosk.slipText(id, { copy: true });
  expect(text).toMatchObject({ kind: 'found', value: expect.stringMatching(/COPY[\s\S]*TOTAL GBP +3\.98/) });
  const voided = await kiosk.void(id, { reason: 'mistake' });
  expect(await kiosk.slip(voided.id)).toMatchObject({ kind: 'invalid', problem: { code: 'slip_not_found' } });
  expect(await kiosk.slipText(voided.id)).toMatchObject({ problem: { code: 'slip_not_found' } });
});

it('submits under an id that the kiosk noted before', async () => {
  const kiosk = createKioskClient({ baseUrl, token: await tokenOf('till-5') });
  const id = newId();
  expect(await kiosk.checkout(sale, { id })).toMatchObject({ kind: 'approved', id, answer: { id } });
  expect(await kiosk.get(id)).toMatchObject({ kind: 'found', value: { totalMinor: 398 } });
});

it.each([
  ['no token', undefined, 'kiosk_token_missing'],
  ['a token that is not known', 'nobody', 'kiosk_token_invalid'],
])('hears no events with %s: it is told so, and they end', async (_, token, code) => {
  const told = [];
  const kiosk = createKioskClient({ baseUrl, ...(token !== undefined && { token }) });
  for await (const event of kiosk.events()) told.push(event);
  expect(told).toMatchObject([{ kind: 'turned_away', problem: { code } }]);
});

it('is told in the middle of the events that it was revoked', async () => {
  const kiosk = createKioskClient({ baseUrl, token: await tokenOf('till-7') });
  const events = kiosk.events();
  expect((await events.next()).value).toMatchObject({ kind: 'status' });
  registry.revoke('till-7');
  const seen = [];
  for await (const event of events) seen.push(event.kind);
  expect(seen.at(-1)).toBe('turned_away');
});

it('reads the flags as they stand for it', async () => {
  const kiosk = createKioskClient({ baseUrl, token: await tokenOf('till-8') });
  expect(await kiosk.flags()).toMatchObject({ kind: 'found', value: { kiosk: 'till-8', flags: {} } });
});

it('says once that the events are lost, and by a status that they are back', async () => {
  let reachable = false;
  let tries = 0;
  const broken: typeof fetch = (input, init) => {
    tries++;
    return reachable ? fetch(input, init) : Promise.reject(new TypeError('no network'));
  };
  const kiosk = createKioskClient({ baseUrl, token: await tokenOf('till-6'), fetch: broken });
  const events = kiosk.events();
  expect((await events.next()).value).toEqual({ kind: 'lost' });
  const next = events.next();
  await expect.poll(() => tries, { timeout: 10_000 }).toBeGreaterThan(2);
  reachable = true;
  expect((await next).value).toMatchObject({ kind: 'status' });
  await events.return();
});

/** What a browser keeps of a page, as long as the test needs it. */
function localStorageOf(): WebStorage & { texts(): string[] } {
  const items = new Map<string, string>();
  return {
    get length() {
      return items.size;
    },
    key: (index) => [...items.keys()][index] ?? null,
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
    texts: () => [...items.values()],
  };
}
