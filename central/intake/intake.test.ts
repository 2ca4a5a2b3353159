// Over the wire: real certificates, TLS, MQTT, worker and database.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadApplianceIdentity } from '../../provisioning/identity.ts';
import { connectAppliance, type TestAppliance } from '../fixtures/appliance.ts';
import { bytesOf, checkoutEntry } from '../fixtures/entries.ts';
import { createTestJournal, signedFrame, testKeys } from '../fixtures/journal.ts';
import { createTestSite, type TestSite } from '../fixtures/site.ts';

describe('intake', () => {
  let site: TestSite;
  let central: Awaited<ReturnType<TestSite['start']>>;
  let boxFolder: string;
  let box: TestAppliance;
  let count = 0;
  let operatorKey: unknown;

  beforeAll(async () => {
    site = await createTestSite();
    central = await site.start();
    operatorKey = central.announced.find((line) => 'operatorKey' in line)?.operatorKey;
  });
  afterAll(async () => {
    await central.stop();
    site.remove();
  });
  beforeEach(async () => {
    boxFolder = await site.appliance(`box-${++count}`);
    box = await connectAppliance(boxFolder, central.mqttPort);
  });
  afterEach(() => box.close());

  const sell = (entries: number) => {
    for (let i = 0; i < entries; i++) box.journal.append(bytesOf(checkoutEntry()));
  };
  const greet = async (change = {}) => {
    const hello = box.journal.hello(box.identity.certificateDer, change);
    box.say('hello', hello);
    const welcome = await box.next('welcome');
    expect(welcome.genuine).toBe(true);
    expect(welcome.header.helloId).toBe(hello.helloId);
    return welcome.header;
  };
  const send = async (firstSeq: number, lastSeq: number) =>
    box.publish('entries', await box.journal.payload(firstSeq, lastSeq));
  /** The receipts up to the one that covers `seq`. */
  const receiptThrough = async (seq: number) => {
    for (;;) {
      const receipt = await box.next('receipt');
      if (Number(receipt.header.receivedThrough) >= seq) return receipt;
    }
  };

  it('answers a hello with where to go on, and entries with a signed receipt', async () => {
    sell(30);
    const welcome = await greet();
    expect(welcome).toMatchObject({
      kind: 'welcome',
      version: 1,
      receipt: { journalId: box.journal.journalId, receivedThrough: 0, hash: '0'.repeat(64) },
      windowFrames: 12,
    });
    const payloads = await Promise.all([1, 11, 21].map((seq) => box.journal.payload(seq, seq + 9)));
    for (const payload of payloads) box.publish('entries', payload);
    const receipt = await receiptThrough(30);
    expect(receipt.genuine).toBe(true);
    expect(receipt.header).toMatchObject({ journalId: box.journal.journalId, hash: box.journal.hashAt(30) });
    const again = await greet();
    expect(again).toMatchObject({ receipt: { receivedThrough: 30, hash: box.journal.hashAt(30) } });
  });

  it('answers a repeated frame with the same receipt, and a gap with where it stands', async () => {
    sell(10);
    await greet();
    await send(1, 4);
    await receiptThrough(4);
    await send(1, 4);
    expect((await box.next('receipt')).header).toMatchObject({
      receivedThrough: 4,
      hash: box.journal.hashAt(4),
    });
    await send(8, 10);
    expect((await box.next('receipt')).header).toMatchObject({ receivedThrough: 4 });
    await send(3, 10);
    expect((await receiptThrough(10)).header).toMatchObject({ hash: box.journal.hashAt(10) });
  });

  it('ignores a wrong signature and a broken chain, says so in the log, and takes the genuine frame', async () => {
    sell(3);
    await greet();
    const { applianceId } = box.identity;
    const forged = createTestJournal(applianceId, testKeys().privateKey, box.journal.journalId);
    forged.append(...box.journal.bodies);
    box.publish('entries', await forged.payload(1, 3));
    await central.log.line('frame ignored', { applianceId, frame: 'entries', reason: 'signature_wrong' });
    box.publish('entries', await box.journal.payload(1, 3, { lastHash: 'a'.repeat(64) }));
    await central.log.line('frame ignored', { applianceId, reason: 'chain_broken' });
    box.publish('entries', Buffer.from('not zstd'));
    box.publish('bye', Buffer.from('not a frame'));
    await central.log.line('frame ignored', { applianceId, frame: 'bye', reason: 'frame_malformed' });
    await send(1, 3);
    expect((await box.next('receipt')).header).toMatchObject({ receivedThrough: 3 });
    const answer = await fetch(`http://127.0.0.1:${central.httpPort}/v1/intake/ignored`, {
      headers: { authorization: `Bearer ${operatorKey}` },
    });
    const { items } = (await answer.json()) as { items: Record<string, unknown>[] };
    const mine = items.filter((one) => one.applianceId === applianceId);
    expect(mine.map(({ frame, reason, times }) => `${frame} ${reason} ${times}`).sort()).toEqual([
      'bye frame_malformed 1',
      'entries chain_broken 1',
      'entries frame_malformed 1',
      'entries signature_wrong 1',
    ]);
  });

  it('refuses a hello without a common protocol version', async () => {
    expect(await greet({ versions: [2, 3] })).toMatchObject({
      kind: 'refusal',
      code: 'protocol_unsupported',
    });
  });

  it('refuses a hello with the certificate of another appliance, of another authority, or out of date', async () => {
    const other = await createTestSite();
    const { applianceId } = box.identity;
    const folders = [
      await site.appliance('box-other'),
      await other.appliance(applianceId),
      await site.appliance(applianceId, 'expired'),
    ];
    for (const folder of folders) {
      const { certificateDer } = loadApplianceIdentity(folder);
      const certificate = certificateDer.toString('base64');
      expect(await greet({ certificate })).toMatchObject({ kind: 'refusal', code: 'certificate_refused' });
    }
    other.remove();
  });

  it('ignores a hello that its certificate did not sign', async () => {
    const { applianceId, certificateDer } = box.identity;
    const hello = box.journal.hello(certificateDer);
    box.publish('hello', signedFrame('hello', applianceId, testKeys().privateKey, hello));
    await central.log.line('frame ignored', { applianceId, frame: 'hello', reason: 'signature_wrong' });
  });

  it('refuses a journal with another history and shows it to operators; a new journal goes on', async () => {
    sell(5);
    await greet();
    await send(1, 5);
    await receiptThrough(5);
    expect(await greet({ lastSeq: 2, lastHash: box.journal.hashAt(2) })).toMatchObject({
      kind: 'refusal',
      code: 'history_diverged',
    });
    const fork = createTestJournal(box.identity.applianceId, box.identity.key, box.journal.journalId);
    fork.append(...Array.from({ length: 7 }, () => bytesOf(checkoutEntry())));
    box.publish('entries', await fork.payload(6, 7));
    expect((await box.next('welcome')).header).toMatchObject({ kind: 'refusal', code: 'history_diverged' });
    const fresh = createTestJournal(box.identity.applianceId, box.identity.key);
    box.say('hello', fresh.hello(box.identity.certificateDer));
    expect((await box.next('welcome')).header).toMatchObject({ kind: 'welcome' });
  });

  it('goes on after a restart of central in the middle of a batch', async () => {
    sell(40);
    await greet();
    await send(1, 20);
    await receiptThrough(20);
    await send(21, 30);
    await central.stop();
    central = await site.start();
    await box.close();
    box = await connectAppliance(boxFolder, central.mqttPort, () => box.journal);
    const welcome = await greet();
    const { receivedThrough } = welcome.receipt as { receivedThrough: number };
    expect([20, 30]).toContain(receivedThrough);
    await send(receivedThrough + 1, 40);
    expect((await receiptThrough(40)).header).toMatchObject({ hash: box.journal.hashAt(40) });
  });

  it('sends a newcomer the policy, then the outcome of each entry, from where it has applied the feed', async () => {
    sell(3);
    const { feedId } = await greet();
    const first = await box.next('feed');
    expect(first.genuine).toBe(true);
    expect(first.items).toMatchObject([{ kind: 'policy', version: 1, policy: { currency: 'GBP' } }]);
    box.say('applied', { feedId, appliedThrough: 1 });
    await send(1, 3);
    const outcomes: unknown[] = [];
    while (outcomes.length < 3) outcomes.push(...(await box.next('feed')).items.map(({ id }) => id));
    expect(outcomes).toEqual(box.journal.bodies.map((body) => JSON.parse(body.toString()).id));
    await greet({ feedId, appliedThrough: 2 });
    expect((await box.next('feed')).header).toMatchObject({ feedId, firstPosition: 3, count: 2 });
  });
});
