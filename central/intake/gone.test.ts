// A connection that broke off, by the word of a broker that is not ours.
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ApplianceIdentity, loadApplianceIdentity } from '../../provisioning/identity.ts';
import { type BehindBroker, behindBroker } from '../fixtures/behind-broker.ts';
import { byTester } from '../fixtures/by.ts';
import { openStoreAt } from '../fixtures/in-process-store.ts';
import { createTestJournal, signedFrame, type TestJournal } from '../fixtures/journal.ts';
import { createTestSite, type TestSite } from '../fixtures/site.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';
import type { SqliteStore } from '../ledger/sqlite/store.ts';

const box = 'box-1';
let site: TestSite;
let identity: ApplianceIdentity;
let store: SqliteStore;
let central: BehindBroker;
let journal: TestJournal;
beforeAll(async () => {
  site = await createTestSite();
  identity = loadApplianceIdentity(await site.appliance(box));
  store = openStoreAt(join(site.folder, 'behind-another-broker.db'));
  await portOver(store).registerAppliance({ id: box, site: null }, byTester(Date.now()));
});
afterAll(() => {
  store.close();
  site.remove();
});
beforeEach(async () => {
  central = behindBroker(site, store);
  journal = createTestJournal(box, identity.key);
  await greet();
});

const greet = () =>
  central.say(box, 'hello', signedFrame('hello', box, identity.key, journal.hello(identity.certificateDer)));
const will = (key = identity.key) => signedFrame('gone', box, key, { dialledMs: 1_795_341_700_000 });
const bye = () =>
  signedFrame('bye', box, identity.key, { journalId: journal.journalId, lastSeq: journal.lastSeq() });

describe('a box whose connection broke off', () => {
  it('is gone until the next that is heard of it, as after a stop in order', async () => {
    expect(central.intake.isGone(box)).toBe(false);
    for (const [frame, payload] of [
      ['gone', will()],
      ['bye', bye()],
    ] as const) {
      await central.say(box, frame, payload);
      expect(central.intake.isGone(box), frame).toBe(true);
      await greet();
      expect(central.intake.isGone(box), frame).toBe(false);
    }
  });

  it('is not gone by a word that it did not sign, or that says something else', async () => {
    const { key } = loadApplianceIdentity(await site.appliance('box-2'));
    await central.say(box, 'gone', will(key));
    await central.say(box, 'gone', signedFrame('gone', box, identity.key, { dialledMs: 'today' }));
    await central.say(box, 'gone', signedFrame('bye', box, identity.key, { dialledMs: 1 }));
    expect(central.intake.isGone(box)).toBe(false);
    expect(central.intake.ignored().map(({ reason }) => reason)).toEqual([
      'signature_wrong',
      'frame_malformed',
    ]);
  });

  it('has come back where its hello overtook the look at its will', async () => {
    await Promise.all([central.say(box, 'gone', will()), greet()]);
    expect(central.intake.isGone(box)).toBe(false);
  });
});
