import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { seededRandom } from '../../../kit/seeded-random.ts';
import { temporaryFolder } from '../../fixtures/in-process-store.ts';
import { openDatabase } from '../../ledger/sqlite/open.ts';
import { createAuditTable } from '../../people/sqlite/audit.ts';
import type { ProcessorEvent } from '../../processors/port.ts';
import type { ToldEvent } from '../apply.ts';
import type { ReplayWhich, WebhookCalls } from '../port.ts';
import { workDelayMs, workTriesMax } from '../retries.ts';
import { refusedKeptMax } from './inbox.ts';
import { createWebhookTables } from './tables.ts';

const nowMs = 1_795_000_000_000;
let folder: ReturnType<typeof temporaryFolder>;
let db: Database.Database;
let webhooks: WebhookCalls;
let told: ToldEvent[];
let refuse: (told: ToldEvent) => string | null;

beforeEach(() => {
  folder = temporaryFolder();
  db = openDatabase(join(folder.path, 'central.db'));
  db.exec('CREATE TABLE written (event_id TEXT)');
  told = [];
  refuse = () => null;
  webhooks = createWebhookTables(db, createAuditTable(db).audit, [
    (one) => {
      // What it wrote before it failed must be gone.
      db.prepare('INSERT INTO written (event_id) VALUES (?)').run(one.event.eventId);
      const reason = refuse(one);
      if (reason !== null) throw new Error(reason);
      told.push(one);
    },
  ]);
});
afterEach(() => {
  db.close();
  folder.remove();
});

type State = 'in_progress' | 'authorised' | 'captured' | 'capture_failed' | 'voided' | 'declined';
function charge(
  chargeId: string,
  state: State,
  happenedMs: number,
  eventId = `${chargeId} ${state}`,
): ProcessorEvent {
  const amount = { currency: 'GBP', amountMinor: 370 };
  const capturedMinor = state === 'captured' ? 370 : 0;
  const about = {
    kind: 'charge' as const,
    charge: { chargeId, reference: `box.${chargeId}`, state, amount, capturedMinor, decline: null },
  };
  return { eventId, type: `charge.${state}`, happenedMs, about };
}
const other: ProcessorEvent = {
  eventId: 'report',
  type: 'REPORT_AVAILABLE',
  happenedMs: 1,
  about: { kind: 'other' },
};
const by = { actor: { kind: 'command' as const, user: 'ada', from: 'desk' }, nowMs };
const body = Buffer.from('{"as":"it came"}');

const inTransaction = <T>(work: () => T): T => db.transaction(work).immediate();
const store = (...events: ProcessorEvent[]) =>
  inTransaction(() => webhooks.storeWebhook({ processor: 'stripe', events, body, signature: 't=1', nowMs }));
const work = (atMs = nowMs, eventsMax = 100) =>
  inTransaction(() => webhooks.workWebhooks({ eventsMax, nowMs: atMs }));
const replay = (which: ReplayWhich) =>
  inTransaction(() => webhooks.replayWebhooks({ which, reason: 'mended' }, { ...by, nowMs: nowMs + 5 }));
const list = (filter: { state?: 'waiting' | 'done' | 'dead'; type?: string } = {}) =>
  webhooks.webhookEvents({ processor: null, state: null, type: null, cursor: null, limit: 100, ...filter })
    .items;
const applied = () => told.map(({ event, standing }) => `${event.eventId}: ${standing}`);
const writtenByFailures = () => db.prepare('SELECT count(*) FROM written').pluck().get();

