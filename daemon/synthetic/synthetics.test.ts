// Synthetic checkouts over a real HTTP interface before a real store: nobody but the box can make one, and what becomes of it is
// followed by what the sync tells.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Checkout } from '../../contract/checkout.ts';
import { manualClock, systemClock } from '../../kit/clock.ts';
import { silentLog as log } from '../../kit/log.ts';
import { type HttpServer, startHttp } from '../http/server.ts';
import { type StoreClient, startStore } from '../store/client.ts';
import { feedId, firstFeed, pennies, plentyOfSpace } from '../store/temporary-store.ts';
import { makeBoxKey, readBoxKey } from './box-key.ts';
import { createSynthetics, type Synthetics } from './runner.ts';
import { startSchedule } from './schedule.ts';
import { submitTo } from './submit.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-synthetic-'));
let store: StoreClient;
let server: HttpServer;
let synthetics: Synthetics;

beforeAll(async () => {
  const onGone = (error: Error) => expect.fail(error.message);
  store = await startStore({ folder, space: plentyOfSpace }, { commandsWaitingMax: 100, onGone });
  await store.ask('feed', { feedId, firstPosition: 1, items: firstFeed });
  synthetics = createSynthetics({ store, clock: systemClock(), log });
  server = await startHttp(
    {
      ...{ host: '127.0.0.1', port: 0, connectionsMax: 20, requestMsMax: 5000 },
      ...{ kioskAuth: 'required', loopbackRatePerMinute: 1, ratePerMinute: 60 },
    },
    {
      ...{ store, log, identity: { applianceId: 'shop-1', release: '0.1.0' } },
      synthetic: { synthetics, boxKey: makeBoxKey(folder) },
    },
  );
  synthetics.open(submitTo({ host: '127.0.0.1', port: server.port }));
});
afterAll(async () => {
  await server.stop();
  await store.close();
  rmSync(folder, { recursive: true });
});

const post = async (path: string, token: string | null, body?: object) => {
  const headers = {
    ...(token !== null && { authorization: `Bearer ${token}` }),
    'content-type': 'application/json',
    'idempotency-key': randomUUID(),
  };
  const init = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(`http://127.0.0.1:${server.port}${path}`, { method: 'POST', headers, ...init });
  return { status: answer.status, body: (await answer.json()) as { code: string } };
};

