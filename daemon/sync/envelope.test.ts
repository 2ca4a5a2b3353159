// Frames upwards as central will open them, and frames downwards that lie in every way they can.
import { createHash, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFrame, encodeFrame, type FrameName, signingInput } from '../../contract/frame.ts';
import { chainHash, chainHashThrough, genesisHash } from '../../contract/hash.ts';
import { limits } from '../../contract/limits.ts';
import { EntriesHeader, Hello } from '../../contract/sync.ts';
import { sign, verify } from '../../kit/signature.ts';
import { compress, decompress } from '../../kit/zstd.ts';
import { createEd25519KeyPair, createP256KeyPair } from '../../provisioning/authority/keys.ts';
import { createEnvelope, readFeedItem } from './envelope.ts';

const sample = (name: string) =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../contract/samples', `${name}.json`), 'utf8'));
const box = createP256KeyPair();
const central = createEd25519KeyPair();
const formerCentral = createEd25519KeyPair();
const envelope = createEnvelope({
  applianceId: 'shop-1',
  key: box.privateKey,
  centralSigningKeys: [formerCentral.publicKey, central.publicKey],
});

/** A frame as central makes it, or as somebody else would. */
const down = (
  name: FrameName,
  header: object,
  items: Buffer[] = [],
  { to = 'shop-1', key = central.privateKey }: { to?: string; key?: KeyObject } = {},
) => encodeFrame(name, to, header, items, (input) => sign(key, input));
const feedItems = (sample('feed-items') as unknown[]).map((item) => Buffer.from(JSON.stringify(item)));
const digestOf = (items: Buffer[]) =>
  createHash('sha256')
    .update(items.map((item) => `${item}\n`).join(''))
    .digest('hex');
const feedHeader = (items: Buffer[]) => ({
  ...sample('feed-header'),
  count: items.length,
  digest: digestOf(items),
});
const feed = (
  items: Buffer[],
  header: object = feedHeader(items),
  by: { to?: string; key?: KeyObject } = {},
) => compress(down('feed', header, items, by));

describe('upwards', () => {
  it("a header goes out whole, under the appliance's signature for its own name", () => {
    const frame = decodeFrame(envelope.seal('hello', sample('hello')));
    expect(Hello.parse(JSON.parse(frame?.headerText ?? ''))).toEqual(sample('hello'));
    const signature = frame?.signature ?? Buffer.alloc(0);
    const input = (name: FrameName, id: string) => signingInput(name, id, frame?.headerText ?? '');
    expect(verify([box.publicKey], input('hello', 'shop-1'), signature)).toBe(true);
    expect(verify([box.publicKey], input('bye', 'shop-1'), signature)).toBe(false);
    expect(verify([box.publicKey], input('hello', 'shop-2'), signature)).toBe(false);
    expect(verify([createP256KeyPair().publicKey], input('hello', 'shop-1'), signature)).toBe(false);
  });

  it('a run of entries goes out byte by byte, with the hashes at both its ends', async () => {
    const bodies = (sample('chain').entries as { body: string }[]).map(({ body }) => Buffer.from(body));
    const previous = chainHash(genesisHash, 1, bodies[0] ?? Buffer.alloc(0));
    const rest = bodies.slice(1);
    const header: EntriesHeader = {
      journalId: sample('hello').journalId,
      firstSeq: 2,
      count: rest.length,
      previousHash: previous.toString('hex'),
      lastHash: chainHashThrough(previous, 2, rest).toString('hex'),
      traceparent: sample('entries-header').traceparent,
    };
    const { count: _, traceparent, ...run } = header;
    const lines = Buffer.from(rest.join('\n'));
    const payload = await envelope.sealEntries({ ...run, lastSeq: bodies.length, lines }, traceparent);
    const frame = decodeFrame((await decompress(payload, limits.frameRawBytesMax)) ?? Buffer.alloc(0));
    expect(EntriesHeader.parse(JSON.parse(frame?.headerText ?? ''))).toEqual(header);
    expect(frame?.items.map(String)).toEqual(rest.map(String));
    expect(chainHashThrough(previous, 2, frame?.items ?? []).toString('hex')).toBe(header.lastHash);
  });
});

