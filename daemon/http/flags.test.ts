// GET /v1/flags: a real server before a real store thread, its policies from the feed, kiosks with tokens of their own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FeedItem } from '../../contract/feed.ts';
import { Flags, Problem } from '../../contract/kiosk-api.ts';
import { limits } from '../../contract/limits.ts';
import { Pairing } from '../../contract/pairing.ts';
import { Policy, type PolicyInput } from '../../contract/policy.ts';
import { manualClock } from '../../kit/clock.ts';
import type { Log } from '../../kit/log.ts';
import { type StoreClient, startStore } from '../store/client.ts';
import { type KioskDoor, openKioskDoor } from '../store/kiosks/door.ts';
import { type KioskRegistry, openKioskRegistry } from '../store/kiosks/registry.ts';
import { feedId, plentyOfSpace, policyItem, policy as withoutFlags } from '../store/temporary-store.ts';
import { type HttpServer, startHttp } from './server.ts';

const identity = { applianceId: 'leeds-1', release: '0.1.0' };
const quiet = () => {};
const log: Log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
const clock = manualClock();

let folder: string;
let store: StoreClient;
let registry: KioskRegistry;
let door: KioskDoor;
let server: HttpServer;
let position: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-flags-'));
  const onGone = (error: Error) => expect.fail(error.message);
  store = await startStore({ folder, space: plentyOfSpace }, { commandsWaitingMax: 100, onGone });
  registry = openKioskRegistry(folder, clock);
  door = openKioskDoor(folder, clock);
  position = 1;
  await serve('leeds');
});
afterEach(async () => {
  await server.stop();
  await store.close();
  registry.close();
  door.close();
  rmSync(folder, { recursive: true });
});

async function serve(site: string | null): Promise<void> {
  await server?.stop();
  server = await startHttp(
    { host: '127.0.0.1', port: 0, connectionsMax: 100, requestMsMax: 5000, site },
    { store, identity, log, kiosks: { door, clock } },
  );
}

const ask = (token?: string) =>
  fetch(`http://127.0.0.1:${server.port}/v1/flags`, {
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
  });
const read = async (token?: string) => Flags.parse(await (await ask(token)).json());

/** Central publishes the next policy. */
async function publish(version: number, flags: PolicyInput['flags']): Promise<void> {
  const items: FeedItem[] = [policyItem(version, { flags })];
  expect(await store.ask('feed', { feedId, firstPosition: position++, items })).toMatchObject({
    kind: 'applied',
  });
}

async function pair(name: string, scopes: ('read' | 'sell')[] = ['read']): Promise<string> {
  const offered = registry.offer({ name, scopes });
  if (offered.kind !== 'offered') return expect.fail(offered.kind);
  const response = await fetch(`http://127.0.0.1:${server.port}/v1/pairings`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
    body: JSON.stringify({ code: offered.code }),
  });
  return Pairing.parse(await response.json()).token;
}

describe('GET /v1/flags', () => {
  it('answers each kiosk by its own name, and who has none as the appliance', async () => {
    await publish(1, {
      'new-slip': { shareBasisPoints: 10_000, kiosks: ['till-3'] },
      'quick-void': { shareBasisPoints: 10_000, sites: ['leeds'] },
    });
    const [till3, till4] = [await pair('till-3'), await pair('till-4')];
    const quickVoid = { value: true, variant: 'on', reason: 'TARGETING_MATCH' };
    const off = { value: false, variant: 'off', reason: 'DEFAULT' };
    expect(await read(till3)).toEqual({
      policyVersion: 1,
      site: 'leeds',
      kiosk: 'till-3',
      flags: { 'new-slip': { ...quickVoid }, 'quick-void': quickVoid },
    });
    expect(await read(till4)).toMatchObject({ kiosk: 'till-4', flags: { 'new-slip': off } });
    expect(await read()).toMatchObject({ kiosk: null, flags: { 'new-slip': off, 'quick-void': quickVoid } });
  });

  it('follows the policy down the feed, at the next question', async () => {
    await publish(1, { 'new-slip': { shareBasisPoints: 0 } });
    expect(await read()).toMatchObject({ policyVersion: 1, flags: { 'new-slip': { reason: 'DISABLED' } } });
    await publish(2, { 'new-slip': { shareBasisPoints: 10_000 } });
    expect(await read()).toMatchObject({ policyVersion: 2, flags: { 'new-slip': { reason: 'STATIC' } } });
    await publish(3, {});
    expect(await read()).toMatchObject({ policyVersion: 3, flags: {} });
    expect((await read()).flags).toEqual({});
  });

  it('has flags that name sites off, where the appliance does not know its own', async () => {
    await serve(null);
    await publish(1, { 'quick-void': { shareBasisPoints: 10_000, sites: ['leeds'] } });
    expect(await read()).toMatchObject({ site: null, flags: { 'quick-void': { reason: 'DEFAULT' } } });
  });

  it('says so while there is no policy', async () => {
    const response = await ask();
    expect(response.status).toBe(503);
    expect(Problem.parse(await response.json()).code).toBe('policy_missing');
  });

  it('needs the scope read', async () => {
    const response = await ask(await pair('till-5', ['sell']));
    expect(response.status).toBe(403);
    expect(Problem.parse(await response.json()).code).toBe('scope_missing');
  });

  it('answers as many flags as a policy may have', async () => {
    const many = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`flag-${i}`, { shareBasisPoints: 5000 }]));
    await publish(1, many(limits.flagsMax));
    expect(Object.keys((await read()).flags)).toHaveLength(limits.flagsMax);
    const tooMany = Policy.safeParse({ ...withoutFlags, flags: many(limits.flagsMax + 1) });
    expect(tooMany.error?.issues).toMatchObject([{ path: ['flags'] }]);
  });
});
