// The pump between a real store and a central that is played by hand over a link in memory.
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FeedItem } from '../../contract/feed.ts';
import { decodeFrame, encodeFrame } from '../../contract/frame.ts';
import { limits } from '../../contract/limits.ts';
import { EntriesHeader, Hello, type Receipt } from '../../contract/sync.ts';
import type { DownFrame, UpFrame } from '../../contract/topics.ts';
import { silentLog } from '../../kit/log.ts';
import { sign } from '../../kit/signature.ts';
import { compress, decompress } from '../../kit/zstd.ts';
import { createEd25519KeyPair, createP256KeyPair } from '../../provisioning/authority/keys.ts';
import { timeKnown } from '../identity/server-time.ts';
import { StoreBusyError } from '../store/client.ts';
import {
  feedId,
  firstFeed,
  pennies,
  submit,
  type TemporaryStore,
  temporaryStore,
  uuid,
} from '../store/temporary-store.ts';
import { createEnvelope } from './envelope.ts';
import type { LinkEvents } from './link.ts';
import { createPump, type Pump, type PumpParts } from './pump.ts';

const box = createP256KeyPair();
const central = createEd25519KeyPair();

let shop: TemporaryStore;
let busy: boolean;
let events: LinkEvents;
let pump: Pump;
let sent: { frame: UpFrame; payload: Buffer }[];
let appended: () => void;
/** How often the pump told the store of the link. */
let linksShown = 0;
let fallenBackTo: number[];
/** Why the pump ended a connection. */
let distrusted: string[];

beforeEach(() => {
  shop = temporaryStore();
  busy = false;
  appended = () => {};
  linksShown = 0;
  fallenBackTo = [];
  distrusted = [];
  // Each test's own: a pump that is still compressing must not send into the next test.
  const sending: typeof sent = [];
  sent = sending;
  const store: PumpParts['store'] = {
    ask: async (kind, ask) => {
      if (busy) throw new StoreBusyError('too many commands wait');
      if (kind === 'link') linksShown++;
      return shop.ask(kind, ask);
    },
    get lastSeq() {
      return shop.ask('position', {}).lastSeq;
    },
    kiosksSubmit: () => false,
    lastAskedSeq: 0,
    onAppended(listener) {
      appended = listener;
    },
  };
  pump = createPump({
    store,
    link: {
      start(given) {
        events = given;
      },
      async send(frame, payload) {
        sending.push({ frame, payload });
        return true;
      },
      renew: () => {},
      distrust: (reason) => distrusted.push(reason),
      stop: async () => {},
    },
    envelope: createEnvelope({
      applianceId: 'shop-1',
      key: box.privateKey,
      centralSigningKeys: [central.publicKey],
    }),
    clock: shop.clock,
    log: silentLog,
    release: '0.1.0',
    certificate: Buffer.from('a certificate'),
    onFallenBack: ({ receivedThrough }) => fallenBackTo.push(receivedThrough),
  });
  pump.start();
});
afterEach(() => shop.remove());

const until = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 2 });
/** The same while time passes: a run waits for its pace. */
const inTime = (check: () => void) =>
  until(() => {
    shop.clock.advance(1);
    check();
  });
const sentOf = (frame: UpFrame) => sent.filter((one) => one.frame === frame).map(({ payload }) => payload);
const headerOf = (payload: Buffer) => JSON.parse(decodeFrame(payload)?.headerText ?? '');
const hellos = () => sentOf('hello').map((payload) => Hello.parse(headerOf(payload)));
const entries = () =>
  Promise.all(
    sentOf('entries').map(async (payload) =>
      EntriesHeader.parse(headerOf((await decompress(payload, limits.frameRawBytesMax)) ?? Buffer.alloc(0))),
    ),
  );
const applied = () => sentOf('applied').map((payload) => headerOf(payload).appliedThrough);

const say = (name: DownFrame, header: object, items: Buffer[] = []) =>
  encodeFrame(name, 'shop-1', header, items, (input) => sign(central.privateKey, input));
