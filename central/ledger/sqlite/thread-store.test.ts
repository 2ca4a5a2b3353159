import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultPolicy } from '../../feed/default-policy.ts';
import { writeDraft } from '../../feed/publish.ts';
import { byTester } from '../../fixtures/by.ts';
import { bytesOf, checkoutEntry } from '../../fixtures/entries.ts';
import { openStoreAt, temporaryFolder } from '../../fixtures/in-process-store.ts';
import { createTestJournal, testKeys } from '../../fixtures/journal.ts';
import { portOver } from './direct-port.ts';
import { startThreadStore, type ThreadStore } from './thread-store.ts';

const nowMs = 1_795_000_000_000;
const { privateKey, publicKeyDer } = testKeys();

describe('the store thread', () => {
  const state = { folder: temporaryFolder() };
  const path = () => join(state.folder.path, 'data', 'central.db');
  beforeEach(() => {
    state.folder = temporaryFolder();
  });
  afterEach(() => state.folder.remove());

  /** The thread, and promises for the first thing it says by itself. */
  async function start() {
    const grown = Promise.withResolvers<string[]>();
    const outside = Promise.withResolvers<void>();
    const store: ThreadStore = await startThreadStore(path(), {
      onGrown: grown.resolve,
      onChangedOutside: () => outside.resolve(),
      onDiskTrouble() {},
      onFailed(error) {
        throw error;
      },
    });
    return { ...store, grown: grown.promise, outside: outside.promise };
  }

  it('receives frames given at once in their order, books them unasked, and says whose feed grew', async () => {
    const { port, close, grown } = await start();
    const journal = createTestJournal('box-1', privateKey);
    for (let i = 0; i < 50; i++) journal.append(bytesOf(checkoutEntry()));
    const facts = { lastSeq: 50, lastHash: journal.hashAt(50), feedId: null, appliedThrough: 0 };
    const { journalId } = journal;
    await port.hello({
      applianceId: 'box-1',
      publicKey: publicKeyDer,
      journalId,
      release: 'test',
      nowMs,
      ...facts,
    });
    const payloads = await Promise.all([1, 11, 21, 31, 41].map((seq) => journal.payload(seq, seq + 9)));
    const results = await Promise.all(
      payloads.map((payload) =>
        port.receive({ applianceId: 'box-1', payload: new Uint8Array(payload), nowMs }),
      ),
    );
    expect(results.map((result) => 'position' in result && result.position.receivedThrough)).toEqual([
      10, 20, 30, 40, 50,
    ]);
    expect(await grown).toEqual(['box-1']);
    await expect.poll(async () => (await port.feedPositionOf('box-1'))?.head).toBe(50);
    expect(await port.accounts()).toHaveLength(2);
    await close();
  });

  it('notices what another process has written to the file', async () => {
    const { port, close, outside } = await start();
    await port.registerAppliance({ id: 'box-1', site: null }, byTester(nowMs));
    const command = openStoreAt(path());
    command.transaction(() => command.publishPolicy(defaultPolicy, byTester(nowMs)));
    command.close();
    await outside;
    expect(await port.feedPositionOf('box-1')).toMatchObject({ head: 1 });
    await close();
  });

  it('carries on a publication whose command was ended in the middle', async () => {
    const { port, close } = await start();
    await port.registerAppliance({ id: 'box-1', site: null }, byTester(nowMs));
    const command = openStoreAt(path());
    const calls = portOver(command);
    const products = [
      { sku: 'A', name: 'A', price: { priceMinor: 1, baseQuantity: 1 as const }, sellable: true },
    ];
    const draft = (await writeDraft(calls, { source: null, products, nowMs: () => nowMs })) ?? 0;
    // Its last step lies long back by the clock of the service.
    expect(await calls.publishDraft(draft, byTester(nowMs - 60_000))).toBe('begun');
    command.close();
    await expect.poll(async () => (await port.feedPositionOf('box-1'))?.head, { timeout: 5000 }).toBe(1);
    expect(await port.catalogue()).toMatchObject({ version: 1, products: 1 });
    await close();
  });

  it('finishes what it was given before it closes', async () => {
    const { port, close } = await start();
    const registered = port.registerAppliance({ id: 'box-1', site: 'Leeds' }, byTester(nowMs));
    await Promise.all([registered, close()]);
    const again = openStoreAt(path());
    expect(again.appliance('box-1')?.site).toBe('Leeds');
    again.close();
  });
});