describe('a synthetic checkout', () => {
  it('goes through the door that kiosks use, where they need tokens and rates are counted', async () => {
    const before = (await store.ask('position', {})).lastSeq;
    for (let i = 0; i < 3; i++) {
      const result = await synthetics.run('schedule');
      expect(result).toMatchObject({ kind: 'passed_here', verdict: 'approved_offline', failure: null });
      expect(result.hops.durableMs).toBeGreaterThanOrEqual(0);
    }
    expect((await store.ask('position', {})).lastSeq).toBe(before + 3);
  });

  it('is nothing that a body could say', () => {
    expect(Checkout.safeParse(pennies(2)).success).toBe(true);
    expect(Checkout.safeParse({ ...pennies(2), synthetic: true }).success).toBe(false);
    expect(Checkout.safeParse({ ...pennies(2), kind: 'synthetic' }).success).toBe(false);
  });

  it('can be asked for by whoever reads the box’s folder, and by nobody else', async () => {
    const path = '/v1/synthetic-checkouts';
    const key = readBoxKey(folder) ?? '';
    expect(await post(path, key)).toMatchObject({ status: 200, body: { by: 'technician' } });
    expect(await post(path, `${key.slice(0, -1)}x`)).toMatchObject({ status: 401 });
    expect(await post(path, null)).toMatchObject({ status: 401, body: { code: 'box_key_missing' } });
    // Nor does that key open any other door.
    expect(await post('/v1/checkouts', key, pennies(2))).toMatchObject({ status: 401 });
    expect(await post('/v1/refunds', key, { checkoutId: randomUUID(), reason: 'x' })).toMatchObject({
      status: 401,
    });
  });

  it('serves the one checkout that its token was made for, once', async () => {
    const seen: string[] = [];
    synthetics.open(async ({ id, token, checkout }) => {
      seen.push((await post('/v1/checkouts', token, checkout)).body.code);
      const again = await submitTo({ host: '127.0.0.1', port: server.port })({
        ...{ id, token, checkout, withinMs: 5000 },
      });
      seen.push(again.kind === 'problem' ? again.code : again.kind);
      return again;
    });
    expect(await synthetics.run('release')).toMatchObject({ kind: 'failed', failure: 'not_accepted' });
    // Another id was refused, and with it the token was used up.
    expect(seen).toEqual(['kiosk_token_invalid', 'kiosk_token_invalid']);
    synthetics.open(submitTo({ host: '127.0.0.1', port: server.port }));
  });

  it('raises a condition while the newest one failed', async () => {
    synthetics.open(() => Promise.resolve({ kind: 'silent' }));
    await synthetics.run('schedule');
    expect((await server.status()).conditions).toMatchObject([{ code: 'synthetic_failing' }]);
    synthetics.open(submitTo({ host: '127.0.0.1', port: server.port }));
    await synthetics.run('schedule');
    expect((await server.status()).conditions).toEqual([]);
  });

  it('is followed over a link: each hop as the sync tells of it, and central’s word by its id', async () => {
    await store.ask('link', { link: { kind: 'online', sinceMs: 1 }, conditions: [] });
    const id = randomUUID();
    const { progress } = synthetics;
    const before = await store.ask('position', {});
    synthetics.open(async (asked) => {
      const submitted = await submitTo({ host: '127.0.0.1', port: server.port })(asked);
      if (submitted.kind !== 'answered') return submitted;
      const { seq } = submitted.answer;
      progress.sent(seq - 1);
      progress.sent(seq);
      progress.received(seq);
      progress.applied([null, { kind: 'outcome', id: randomUUID(), outcome: 'parked', atMs: 1 }]);
      setImmediate(() =>
        progress.applied([{ kind: 'outcome', id: asked.id, outcome: 'booked', atMs: Date.now() }]),
      );
      return submitted;
    });
    const untilMs = Date.now() + 60_000;
    // Heard twice, as after a crash, and once too late: made once.
    progress.applied([
      { kind: 'synthetic', id, untilMs },
      { kind: 'synthetic', id, untilMs },
      { kind: 'synthetic', id: randomUUID(), untilMs: 1 },
    ]);
    await expect.poll(() => synthetics.last()?.id).toBe(id);
    const { kind, by, hops } = synthetics.last() ?? expect.fail('made');
    expect({ kind, by }).toEqual({ kind: 'passed', by: 'central' });
    expect(Object.values({ ...hops, bookedMs: 0 }).every((ms) => ms !== null)).toBe(true);
    await store.ask('link', { link: { kind: 'offline', sinceMs: 1 }, conditions: [] });
    expect((await store.ask('position', {})).lastSeq).toBe(before.lastSeq + 1);
  });
});

describe('the schedule', () => {
  it('makes one each time, first at some moment of the time, and none once stopped or at 0', async () => {
    const clock = manualClock();
    let made = 0;
    const run = async () => {
      made++;
      return (await synthetics.run('schedule')) as never;
    };
    const parts = { synthetics: { run }, store, clock, random: () => 0.5 };
    const off = startSchedule(0, parts);
    const schedule = startSchedule(15, parts);
    clock.advance(9 * 60_000);
    await expect.poll(() => made).toBe(0);
    clock.advance(60_000);
    await expect.poll(() => made).toBe(1);
    await expect.poll(() => clock.advance(15 * 60_000) ?? made).toBeGreaterThan(1);
    schedule.stop();
    off.stop();
    const then = made;
    clock.advance(60 * 60_000);
    expect(made).toBe(then);
  });

  it('goes by another time as soon as it is told, and by none at 0', async () => {
    const clock = manualClock();
    let made = 0;
    const run = async () => {
      made++;
      return (await synthetics.run('schedule')) as never;
    };
    const schedule = startSchedule(0, { synthetics: { run }, store, clock, random: () => 0 });
    schedule.every(20);
    clock.advance(5 * 60_000);
    await expect.poll(() => made).toBe(1);
    schedule.every(0);
    clock.advance(60 * 60_000);
    schedule.every(40);
    clock.advance(10 * 60_000);
    await expect.poll(() => made).toBe(2);
    schedule.stop();
  });
});
