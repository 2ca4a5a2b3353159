import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../fixtures/in-process-store.ts';
import { openDatabase } from '../../ledger/sqlite/open.ts';
import { createAuditTable } from '../../people/sqlite/audit.ts';
import type { OutboundType, Tell } from '../outbound.ts';
import type { OutboundCalls } from '../outbound-port.ts';
import { deliveryDelaysMs } from '../retries.ts';
import { endpointsMax } from './endpoints.ts';
import { createOutboundTables } from './outbound-tables.ts';

const nowMs = 1_795_000_000_000;
const by = { actor: { kind: 'command' as const, user: 'ada', from: 'desk' }, nowMs };
let folder: ReturnType<typeof temporaryFolder>;
let db: Database.Database;
let tell: Tell;
let outbound: OutboundCalls;

beforeEach(() => {
  folder = temporaryFolder();
  db = openDatabase(join(folder.path, 'central.db'));
  ({ tell, calls: outbound } = createOutboundTables(db, createAuditTable(db).audit));
});
afterEach(() => {
  db.close();
  folder.remove();
});

function endpoint(...types: OutboundType[]): number {
  const made = outbound.createEndpoint(
    { url: 'https://shop.example/', types, note: '', secret: 'first' },
    by,
  );
  if (made.kind !== 'created') throw new Error(made.kind);
  return made.endpoint.number;
}
const captured = (id = 'sale') => tell('checkout.captured', `checkout ${id}`, { amountMinor: 370 }, nowMs);
const take = (atMs = nowMs, change: Partial<Parameters<OutboundCalls['takeDeliveries']>[0]> = {}) =>
  outbound.takeDeliveries({ deliveriesMax: 100, perEndpointMax: 100, leaseMs: 1000, nowMs: atMs, ...change });
const tried = (delivery: number, status: number | null, atMs = nowMs) =>
  outbound.deliveryTried({
    delivery,
    atMs,
    durationMs: 5,
    status,
    error: status === null ? 'ECONNREFUSED' : null,
    answer: status === null ? null : 'said',
  });
const log = (state: 'waiting' | 'delivered' | 'dead' | null = null) =>
  outbound.deliveries({ endpoint: null, state, cursor: null, limit: 100 }).items;
const audited = () =>
  createAuditTable(db)
    .auditRecords({ action: null, about: null, cursor: null, limit: 50 })
    .items.map(({ action }) => action);

