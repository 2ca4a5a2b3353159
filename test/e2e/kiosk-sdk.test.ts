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
import { pair } from '../../kiosk/pair.ts';
import { type WebStorage, webStorage } from '../../kiosk/storage.ts';
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