describe('an event', () => {
  it('is stored once, and its copies are counted', () => {
    expect(store(charge('ch_1', 'authorised', 1), charge('ch_1', 'captured', 2))).toEqual({
      stored: 2,
      duplicates: 0,
    });
    expect(store(charge('ch_1', 'captured', 2), charge('ch_2', 'captured', 2))).toEqual({
      stored: 1,
      duplicates: 1,
    });
    expect(list().map(({ eventId, copies }) => [eventId, copies])).toEqual([
      ['ch_2 captured', 0],
      ['ch_1 captured', 1],
      ['ch_1 authorised', 0],
    ]);
    expect(webhooks.webhookSources()).toMatchObject([
      {
        processor: 'stripe',
        counts: [
          { what: 'duplicate', count: 1 },
          { what: 'stored', count: 3 },
        ],
        waiting: 3,
        dead: 0,
        oldestWaitingMs: nowMs,
      },
    ]);
  });

  it('of two processors may have the same id', () => {
    store(charge('ch_1', 'captured', 1, 'evt'));
    inTransaction(() =>
      webhooks.storeWebhook({
        processor: 'adyen',
        events: [charge('ch_1', 'captured', 1, 'evt')],
        body,
        signature: null,
        nowMs,
      }),
    );
    expect(webhooks.webhookEvent({ processor: null, eventId: 'evt' })).toBe('ambiguous');
    expect(webhooks.webhookEvent({ processor: 'adyen', eventId: 'evt' })).toMatchObject({
      processor: 'adyen',
    });
    expect(replay({ kind: 'one', processor: null, eventId: 'evt' })).toEqual({
      kind: 'event_ambiguous',
    });
  });

  it('is kept as it came, and neither changed nor removed', () => {
    store(charge('ch_1', 'captured', 1));
    const found = webhooks.webhookEvent({ processor: 'stripe', eventId: 'ch_1 captured' });
    expect(found).toMatchObject({ body, event: charge('ch_1', 'captured', 1) });
    expect(() => db.exec('UPDATE webhook_event SET happened_ms = 0')).toThrow('never edited');
    expect(() => db.exec('DELETE FROM webhook_event')).toThrow('only an event that was applied');
  });

  it('that says nothing of a charge is told to the other rooms all the same', () => {
    store(other);
    expect(work()).toEqual({ done: 1, failed: [], reports: [], nextDueMs: null });
    expect(applied()).toEqual(['report: nothing']);
  });

  it('is found by its charge, and by the reference of the attempt that it answers', () => {
    const answers = { chargeId: 'ch_1', reference: 'box.capture', purpose: 'capture' as const, done: false };
    store(charge('ch_1', 'authorised', 2), { ...other, answers }, charge('ch_2', 'captured', 1));
    const sightings = (about: { reference: string } | { chargeId: string }) =>
      webhooks.webhookSightings({ processor: 'stripe', about, eventsMax: 9 }).map(({ eventId }) => eventId);
    expect(sightings({ chargeId: 'ch_1' })).toEqual(['report', 'ch_1 authorised']);
    expect(sightings({ reference: 'box.capture' })).toEqual(['report']);
    expect(sightings({ reference: 'box.ch_2' })).toEqual(['ch_2 captured']);
  });

  it('about a change of a charge keeps the reference and the amount that were told before, whichever came first', () => {
    const whole = charge('ch_1', 'authorised', 1);
    const change = charge('ch_1', 'captured', 2);
    if (change.about.kind !== 'charge') throw new Error('a charge');
    change.about.charge = {
      ...change.about.charge,
      reference: null,
      amount: { currency: 'GBP', amountMinor: 70 },
      capturedMinor: 70,
    };
    for (const order of [
      [whole, change],
      [change, whole],
    ]) {
      db.exec('DELETE FROM processor_object');
      for (const event of order) {
        store({ ...event, eventId: `${event.eventId} ${order[0] === whole}` });
        work();
      }
      expect(webhooks.processorObject({ processor: 'stripe', kind: 'charge', id: 'ch_1' })).toMatchObject({
        state: 'captured',
        amountMinor: 370,
        capturedMinor: 70,
        reference: 'box.ch_1',
      });
    }
  });
});

