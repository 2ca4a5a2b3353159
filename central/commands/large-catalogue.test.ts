// The largest catalogues that anybody may hand in: one beyond the limit is refused in words, one at the limit is published
// while receipts go on.
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { limits } from '../../contract/limits.ts';
import { bytesOf, checkoutEntry } from '../fixtures/entries.ts';
import { createTestJournal, testKeys } from '../fixtures/journal.ts';
import { type Desk, holdfastCentral, openDesk, refusal } from '../fixtures/program.ts';
import { startThreadStore, type ThreadStore } from '../ledger/sqlite/thread-store.ts';

let desk: Desk;
beforeEach(() => {
  desk = openDesk();
});
afterEach(() => desk.remove());

/** In a process of its own, as beside a central that runs. */
const importing = (...args: string[]) =>
  holdfastCentral('catalogue', 'import', ...args, '--config', desk.config);

/** A GTIN-13 by its number. */
function gtin(number: number): string {
  const digits = String(500_000_000_000 + number);
  const sum = [...digits].reduce((total, digit, i) => total + Number(digit) * (i % 2 === 0 ? 1 : 3), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** A file with so many products; a line may be told otherwise. */
async function write(count: number, lineOf: (i: number) => string | null = () => null): Promise<string> {
  const path = desk.file('products.csv');
  const out = createWriteStream(path);
  out.write('sku,gtin,name,priceMinor\n');
  for (let i = 0; i < count; i++) {
    const line = lineOf(i) ?? `SKU-${i},${gtin(i)},"Product ${i}, 500 g",${100 + (i % 900)}`;
    if (!out.write(`${line}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return path;
}

it('refuses a million products by the limit it names, and the mistakes before it by their lines', async () => {
  const path = await write(1_000_000, (i) => {
    if (i === 40) return `SKU-40,${gtin(7)},Twice,100`;
    return i === 90 ? 'SKU-90,,Less than nothing,-100' : null;
  });
  expect(await importing(path)).toMatchObject(
    refusal(
      1,
      'catalogue_malformed',
      `line 42, gtin: '${gtin(7)}' is on line 9 already`,
      'line 92, priceMinor: must be at least 0',
      // The line with a negative price is no product.
      `line ${limits.catalogueProductsMax + 3}, row: a catalogue has at most ${limits.catalogueProductsMax} products`,
      'leave out what no site sells',
    ),
  );
  expect(desk.inStore((store) => store.catalogue())).toBeNull();
}, 60_000);

/** A service that takes one receipt after the other; answers what it saw of the catalogue between them. */
async function receiveWhile(store: ThreadStore, path: string, isOver: () => boolean): Promise<Set<string>> {
  const { privateKey, publicKeyDer } = testKeys();
  const journal = createTestJournal('box-1', privateKey);
  await store.port.hello({
    applianceId: 'box-1',
    publicKey: publicKeyDer,
    journalId: journal.journalId,
    lastSeq: 0,
    lastHash: journal.hashAt(0),
    feedId: null,
    appliedThrough: 0,
    release: 'test',
    nowMs: 0,
  });
  const db = new Database(path, { readonly: true });
  const states = db.prepare<[], string>('SELECT DISTINCT state FROM catalogue_list').pluck();
  const seen = new Set<string>();
  while (!isOver()) {
    journal.append(bytesOf(checkoutEntry()));
    const seq = journal.lastSeq();
    const payload = new Uint8Array(await journal.payload(seq, seq));
    const result = await store.port.receive({ applianceId: 'box-1', payload, nowMs: 0 });
    expect(result).toMatchObject({ kind: 'received', position: { receivedThrough: seq } });
    for (const state of states.all()) seen.add(state);
    await sleep(5);
  }
  db.close();
  return seen;
}

it('publishes as many products as it may have, and receipts go on all the while', async () => {
  const path = desk.file('central.db');
  const store = await startThreadStore(path, {
    onGrown() {},
    onChangedOutside() {},
    onDiskTrouble() {},
    onFailed(error) {
      throw error;
    },
  });
  const running = { import: true };
  const csv = await write(limits.catalogueProductsMax);
  const imported = importing(csv, '--json').finally(() => {
    running.import = false;
  });
  const seen = await receiveWhile(store, path, () => !running.import);
  expect(JSON.parse((await imported).stdout)).toMatchObject({
    version: 1,
    products: limits.catalogueProductsMax,
    pieces: 1000,
  });
  // In one transaction nobody would have been received between the first product and the last feed.
  expect([...seen]).toEqual(expect.arrayContaining(['writing', 'publishing']));
  await expect.poll(async () => (await store.port.feedPositionOf('box-1'))?.head).toBeGreaterThan(1000);
  await store.close();
}, 60_000);