describe('downwards', () => {
  it('a welcome, a refusal and a receipt of central are opened', () => {
    expect(envelope.openWelcome(down('welcome', sample('welcome')))).toEqual(sample('welcome'));
    expect(envelope.openWelcome(down('welcome', sample('refusal')))).toEqual(sample('refusal'));
    expect(envelope.openReceipt(down('receipt', sample('receipt')))).toEqual(sample('receipt'));
  });

  it('any of the keys that the appliance trusts may have signed', () => {
    const frame = down('receipt', sample('receipt'), [], { key: formerCentral.privateKey });
    expect(envelope.openReceipt(frame)).not.toBeNull();
  });

  it.each<[string, () => Buffer]>([
    [
      'signed by a stranger',
      () => down('receipt', sample('receipt'), [], { key: createEd25519KeyPair().privateKey }),
    ],
    [
      "signed with the appliance's own key",
      () => down('receipt', sample('receipt'), [], { key: box.privateKey }),
    ],
    ['meant for another appliance', () => down('receipt', sample('receipt'), [], { to: 'shop-2' })],
    ['signed under another name', () => down('welcome', sample('receipt'))],
    [
      'changed after it was signed',
      () => Buffer.from(String(down('receipt', sample('receipt'))).replace(':5,', ':6,')),
    ],
    ['with a field nobody knows', () => down('receipt', { ...sample('receipt'), more: 1 })],
    ['with a position that is none', () => down('receipt', { ...sample('receipt'), receivedThrough: -1 })],
    ['that is no JSON', () => Buffer.from(String(down('receipt', {})).replace('{}', '{'))],
    ['without a signature', () => Buffer.from(`${JSON.stringify(sample('receipt'))}\n\n`)],
    ['that is empty', () => Buffer.alloc(0)],
  ])('a receipt %s is not believed', (_, frame) => expect(envelope.openReceipt(frame())).toBeNull());

  it('a feed frame is opened with its items in their order', async () => {
    const opened = await envelope.openFeed(await feed(feedItems));
    expect({ ...opened, items: opened?.items.map(readFeedItem) }).toEqual({
      feedId: sample('feed-header').feedId,
      firstPosition: sample('feed-header').firstPosition,
      items: sample('feed-items'),
    });
  });

  it.each<[string, string]>([
    ['of a kind that this release does not know', '{"kind":"flag","name":"x"}'],
    [
      'with a field that it does not know',
      '{"kind":"outcome","id":"x","outcome":"booked","atMs":1,"more":1}',
    ],
    ['that is no JSON', '{"kind":'],
    ['that is empty', ''],
  ])('an item %s is passed over, and the rest is read', async (_, text) => {
    const items = [feedItems[0] ?? Buffer.alloc(0), Buffer.from(text), feedItems.at(-1) ?? Buffer.alloc(0)];
    const opened = await envelope.openFeed(await feed(items));
    expect(opened?.items.map((item) => readFeedItem(item)?.kind)).toEqual(['policy', undefined, 'outcome']);
  });

  it.each<[string, () => Promise<Buffer>]>([
    [
      'signed by a stranger',
      () => feed(feedItems, feedHeader(feedItems), { key: createEd25519KeyPair().privateKey }),
    ],
    ['meant for another appliance', () => feed(feedItems, feedHeader(feedItems), { to: 'shop-2' })],
    ['with an item exchanged', () => feed(feedItems.toReversed(), feedHeader(feedItems))],
    ['with an item left out', () => feed(feedItems.slice(1), feedHeader(feedItems))],
    ['with an item more', () => feed([...feedItems, Buffer.from('{}')], feedHeader(feedItems))],
    ['whose count is another', () => feed(feedItems, { ...feedHeader(feedItems), count: 2 })],
    ['without items', () => feed([])],
    ['that is not compressed', async () => down('feed', feedHeader(feedItems), feedItems)],
    ['cut short', async () => (await feed(feedItems)).subarray(0, -9)],
  ])('a feed frame %s is not believed', async (_, frame) => {
    expect(await envelope.openFeed(await frame())).toBeNull();
  });

  it('a small frame that unfolds into a large one is not unfolded', async () => {
    const bomb = await compress(Buffer.alloc(64 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(10_000);
    expect(await envelope.openFeed(bomb)).toBeNull();
  });

  it('a frame bent anywhere is opened as what was signed, or not at all', async () => {
    const frames = [
      down('welcome', sample('welcome')),
      down('receipt', sample('receipt')),
      await feed(feedItems),
    ];
    const openAll = async (frame: Buffer) => [
      envelope.openWelcome(frame),
      envelope.openReceipt(frame),
      await envelope.openFeed(frame),
    ];
    const bends = fc.tuple(fc.nat(2), fc.nat(), fc.integer({ min: 1, max: 255 }));
    await fc.assert(
      fc.asyncProperty(bends, async ([which, where, change]) => {
        const frame = Buffer.from(frames[which] ?? []);
        const whole = await openAll(frame);
        const at = where % frame.length;
        frame[at] = (frame[at] ?? 0) ^ change;
        // Base64 and zstd have spellings that mean the same bytes.
        for (const one of await openAll(frame)) if (one !== null) expect(whole).toContainEqual(one);
      }),
      { numRuns: 300 },
    );
  });
});