describe('working', () => {
  it('goes by the time of the processor, and tells of each how it stands to what was known', () => {
    store(charge('ch_1', 'captured', 3));
    store(charge('ch_1', 'in_progress', 1));
    store(charge('ch_1', 'authorised', 2));
    expect(work()).toEqual({ done: 3, failed: [], reports: [], nextDueMs: null });
    expect(applied()).toEqual(['ch_1 in_progress: newer', 'ch_1 authorised: newer', 'ch_1 captured: newer']);
    store(charge('ch_1', 'authorised', 2, 'a late one'));
    work();
    expect(applied().at(-1)).toBe('a late one: older');
    expect(webhooks.processorObject({ processor: 'stripe', kind: 'charge', id: 'ch_1' })).toMatchObject({
      state: 'captured',
      capturedMinor: 370,
      eventId: 'ch_1 captured',
    });
    expect(webhooks.processorObjects({ processor: 'stripe', reference: 'box.ch_1' })).toHaveLength(1);
  });

  it('undoes all of an event that fails, tries it later, and holds its charge back meanwhile and no other', () => {
    store(charge('ch_1', 'authorised', 1), charge('ch_1', 'captured', 2), charge('ch_2', 'captured', 3));
    refuse = ({ event }) => (event.eventId === 'ch_1 authorised' ? 'not yet' : null);
    expect(work()).toEqual({
      done: 1,
      failed: [{ processor: 'stripe', eventId: 'ch_1 authorised', error: 'not yet', dead: false }],
      reports: [],
      nextDueMs: nowMs + 1000,
    });
    expect(applied()).toEqual(['ch_2 captured: newer']);
    expect(writtenByFailures()).toBe(1);
    expect(webhooks.processorObject({ processor: 'stripe', kind: 'charge', id: 'ch_1' })).toBeNull();
    expect(work(nowMs + 999)).toEqual({ done: 0, failed: [], reports: [], nextDueMs: nowMs + 1000 });
    refuse = () => null;
    expect(work(nowMs + 1000).done).toBe(2);
    expect(applied().slice(1)).toEqual(['ch_1 authorised: newer', 'ch_1 captured: newer']);
  });

  it('gives an event up after its last try, tells why, and lets its charge go on', () => {
    store(charge('ch_1', 'authorised', 1), charge('ch_1', 'captured', 2));
    refuse = ({ event }) => (event.eventId === 'ch_1 authorised' ? 'never' : null);
    let atMs = nowMs;
    for (let tries = 1; tries < workTriesMax; tries++) {
      expect(work(atMs).failed).toMatchObject([{ dead: false }]);
      atMs += workDelayMs(tries) ?? 0;
    }
    expect(work(atMs)).toMatchObject({ done: 0, failed: [{ dead: true }] });
    expect(list({ state: 'dead' })).toMatchObject([{ tries: workTriesMax, error: 'never' }]);
    work(atMs);
    expect(applied()).toEqual(['ch_1 captured: newer']);
  });

  it('takes what is dead, one event, or what came within a time from the first try again', () => {
    store(charge('ch_1', 'captured', 1));
    refuse = () => 'never';
    for (let atMs = nowMs, tries = 1; tries <= workTriesMax; atMs += workDelayMs(tries++) ?? 0) work(atMs);
    refuse = () => null;
    expect(replay({ kind: 'dead', processor: 'adyen' })).toEqual({ kind: 'replayed', events: 0 });
    expect(replay({ kind: 'dead', processor: null })).toEqual({ kind: 'replayed', events: 1 });
    work(nowMs + 5);
    expect(applied()).toEqual(['ch_1 captured: newer']);
    expect(replay({ kind: 'one', processor: null, eventId: 'ch_1 captured' })).toEqual({
      kind: 'replayed',
      events: 1,
    });
    work(nowMs + 5);
    const received = { kind: 'received' as const, processor: 'stripe', fromMs: nowMs, untilMs: nowMs };
    expect(replay(received)).toEqual({ kind: 'replayed', events: 0 });
    expect(replay({ ...received, untilMs: nowMs + 1 })).toEqual({ kind: 'replayed', events: 1 });
    work(nowMs + 5);
    expect(applied()).toEqual(['ch_1 captured: newer', 'ch_1 captured: same', 'ch_1 captured: same']);
    expect(
      createAuditTable(db).auditRecords({ action: 'webhook.replay', about: null, cursor: null, limit: 9 })
        .items,
    ).toHaveLength(5);
    expect(list()).toMatchObject([{ state: 'done', replays: 3, tries: 0, error: null }]);
    expect(replay({ kind: 'one', processor: null, eventId: 'evt_9' })).toEqual({ kind: 'event_unknown' });
  });

  it('comes to the same end from ten thousand events in random order, with copies, in pieces between which more come', () => {
    const states: State[] = ['in_progress', 'authorised', 'captured', 'capture_failed', 'voided', 'declined'];
    const random = seededRandom(20_261_124);
    const below = (count: number) => Math.floor(random() * count);
    const events = Array.from({ length: 10_000 }, (_, i) =>
      // Seconds, as processors tell them, so that many happen at the same time.
      charge(`ch_${below(1000)}`, states[below(states.length)] ?? 'captured', 1000 * below(5), `evt_${i}`),
    );
    const shuffle = <T>(items: readonly T[]) =>
      items
        .map((item) => ({ item, at: random() }))
        .sort((a, b) => a.at - b.at)
        .map(({ item }) => item);
    const ended = (order: readonly ProcessorEvent[], path: string) => {
      const other = openDatabase(join(folder.path, path));
      const tables = createWebhookTables(other, () => {}, []);
      for (let at = 0; at < order.length; at += 500) {
        other.transaction(() => {
          for (const event of order.slice(at, at + 500)) {
            tables.storeWebhook({ processor: 'stripe', events: [event], body, signature: '', nowMs });
          }
        })();
        other.transaction(() => tables.workWebhooks({ eventsMax: 1 + below(700), nowMs }))();
      }
      while (other.transaction(() => tables.workWebhooks({ eventsMax: 2000, nowMs }))().nextDueMs !== null);
      const rows = other.prepare('SELECT * FROM processor_object ORDER BY id').all();
      other.close();
      return rows;
    };
    const inOrder = ended(events, 'a.db');
    expect(inOrder.length).toBeGreaterThan(990);
    expect(ended(shuffle([...events, ...events.slice(0, 3000)]), 'b.db')).toEqual(inOrder);
    expect(ended(events.toReversed(), 'c.db')).toEqual(inOrder);
  });
});

