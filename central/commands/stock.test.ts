// `stock set|receive|count` as operators run it, each command a process.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { limits } from '../../contract/limits.ts';
import { publishProducts } from '../feed/publish.ts';
import { byTester, testerAtWork } from '../fixtures/by.ts';
import { openStoreAt } from '../fixtures/in-process-store.ts';
import { type Desk, openDesk, refusal } from '../fixtures/program.ts';
import { portOver } from '../ledger/sqlite/direct-port.ts';

const desk: Desk = openDesk();
const on = ['--appliance', 'leeds-1'];
let before = 0;

beforeAll(async () => {
  const store = openStoreAt(desk.file('central.db'));
  const products = ['HF-101', 'HF-118', 'a=b'].map((sku) => ({
    sku,
    name: sku,
    price: { priceMinor: 185, baseQuantity: 1 as const },
    sellable: true,
  }));
  await publishProducts(portOver(store), products, testerAtWork(Date.now));
  store.close();
  desk.inStore((opened) => opened.registerAppliance({ id: 'leeds-1', site: 'Leeds' }, byTester(0)));
});
beforeEach(() => {
  before = head();
});
afterAll(() => desk.remove());

const head = () => desk.inStore((store) => store.feedPositionOf('leeds-1')?.head ?? 0);
/** What the feed has been told since the test began. */
const told = () =>
  desk.inStore((store) => {
    const page = store.feedPage({ applianceId: 'leeds-1', after: before, itemsMax: 99, bytesMax: 1e6 });
    return (page?.items ?? []).map((item) => JSON.parse(Buffer.from(item).toString()));
  });

describe('stock', () => {
  it('sets and receives by SKU=QTY, and says what was sent', async () => {
    expect(await desk.run('stock', 'set', ...on, 'HF-101=12', 'a=b=3')).toEqual({
      code: 0,
      stderr: '',
      stdout: `leeds-1: 2 changes at feed position ${before + 1}\nHF-101  set to 12\na=b  set to 3\n`,
    });
    const received = await desk.run('stock', 'receive', ...on, 'HF-101=-2', 'HF-118=5');
    expect(received.stdout).toContain('HF-101  -2\nHF-118  +5\n');
    expect(told()).toMatchObject([
      {
        kind: 'stock',
        changes: [
          { change: 'set', quantity: 12 },
          { sku: 'a=b', quantity: 3 },
        ],
      },
      { kind: 'stock', changes: [{ sku: 'HF-101', change: 'add', quantity: -2 }, { quantity: 5 }] },
    ]);
  });

  it('takes a count from a file, low water marks too', async () => {
    const shelf = desk.file('shelf.csv', 'sku,quantity,lowWater\nHF-101,7,3\nHF-118,0,\n');
    expect(await desk.json('stock', 'count', ...on, shelf)).toEqual({
      appliance: 'leeds-1',
      changes: [
        { sku: 'HF-101', change: 'set', quantity: 7, lowWater: 3 },
        { sku: 'HF-118', change: 'set', quantity: 0 },
      ],
      firstPosition: before + 1,
      lastPosition: before + 1,
    });
  });

  it('sends nothing that cannot be meant, and names each with its remedy', async () => {
    const shelf = desk.file('bad.csv', 'sku,quantity\nHF-101,many\n,4\n');
    const [word, text, below, file] = await Promise.all([
      desk.run('stock', 'set', ...on, 'HF-101'),
      desk.run('stock', 'set', ...on, 'HF-101=x'),
      desk.run('stock', 'count', ...on, 'HF-101=-1', 'HF-101=4'),
      desk.run('stock', 'set', ...on, shelf),
    ]);
    expect(word).toMatchObject(
      refusal(2, 'stock_malformed', 'HF-101: use SKU=QTY, or the name of a CSV file'),
    );
    expect(text).toMatchObject(refusal(2, 'HF-101=x: use SKU=QTY with a whole number'));
    expect(below).toMatchObject(
      refusal(2, 'HF-101: there cannot be less than nothing', 'HF-101: is there twice'),
    );
    expect(file).toMatchObject(
      refusal(2, "line 2, quantity: 'many' is not a whole number", 'line 3, sku: must not be empty'),
    );
    expect(told()).toEqual([]);
  });

  it('reads a file as long as a catalogue may be', async () => {
    const lines = Array.from({ length: limits.catalogueProductsMax }, (_, i) => `S${i},1`);
    const shelf = desk.file('long.csv', `sku,quantity\n${lines.join('\n')}\n`);
    expect(await desk.run('stock', 'set', ...on, shelf)).toMatchObject(
      refusal(1, 'sku_unknown', '  S0\n', `and ${limits.catalogueProductsMax - 20} more`),
    );
  });

  it('sends nothing to a stranger or of what the catalogue has not, and says where to look', async () => {
    const [stranger, product, nobody] = await Promise.all([
      desk.run('stock', 'set', '--appliance', 'york-1', 'HF-101=1'),
      desk.run('stock', 'set', ...on, 'HF-101=1', 'HF-999=1'),
      desk.run('stock', 'set', 'HF-101=1'),
    ]);
    expect(stranger).toMatchObject(
      refusal(1, 'appliance_unknown: there is no appliance york-1', 'appliance create'),
    );
    expect(product).toMatchObject(refusal(1, 'sku_unknown', '  HF-999\n', 'import a catalogue'));
    expect(nobody).toMatchObject(refusal(2, '--appliance <id>'));
    expect(told()).toEqual([]);
  });
});