const receipt = (receivedThrough: number, hash?: string): Receipt => ({
  journalId: shop.ask('position', {}).journalId,
  receivedThrough,
  hash:
    hash ??
    (receivedThrough === 0
      ? '0'.repeat(64)
      : String(shop.ask('entries', { afterSeq: receivedThrough - 1, itemsMax: 1, bytesMax: 1 })?.lastHash)),
  issuedAtMs: 1,
});
const welcome = (receivedThrough: number, changes: object = {}) =>
  events.onFrame(
    'welcome',
    say('welcome', {
      kind: 'welcome',
      helloId: hellos().at(-1)?.helloId,
      version: 1,
      receipt: receipt(receivedThrough),
      feedId,
      feedHead: 2,
      centralMs: shop.clock.wallMs(),
      windowFrames: 4,
      entriesPerSecondMax: 100_000,
      ...changes,
    }),
  );
const sayReceipt = (through: number, hash?: string) =>
  events.onFrame('receipt', say('receipt', receipt(through, hash)));
const sayFeed = async (firstPosition: number, ...items: FeedItem[]) => {
  const lines = items.map((item) => Buffer.from(JSON.stringify(item)));
  const digest = createHash('sha256')
    .update(lines.map((line) => `${line}\n`).join(''))
    .digest('hex');
  const header = { feedId, firstPosition, count: items.length, digest };
  events.onFrame('feed', await compress(say('feed', header, lines)));
};
const sell = (first: number, count = 1) => {
  shop.execute(...Array.from({ length: count }, (_, i) => submit.checkout(first + i, pennies(1))));
  appended();
};
const status = () => shop.ask('status', {});
const online = async (receivedThrough = 0) => {
  const before = hellos().length;
  events.onUp();
  await until(() => expect(hellos()).toHaveLength(before + 1));
  welcome(receivedThrough);
  await until(() => expect(status().link.kind).toBe('online'));
};