it('keeps the last few refusals of each processor and counts all', () => {
  const refused = (processor: string, atMs: number) => ({
    processor,
    code: 'signature_wrong' as const,
    address: '203.0.113.5',
    atMs,
    bodyBytes: 2,
    bodyHash: Buffer.alloc(32),
  });
  for (let i = 0; i < refusedKeptMax + 5; i++) {
    webhooks.noteRefusedWebhooks({
      last: [refused('stripe', i)],
      counts: [{ processor: 'stripe', code: 'signature_wrong', count: 100, lastMs: i }],
    });
  }
  webhooks.noteRefusedWebhooks({ last: [refused('adyen', 1)], counts: [] });
  const stripe = webhooks.webhookSources().find(({ processor }) => processor === 'stripe');
  expect(stripe?.counts).toEqual([
    { what: 'signature_wrong', count: 100 * (refusedKeptMax + 5), lastMs: refusedKeptMax + 4 },
  ]);
  expect(stripe?.refused.map(({ atMs }) => atMs)).toEqual(
    Array.from({ length: refusedKeptMax }, (_, i) => refusedKeptMax + 4 - i),
  );
});

it('says which reports can be downloaded, again when the event is put back', () => {
  const announced: ProcessorEvent = { ...other, about: { kind: 'report', batch: 12 } };
  store(announced, charge('ch_1', 'captured', 2));
  expect(work()).toMatchObject({ done: 2, reports: [{ processor: 'stripe', batch: 12 }] });
  store(announced);
  expect(work()).toMatchObject({ done: 0, reports: [] });
  replay({ kind: 'one', eventId: 'report', processor: null });
  expect(work(nowMs + 5)).toMatchObject({ reports: [{ processor: 'stripe', batch: 12 }] });
});