describe('an event for the merchant', () => {
  it('goes to every enabled endpoint that has subscribed to its type, and to no other', () => {
    const one = endpoint('checkout.captured', 'payout.made');
    const two = endpoint('checkout.captured');
    endpoint('payout.made');
    const four = endpoint('checkout.captured');
    outbound.switchEndpoint({ number: four, state: 'disabled', reason: 'moved' }, by);
    captured();
    const tasks = take();
    expect(tasks.map((task) => task.endpoint)).toEqual([one, two]);
    const [first, second] = tasks;
    expect(first?.eventId).toBe(second?.eventId);
    expect(JSON.parse(Buffer.from(first?.body ?? []).toString())).toEqual({
      id: first?.eventId,
      type: 'checkout.captured',
      toldMs: nowMs,
      about: 'checkout sale',
      data: { amountMinor: 370 },
    });
  });

  it('is not there when what it tells of was undone, and not written when nobody listens', () => {
    captured();
    expect(db.prepare('SELECT count(*) FROM outbound_event').pluck().get()).toBe(0);
    endpoint('checkout.captured');
    expect(() =>
      db.transaction(() => {
        captured();
        throw new Error('undone');
      })(),
    ).toThrow('undone');
    expect(log()).toEqual([]);
  });

  it('is taken once for as long as its lease, and again after a process died with it', () => {
    endpoint('checkout.captured');
    captured();
    expect(take()).toHaveLength(1);
    expect(take(nowMs + 999)).toEqual([]);
    expect(take(nowMs + 1000)).toHaveLength(1);
  });

  it('leaves each endpoint its share, however much waits for another', () => {
    const [slow, other] = [endpoint('checkout.captured'), endpoint('payout.made')];
    for (let i = 0; i < 10; i++) captured(`sale ${i}`);
    tell('payout.made', 'payout 1', {}, nowMs);
    expect(take(nowMs, { perEndpointMax: 4 }).map((task) => task.endpoint)).toEqual([
      ...Array(4).fill(slow),
      other,
    ]);
    expect(take(nowMs, { perEndpointMax: 4 })).toEqual([]);
    expect(take(nowMs, { perEndpointMax: 5 })).toHaveLength(1);
  });

  it('is tried again by the schedule over a day, is dead then, and begins anew when a person says so', () => {
    const number = endpoint('checkout.captured');
    captured();
    let atMs = nowMs;
    for (const delayMs of deliveryDelaysMs) {
      const [task] = take(atMs);
      expect(tried(task?.delivery ?? 0, 500, atMs)).toEqual({ state: 'waiting' });
      expect(take(atMs + delayMs)).toEqual([]);
      atMs += 5 + delayMs;
    }
    const [last] = take(atMs);
    expect(tried(last?.delivery ?? 0, null, atMs)).toEqual({ state: 'dead' });
    expect(atMs - nowMs).toBeLessThan(24 * 3_600_000);
    expect(log('dead')).toMatchObject([{ tries: deliveryDelaysMs.length + 1, dueMs: null }]);
    expect(log()[0]?.attempts.at(-1)).toEqual({
      atMs,
      durationMs: 5,
      status: null,
      error: 'ECONNREFUSED',
      answer: null,
    });
    expect(outbound.endpoints(nowMs)).toMatchObject([{ waiting: 0, dead: 1 }]);
    const later = { ...by, nowMs: atMs + 1000 };
    expect(outbound.resendDeliveries({ endpoint: number, eventId: null, reason: 'mended' }, later)).toEqual({
      kind: 'resent',
      deliveries: 1,
    });
    const [again] = take(later.nowMs);
    expect(tried(again?.delivery ?? 0, 204, later.nowMs)).toEqual({ state: 'delivered' });
    expect(log('delivered')[0]?.attempts).toHaveLength(deliveryDelaysMs.length + 2);
    expect(audited()).toEqual(['outbound.resend', 'outbound.create']);
  });

  it('waits while its endpoint is disabled, and goes on when it is enabled', () => {
    const number = endpoint('checkout.captured');
    captured();
    outbound.switchEndpoint({ number, state: 'disabled', reason: 'moving' }, by);
    expect(take()).toEqual([]);
    outbound.switchEndpoint({ number, state: 'enabled', reason: 'moved' }, by);
    expect(take()).toHaveLength(1);
    expect(audited()).toEqual(['outbound.enable', 'outbound.disable', 'outbound.create']);
  });

  it('is forgotten some time after it was delivered, and never while it waits', () => {
    endpoint('checkout.captured');
    captured('delivered');
    captured('waiting');
    const [first] = take();
    tried(first?.delivery ?? 0, 200);
    const forget = (endedBeforeMs: number) => outbound.forgetDeliveries({ endedBeforeMs, deliveriesMax: 10 });
    expect(forget(nowMs + 5)).toEqual({ forgotten: 0 });
    expect(forget(nowMs + 6)).toEqual({ forgotten: 1 });
    expect(log().map(({ about }) => about)).toEqual(['checkout waiting']);
    expect(db.prepare('SELECT count(*) FROM outbound_event').pluck().get()).toBe(1);
  });
});

describe('an endpoint', () => {
  it('is signed for with two secrets while one is being replaced, and never with more', () => {
    const number = endpoint('checkout.captured');
    captured();
    outbound.rotateEndpoint({ number, secret: 'second', oldUntilMs: nowMs + 5000 }, by);
    expect(take(nowMs)[0]?.secrets).toEqual(['second', 'first']);
    outbound.rotateEndpoint({ number, secret: 'third', oldUntilMs: nowMs + 9000 }, by);
    expect(take(nowMs + 2000)[0]?.secrets).toEqual(['third', 'second']);
    expect(take(nowMs + 9000)[0]?.secrets).toEqual(['third']);
    expect(outbound.endpoints(nowMs)[0]?.secrets).toHaveLength(2);
    expect(db.prepare(`SELECT count(*) FROM outbound_secret WHERE secret = 'first'`).pluck().get()).toBe(0);
  });

  it('is sent a test whatever it has subscribed', () => {
    const number = endpoint('payout.made');
    expect(outbound.testEndpoint(number, by)).toMatchObject({ kind: 'sent' });
    expect(log()).toMatchObject([{ type: 'endpoint.test', endpoint: number }]);
    expect(outbound.testEndpoint(9, by)).toEqual({ kind: 'endpoint_unknown' });
  });

  it('that is not there cannot be changed', () => {
    const unknown = { kind: 'endpoint_unknown' };
    expect(outbound.switchEndpoint({ number: 9, state: 'disabled', reason: 'x' }, by)).toEqual(unknown);
    expect(outbound.rotateEndpoint({ number: 9, secret: 's', oldUntilMs: nowMs }, by)).toEqual(unknown);
    expect(outbound.resendDeliveries({ endpoint: 9, eventId: null, reason: 'x' }, by)).toEqual(unknown);
    expect(audited()).toEqual([]);
  });

  it('can be made so often and no oftener', () => {
    for (let i = 0; i < endpointsMax; i++) endpoint('payout.made');
    const more = { url: 'https://shop.example/', types: ['payout.made' as const], note: '', secret: 's' };
    expect(outbound.createEndpoint(more, by)).toEqual({ kind: 'full' });
  });
});