describe('the pump', () => {
  it('says where both logs stand as soon as the link is up', async () => {
    sell(1, 3);
    events.onUp();
    await until(() => expect(hellos()).toHaveLength(1));
    const { journalId, lastHash } = shop.ask('position', {});
    expect(hellos()[0]).toMatchObject({
      journalId,
      lastSeq: 3,
      lastHash,
      feedId,
      appliedThrough: 2,
      versions: [1],
    });
    expect(status().link.kind).toBe('connecting');
    expect(sentOf('entries')).toEqual([]);
  });

  it('sends what waits after the welcome, and moves the position with the receipt alone', async () => {
    sell(1, 5);
    await online(2);
    await until(() => expect(sentOf('entries')).toHaveLength(1));
    expect(await entries()).toMatchObject([{ firstSeq: 3, count: 3 }]);
    expect(status().journal).toMatchObject({ receivedThrough: 2, pending: 3 });
    sayReceipt(5);
    await until(() => expect(status().journal.pending).toBe(0));
    sell(6);
    await inTime(() => expect(sentOf('entries')).toHaveLength(2));
    expect((await entries())[1]).toMatchObject({ firstSeq: 6, count: 1 });
  });

  it('says hello again when a receipt does not come, and sends again what central has not', async () => {
    sell(1, 2);
    await online();
    await until(() => expect(sentOf('entries')).toHaveLength(1));
    await new Promise(setImmediate);
    shop.clock.advance(10_000);
    await until(() => expect(hellos()).toHaveLength(2));
    welcome(1);
    await inTime(() => expect(sentOf('entries')).toHaveLength(2));
    expect((await entries())[1]).toMatchObject({ firstSeq: 2, count: 1 });
  });

  it('goes on with a central that this box’s clock calls out of its time, once its signed word agrees', async () => {
    const centralMs = shop.clock.wallMs();
    const dates = { notBeforeMs: centralMs - 1000, notAfterMs: centralMs + 1000 };
    events.onUp({ dates, time: timeKnown(0, centralMs - 500) });
    await until(() => expect(hellos()).toHaveLength(1));
    welcome(0);
    await until(() => expect(status().link.kind).toBe('online'));
    expect(distrusted).toEqual([]);
  });

  it('hands nothing to one whose signed word is outside its own certificate, and says so', async () => {
    sell(1);
    const dates = { notBeforeMs: 0, notAfterMs: 1_700_000_000_000 };
    events.onUp({ dates, time: timeKnown(0, 1_600_000_000_000) });
    await until(() => expect(hellos()).toHaveLength(1));
    welcome(0);
    await until(() => expect(distrusted).toEqual(["central's certificate has run out"]));
    await until(() => expect(status().conditions).toMatchObject([{ code: 'central_not_trusted' }]));
    expect(sentOf('entries')).toEqual([]);
    events.onDown('');
    await online();
    expect(status().conditions).toEqual([]);
  });

  it('ignores receipts and welcomes that central did not sign, and late ones', async () => {
    sell(1, 2);
    events.onUp();
    await until(() => expect(hellos()).toHaveLength(1));
    welcome(0, { helloId: uuid(99) });
    const forged = encodeFrame('receipt', 'shop-1', receipt(2), [], (input) => sign(box.privateKey, input));
    events.onFrame('receipt', forged);
    events.onFrame('welcome', Buffer.from('garbage'));
    welcome(0);
    await until(() => expect(sentOf('entries')).toHaveLength(1));
    expect(status().journal.receivedThrough).toBe(0);
    expect(status().conditions.map(({ code }) => code)).toEqual(['frame_not_believed']);
    const shown = linksShown;
    for (let i = 0; i < 100; i++) events.onFrame('receipt', forged);
    await new Promise(setImmediate);
    expect(linksShown).toBe(shown);
    events.onDown('gone');
    events.onUp();
    await until(() => expect(status().conditions).toEqual([]));
  });

  it('says so when central has a receipt for more than there is, by its refusal or by a receipt', async () => {
    sell(1, 2);
    await online();
    sayReceipt(7, 'ab'.repeat(32));
    await until(() => expect(fallenBackTo).toEqual([7]));
    events.onDown('gone');
    events.onUp();
    await until(() => expect(hellos()).toHaveLength(2));
    const { helloId } = hellos()[1] ?? expect.fail('no hello');
    const refusal = { kind: 'refusal', helloId, code: 'history_diverged', hint: 'shorter' };
    events.onFrame('welcome', say('welcome', { ...refusal, receipt: receipt(9, 'ab'.repeat(32)) }));
    await until(() => expect(fallenBackTo).toEqual([7, 9]));
  });

  it('stops before a central that holds another history, sells on, says so, and asks again later', async () => {
    sell(1, 2);
    await online();
    await until(() => expect(sentOf('entries')).toHaveLength(1));
    sayReceipt(2, 'ab'.repeat(32));
    await until(() => expect(status().link.kind).toBe('refused'));
    expect(status().conditions.map(({ code }) => code)).toEqual(['history_diverged']);
    expect(fallenBackTo).toEqual([]);
    expect(status().journal.receivedThrough).toBe(0);
    sell(3);
    expect(sentOf('entries')).toHaveLength(1);
    shop.clock.advance(60_000);
    await until(() => expect(hellos()).toHaveLength(2));
    welcome(0);
    await until(() => expect(status().conditions).toEqual([]));
    await until(() => expect(sentOf('entries')).toHaveLength(2));
  });

  it('says how the box is only when no entry waits and none is without a receipt', async () => {
    const reports = [Buffer.from('{}')];
    expect(await pump.report(reports)).toBe(false);
    sell(1);
    await online();
    await until(() => expect(sentOf('entries')).toHaveLength(1));
    expect(await pump.report(reports)).toBe(false);
    sayReceipt(1);
    await until(() => expect(status().journal.receivedThrough).toBe(1));
    expect(await pump.report(reports)).toBe(true);
    expect(sentOf('health')).toHaveLength(1);
    // Written, and not yet read to be sent.
    sell(2);
    expect(await pump.report(reports)).toBe(false);
    events.onDown('gone');
    expect(await pump.report(reports)).toBe(false);
  });

  it('says it among the entries where one is always on its way, after a while, and never before a backlog', async () => {
    const reports = [Buffer.from('{}')];
    sell(1);
    await online();
    await until(() => expect(sentOf('entries')).toHaveLength(1));
    expect(await pump.report(reports)).toBe(false);
    // The next customers come before the receipt for the one before.
    for (let seq = 2; seq <= 4; seq++) {
      shop.clock.advance(6000);
      sell(seq);
      sayReceipt(seq - 1);
      await until(() => expect(sentOf('entries')).toHaveLength(seq));
      expect(await pump.report(reports)).toBe(false);
    }
    shop.clock.advance(2000);
    for (let seq = 5; seq < 5 + 200; seq++) sell(seq);
    expect(await pump.report(reports)).toBe(false);
    sayReceipt(4);
    await until(() => expect(sentOf('entries')).toHaveLength(5));
    expect(await pump.report(reports)).toBe(true);
    // From here on it is held anew.
    expect(await pump.report(reports)).toBe(false);
  });

  it('waits after a refusal, and shows what central said', async () => {
    events.onUp();
    await until(() => expect(hellos()).toHaveLength(1));
    const helloId = hellos()[0]?.helloId;
    events.onFrame(
      'welcome',
      say('welcome', { kind: 'refusal', helloId, code: 'protocol_unsupported', hint: 'update' }),
    );
    await until(() =>
      expect(status().conditions).toMatchObject([{ code: 'protocol_unsupported', hint: 'update' }]),
    );
  });

  it('applies the feed and says how far, also for a repeat and a gap', async () => {
    await online();
    await sayFeed(3, { kind: 'outcome', id: uuid(1), outcome: 'booked', atMs: 1 });
    await until(() => expect(applied()).toEqual([3]));
    await sayFeed(1, ...firstFeed);
    await until(() => expect(applied()).toEqual([3, 3]));
    await sayFeed(9, ...firstFeed);
    await until(() => expect(applied()).toEqual([3, 3, 3]));
  });

  it('estimates the time of central from the welcome', async () => {
    events.onUp();
    await until(() => expect(hellos()).toHaveLength(1));
    shop.clock.advance(80);
    welcome(0, { centralMs: 1_800_000_000_000 });
    await until(() => expect(status().link.kind).toBe('online'));
    shop.clock.advance(1000);
    sell(1);
    const [line] = Buffer.from(shop.ask('entries', { afterSeq: 0, itemsMax: 1, bytesMax: 1 })?.lines ?? [])
      .toString()
      .split('\n');
    expect(JSON.parse(line ?? '').at.central).toEqual({
      ms: 1_800_000_000_000 + 40 + 1000,
      uncertaintyMs: 40,
    });
  });

  it('leaves a busy store to the kiosks, and goes on when it is not', async () => {
    await online();
    busy = true;
    sell(1, 3);
    // The event loop still turns: were the pump to ask again at once, and again, nothing else would.
    await new Promise(setImmediate);
    expect(sentOf('entries')).toEqual([]);
    busy = false;
    await until(() => {
      shop.clock.advance(100);
      expect(sentOf('entries')).toHaveLength(1);
    });
  });

  it('says hello later when the store is too busy to tell where it stands', async () => {
    busy = true;
    events.onUp();
    await new Promise(setImmediate);
    expect(hellos()).toEqual([]);
    busy = false;
    shop.clock.advance(10_000);
    await until(() => expect(hellos()).toHaveLength(1));
  });

  it('says bye when it is stopped', async () => {
    sell(1, 2);
    await online(2);
    await pump.stop();
    expect(headerOf(sentOf('bye')[0] ?? Buffer.alloc(0))).toMatchObject({ lastSeq: 2 });
  });
});
